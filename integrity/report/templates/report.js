"use strict";
(() => {
  const form = document.getElementById("filter");
  const area = document.getElementById("files");
  const letters = { critical: "c", high: "h", medium: "m", low: "l" };
  const ranks = "chml";

  // Tables: a button in each head sorts by that column; numbers descend first.
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if ("plain" in head.dataset) return;
      const numeric = head.classList.contains("n");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const next = now ? (now === "ascending" ? "descending" : "ascending") : numeric ? "descending" : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", next);
        const value = (row) => {
          const text = row.cells[column].textContent.trim();
          return numeric ? parseFloat(text.replace(/[,\s%]/g, "")) || 0 : text;
        };
        const sign = next === "ascending" ? 1 : -1;
        const order = (a, b) => (numeric ? a[0] - b[0] : a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
        const rows = [...body.rows].map((row) => [value(row), row]);
        body.append(...rows.sort((a, b) => sign * order(a, b)).map((pair) => pair[1]));
      });
    });
  }
  if (!form) return;

  const files = [...area.children].map((section, place) => {
    const path = section.firstElementChild.textContent;
    const items = [...section.querySelector("ul").children].map((item) => ({
      item,
      severity: item.className,
      rule: item.querySelector("code").textContent,
      restorable: [...item.querySelectorAll("em")].some((tag) => tag.textContent === "restorable"),
      text: null,
    }));
    return { section, place, path, items, rank: Math.min(...items.map((one) => ranks.indexOf(one.severity))) };
  });
  const total = files.reduce((sum, file) => sum + file.items.length, 0);
  const orders = {
    "": (a, b) => a.place - b.place,
    path: (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    count: (a, b) => b.items.length - a.items.length || a.place - b.place,
  };
  let sorted = "";

  function wanted() {
    const data = new FormData(form);
    return {
      q: data.get("q").trim().toLowerCase(),
      rule: data.get("rule"),
      sort: data.get("sort"),
      severities: new Set(data.getAll("severity").map((name) => letters[name])),
      restorable: data.get("only") === "restorable",
    };
  }

  function fits(one, path, wish) {
    if (!wish.severities.has(one.severity) || (wish.rule && one.rule !== wish.rule)) return false;
    if (wish.restorable && !one.restorable) return false;
    if (!wish.q || path.includes(wish.q)) return true;
    one.text ??= one.item.textContent.toLowerCase();
    return one.text.includes(wish.q);
  }

  function apply() {
    const wish = wanted();
    let shown = 0;
    let places = 0;
    for (const file of files) {
      const path = file.path.toLowerCase();
      let here = 0;
      for (const one of file.items) {
        const fit = fits(one, path, wish);
        one.item.hidden = !fit;
        here += fit;
      }
      file.section.hidden = !here;
      shown += here;
      places += here > 0;
    }
    if (wish.sort !== sorted) {
      sorted = wish.sort;
      area.append(...[...files].sort(orders[sorted]).map((file) => file.section));
    }
    form.elements.shown.value = `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} findings in ${places.toLocaleString("en")} files`;
    document.getElementById("none").hidden = shown > 0;
  }

  // The address keeps the filters, so that a view can be sent to somebody.
  function remember() {
    const data = new FormData(form);
    const kept = new URLSearchParams();
    for (const name of ["q", "rule", "sort", "only"]) if (data.get(name)) kept.set(name, data.get(name));
    const chosen = data.getAll("severity");
    if (chosen.length < ranks.length) kept.set("severity", chosen.join(","));
    const hash = kept.toString();
    history.replaceState(null, "", hash ? `#${hash}` : "#findings");
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) return false;
    const kept = new URLSearchParams(hash);
    form.reset();
    for (const name of ["q", "rule", "sort"]) if (kept.has(name)) form.elements[name].value = kept.get(name);
    form.elements.only.checked = kept.get("only") === "restorable";
    if (kept.has("severity")) {
      const chosen = kept.get("severity").split(",");
      for (const box of form.elements.severity) box.checked = chosen.includes(box.value);
    }
    return true;
  }

  let pending = 0;
  form.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(() => (apply(), remember()), 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => (apply(), remember())));
  addEventListener("hashchange", () => {
    if (recall()) {
      apply();
      document.getElementById("findings").scrollIntoView();
      document.getElementById("findings").focus({ preventScroll: true });
    }
  });
  form.hidden = false;
  recall();
  apply();
})();
