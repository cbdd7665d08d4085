"""The inventory as a whole: what it counts together, what it keeps apart, and what it leaves out of the text."""

from __future__ import annotations

import ast
import json
import textwrap
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from integrity.facts.environ import environment_accesses
from integrity.facts.lexical import Lexed
from integrity.facts.model import Access, EnvAccess
from integrity.model import Span
from integrity.report.inventory import Use, collect, render, render_json


def uses(path: str, source: str) -> list[Use]:
    """The accesses in one file."""
    text = textwrap.dedent(source).lstrip("\n")
    return [Use(path, access) for access in environment_accesses(Lexed(text), ast.parse(text))]


def document(found: list[Use]) -> Any:
    """The JSON, read back."""
    return json.loads(render_json(found))


SETTINGS = """
    import os
    URL = os.environ.get("URL", "a")
    PORT = os.getenv("PORT") or 80
    """
TESTS = """
    import os
    def test_it(name):
        os.environ["URL"] = "b"
        os.environ.update(PORT="1", HOST="h")
        os.environ.pop(name)
        saved = os.environ.copy()
        call(saved, os.environ)
    """


def test_conflicting_defaults_are_marked() -> None:
    """Two defaults that differ are named; quotes make no difference, and no default is none."""
    found = uses("a.py", SETTINGS) + uses("b.py", "import os\nos.getenv('URL', 'b'); os.getenv('PORT', 80)")
    found += uses("c.py", "import os\nos.environ.get('URL', 'a'), os.environ.get('URL', None), os.environ['URL']")

    assert [(one.name, one.defaults) for one in collect(found).variables] == [
        ("PORT", ("80",)),
        ("URL", ("'a'", "'b'")),
    ]
    assert render(found).count("conflicting defaults") == 2
    assert "URL\n  conflicting defaults: 'a', 'b'\n" in render(found)
    assert render(found).endswith("2 variables, 7 direct uses in 3 files, 1 variable with conflicting defaults\n")


def test_long_lists_are_cut_in_the_text_only() -> None:
    """The text names the first places of each kind and counts the rest; the JSON has them all."""
    found = uses("a.py", "import os\n" + 'os.environ["A"]\n' * 1500 + 'os.environ["A"] = "1"\n')
    text = render(found, places=3)

    assert text.splitlines() == [
        "A",
        "  read       a.py:2:1  os.environ[...]",
        "  read       a.py:3:1  os.environ[...]",
        "  read       a.py:4:1  os.environ[...]",
        "  read       +1,497 more",
        "  written    a.py:1502:1  os.environ[...]",
        "",
        "1 variable, 1,501 direct uses in 1 file",
    ]
    assert len(document(found)["variables"][0]["reads"]) == 1500


def test_computed_names_and_the_whole_environment_are_kept_apart() -> None:
    """What has no literal name stands at the end, and computed names are counted."""
    text = render(uses("t.py", TESTS))

    assert text.splitlines()[-8:] == [
        "(computed name)",
        "  deleted    t.py:5:5  os.environ.pop",
        "",
        "(no literal name)",
        "  read       t.py:6:13  os.environ.copy",
        "  handed on  t.py:7:17  os.environ",
        "",
        "3 variables, 5 direct uses in 1 file, 1 with a computed name",
    ]


def test_the_json_holds_everything() -> None:
    """Variables in alphabetical order with every place; an access to two variables counts for both."""
    found = document(uses("t.py", TESTS) + uses("s.py", SETTINGS))
    by_name = {variable["name"]: variable for variable in found["variables"]}

    assert list(by_name) == ["HOST", "PORT", "URL"]
    assert by_name["URL"]["reads"] == [
        {"path": "s.py", "line": 2, "column": 7, "form": "os.environ.get", "default": '"a"', "at_import": True}
    ]
    assert [place["line"] for place in by_name["URL"]["writes"]] == [3]
    assert by_name["PORT"]["writes"] == by_name["HOST"]["writes"]
    assert by_name["PORT"]["defaults"] == ["80"]
    assert [place["line"] for place in found["computed"]["deletes"]] == [5]
    assert [place["line"] for place in found["whole"]["references"]] == [7]
    assert found["summary"] == {"variables": 3, "conflicting_defaults": 0, "uses": 7, "files": 2}


def test_the_json_is_ascii_that_strict_parsers_read() -> None:
    """Names outside ASCII survive; a byte of a path that is not UTF-8 is written as an escape."""
    text = render_json(uses("caf\udce9.py", 'import os\nos.environ["ÄÖ"]'))

    assert text.isascii()
    assert "\\ud" not in text
    assert json.loads(text)["variables"][0]["name"] == "ÄÖ"
    assert json.loads(text)["variables"][0]["reads"][0]["path"] == r"caf\xe9.py"


NAMES = st.sampled_from(["A", "B", "C", ""])
ACCESSES = st.builds(
    EnvAccess,
    st.sampled_from(Access),
    st.sampled_from(["os.environ", "os.environ.get", "os.getenv", "os.environ[...]"]),
    NAMES,
    st.sampled_from(["", "'x'", '"x"', "1"]),
    st.builds(Span, st.integers(1, 9), st.integers(1, 9)),
)
USES = st.builds(Use, st.sampled_from(["a.py", "b/c.py"]), ACCESSES)


@given(st.lists(USES, max_size=20, unique_by=lambda use: use.order), st.randoms())
def test_the_order_of_files_makes_no_difference(found: list[Use], random: Any) -> None:
    """The same uses in any order give the same bytes, and none is lost."""
    shuffled = list(found)
    random.shuffle(shuffled)
    read = document(found)
    groups = [*read["variables"], read["computed"], read["whole"]]
    kinds = ("reads", "writes", "deletes", "references")

    assert render(shuffled) == render(found)
    assert render_json(shuffled) == render_json(found)
    assert sum(len(group[kind]) for group in groups for kind in kinds) == len(found)
