"""The page of HTML in a real browser; not collected where there is none, see `conftest.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrity.model import Verdict
from integrity.registry.loader import load
from integrity.report.html import render
from integrity.report.options import Options, Point, Section
from tests.support import verdicts
from tests.support.browser import Browser

ATTACK = (
    "</script></style></title><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
)
SHOWN = "[...document.querySelectorAll('.file ul > li')].filter(one => one.checkVisibility()).length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests."""
    with Browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 400 findings in 80 files, of every severity."""
    history = [Point("1.0", 97.5, 3400), Point("1.1", 60.25, 1200)]
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(verdicts.many(400), Options(rules=load().rules, history=history)), encoding="utf-8")
    return path


def hostile() -> Verdict:
    """A finding all of whose texts try to run."""
    found = verdicts.finding(path=f"{ATTACK}.py", message=ATTACK, symbol=ATTACK, name=ATTACK)
    return verdicts.verdict([found, *verdicts.mixed().findings], notes=(ATTACK,))


def test_nothing_from_the_repository_runs(browser: Browser, tmp_path: Path) -> None:
    """File names, messages, symbols, source, other reports: all of it is shown as text, and nothing is fetched."""
    page = tmp_path / "report.html"
    options = Options(
        project=ATTACK, sections=[Section(ATTACK, ATTACK)], read=lambda paths: dict.fromkeys(paths, ATTACK.encode())
    )
    page.write_text(render(hostile(), options), encoding="utf-8")
    browser.open(page)

    assert browser.value("document.title").startswith(f"Test integrity: {ATTACK}")
    assert browser.value("document.querySelectorAll('script, img').length") == 1
    assert browser.value("document.querySelector('.file h3').textContent").startswith(ATTACK)
    assert browser.complaints == []


def test_even_unescaped_text_could_not_run(browser: Browser, tmp_path: Path) -> None:
    """The page's policy stops what escaping would have let through."""
    page = tmp_path / "report.html"
    page.write_text(render(verdicts.mixed()).replace("</main>", f"</main>{ATTACK}"), encoding="utf-8")
    browser.open(page)

    assert browser.value("document.title").startswith("Test integrity: 98.7")
    assert any("Content Security Policy" in complaint for complaint in browser.complaints)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_its_window(browser: Browser, big: Path, width: int, dark: bool) -> None:
    """Nothing scrolls sideways but what is meant to, and nothing complains."""
    browser.open(big, width=width, dark=dark)
    assert browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert browser.value(SHOWN) == 400
    assert browser.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_enough_contrast(browser: Browser, big: Path, dark: bool) -> None:
    """At least 4.5 to 1 everywhere (WCAG 2.2, 1.4.3)."""
    browser.open(big, dark=dark)
    script = Path(__file__).with_name("support") / "contrast.js"
    assert browser.value(script.read_text(encoding="utf-8")) == []


def test_filters_leave_what_was_asked_for(browser: Browser, big: Path) -> None:
    """The address carries them; the number shown is announced."""
    browser.open(big, part="#rule=COR004&severity=critical,high")
    assert browser.value(SHOWN) == 80
    assert browser.value("document.querySelector('output').value") == "80 of 400 findings in 80 files"
    assert browser.value("document.querySelector('select[name=rule]').value") == "COR004"


def test_a_filter_that_nothing_fits_says_so(browser: Browser, big: Path) -> None:
    """Instead of an empty page."""
    browser.open(big, part="#q=no-such-text")
    assert browser.value(SHOWN) == 0
    assert browser.value("document.getElementById('none').checkVisibility()") is True


def test_everything_can_be_done_by_keyboard(browser: Browser, big: Path) -> None:
    """Skip to the findings, type into the search field, and read how many are left."""
    browser.open(big)
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.textContent") == "Skip to the findings"
    browser.press("Enter", 13, "\r")
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.name") == "q"
    for letter in "conftest":
        browser.press(letter, ord(letter.upper()), letter)
    changed = (
        "new Promise(done => new MutationObserver(done).observe(document.querySelector('output'), {childList: true}))"
    )
    browser.value(f"location.hash.includes('conftest') || {changed}.then(() => true)")
    assert browser.value(SHOWN) == 160


def test_tables_sort_by_their_heads(browser: Browser, big: Path) -> None:
    """Numbers descend first, and the order is announced."""
    browser.open(big)
    browser.value(
        "[...document.querySelectorAll('#rules ~ div th button')].find(one => one.textContent === 'Low').click()"
    )
    rows = "[...document.querySelectorAll('#rules ~ div tbody tr')]"
    numbers = browser.value(f"{rows}.map(row => Number(row.cells[5].textContent))")

    assert numbers == sorted(numbers, reverse=True)
    assert (
        browser.value("document.querySelector('#rules ~ div th[aria-sort]').getAttribute('aria-sort')") == "descending"
    )


def test_the_page_works_without_scripts(browser: Browser, big: Path) -> None:
    """Everything can be read; only the filters are missing."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(big)
    browser.call("Emulation.setScriptExecutionDisabled", value=False)

    assert browser.value(SHOWN) == 400
    assert browser.value("document.getElementById('filter').checkVisibility()") is False
