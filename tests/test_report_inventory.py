"""The inventory of environment variables."""

from __future__ import annotations

from integrity.facts.model import Access, EnvAccess
from integrity.model import Span
from integrity.report import inventory
from integrity.report.inventory import Use


def use(path: str, line: int, access: Access, variable: str, *, default: str = "", form: str = "os.environ") -> Use:
    """One access at the first column of a line."""
    return Use(path, EnvAccess(access, form, variable, default, Span(line)))


def test_variables_are_listed_with_reads_writes_and_defaults() -> None:
    """Alphabetical, reads before writes, accesses without a literal name last."""
    report = inventory.render(
        [
            use("tests/a.py", 5, Access.WRITE, "URL"),
            use("b.py", 1, Access.REFERENCE, ""),
            use("b.py", 20, Access.READ, "URL", default="'x'", form="os.getenv"),
            use("b.py", 3, Access.READ, "URL", form="os.environ.get"),
            use("tests/a.py", 6, Access.DELETE, "HOME"),
        ]
    )

    assert report.splitlines() == [
        "HOME",
        "  deleted    tests/a.py:6:1  os.environ",
        "",
        "URL",
        "  read       b.py:3:1  os.environ.get",
        "  read       b.py:20:1  os.getenv, default 'x'",
        "  written    tests/a.py:5:1  os.environ",
        "",
        "(no literal name)",
        "  handed on  b.py:1:1  os.environ",
        "",
        "2 variables, 5 direct uses in 2 files",
    ]


def test_an_inventory_of_nothing_says_so() -> None:
    """Not an empty page."""
    assert inventory.render([]) == "0 variables, 0 direct uses in 0 files\n"


def test_foreign_text_in_an_inventory_is_harmless() -> None:
    """Names, paths and defaults are printable."""
    report = inventory.render([use("a\n.py", 1, Access.READ, "\x1b[2J", default="'\u202e'")])

    assert report.splitlines()[:2] == [r"\x1b[2J", r"  read       a\n.py:1:1  os.environ, default '\u202e'"]
