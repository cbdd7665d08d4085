"""Repairs: only the span of a finding changes, the finding is gone, and a second run has nothing left to do."""

from __future__ import annotations

import codecs
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.config.config import Config
from integrity.examine import examine
from integrity.fixes.editing import FixError, Text
from integrity.fixes.kinds import edit_of
from integrity.fixes.plan import plan
from integrity.model import Finding
from integrity.policy import FileHits, judge
from integrity.registry.loader import load
from integrity.rule import Context
from tests.support.repository import GitRepository, create

REGISTRY = load()
HEAD = "import pytest\n\n\n"
BODY = "def test_it():\n    assert total() == 3\n"
MENDED = {
    "uncalled": (
        "def test_sends(mailer):\n    mailer.send(1)\n    mailer.transport.assert_called_once{}\n",
        "",
        "()",
    ),
    "asserted": (
        "def test_sends(mailer):\n    mailer.send(1)\n    {}\n",
        "assert mailer.transport.assert_called",
        "mailer.transport.assert_called()",
    ),
    "tuple": ("def test_it():\n    {}  # why\n", 'assert (total() == 3, "no")', 'assert total() == 3, "no"'),
    "tuple on lines": (
        "def test_it():\n    {}\n",
        'assert (\n        total(\n            1) == 3,\n        "no",\n    )',
        'assert (total(\n            1) == 3), "no"',
    ),
    "bare mark": (
        "import pytest\n\n\n@pytest.mark.xfail{}\ndef test_it():\n    assert total() == 3\n",
        "",
        "(strict=True)",
    ),
    "mark": (
        "import pytest\n\n\n@pytest.mark.xfail(reason='GH-1'{})\ndef test_it():\n    assert total() == 3\n",
        "",
        ", strict=True",
    ),
    "lax mark": (
        "import pytest\n\n\n@pytest.mark.xfail(strict={}, reason='GH-1')\ndef test_it():\n    assert total() == 3\n",
        "False",
        "True",
    ),
    "mark on lines": (
        f"{HEAD}@pytest.mark.xfail(\n    reason='GH-1'{{}},  # why\n)\n{BODY}",
        "",
        ", strict=True",
    ),
    "suppression": ("import os{}\n", "  # integrity: ignore[TST001] -- once", ""),
    "one of two": (
        "def test_it():  # integrity: ignore[{}]\n    pass\n",
        "TST001, TST002",
        "TST001",
    ),
    "suppression of its own": ("import os\n\n{}import sys\n", "# integrity: ignore[TST001] -- once\n", ""),
}


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """An empty repository."""
    return create(tmp_path / "repo")


def scan(repo: GitRepository, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run `integrity scan` on the repository."""
    command = [sys.executable, "-m", "integrity", "scan", "--no-cache", "--output-format", "concise", *flags, "."]
    return subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.mark.parametrize(("template", "old", "new"), MENDED.values(), ids=MENDED.keys())
@pytest.mark.parametrize("form", ["plain", "crlf", "mark"])
def test_only_the_span_changes_and_the_finding_is_gone(template: str, old: str, new: str, form: str) -> None:
    """Whatever the line ends, with and without a byte order mark; a second run has nothing left to do."""
    before, after = (_in_form(template.format(text), form) for text in (old, new))
    (change,) = plan(findings_in(before), lambda _: before, unsafe=True).changes
    assert change.after == after
    assert change.mended
    assert plan(findings_in(after), lambda _: after, unsafe=True).changes == ()


def findings_in(content: bytes) -> tuple[Finding, ...]:
    """What stands after judging a test file of this content."""
    result, _, _ = examine(content, Context(test=True, collected=True), REGISTRY)
    file = FileHits("test_it.py", result.hits, result.suppressions, complete=True)
    return tuple(judge([file], Config(), REGISTRY, REGISTRY.select(["TST", "SUP"])).findings)


def _in_form(text: str, form: str) -> bytes:
    content = text.replace("\n", "\r\n").encode() if form == "crlf" else text.encode()
    return codecs.BOM_UTF8 + content if form == "mark" else content


def test_repairs_are_made_and_told(repo: GitRepository) -> None:
    """On standard error, and the report shows what is left."""
    lax = f"@pytest.mark.xfail(reason='GH-1')\n{BODY}"
    repo.write("tests/test_it.py", f"import pytest  # integrity: ignore[TST001] -- once\n\n\n{lax}")
    result = scan(repo, "--fix")
    assert "integrity: fixed tests/test_it.py:1: SUP001" in result.stderr
    assert "TST105" in result.stdout
    assert (repo.path / "tests/test_it.py").read_text(encoding="utf-8") == f"{HEAD}{lax}"


def test_a_diff_shows_and_changes_nothing(repo: GitRepository) -> None:
    """On standard output, with the exit code of findings."""
    text = "import os  # integrity: ignore[TST001] -- once\n"
    repo.write("app.py", text)
    result = scan(repo, "--diff")
    assert result.returncode == 1
    assert "-import os  # integrity: ignore[TST001] -- once\n+import os\n" in result.stdout
    assert (repo.path / "app.py").read_text() == text


@pytest.mark.parametrize("flags", [("--unsafe-fixes",), ("--fix", "--staged")])
def test_what_contradicts_itself_is_refused(flags: tuple[str, ...], repo: GitRepository) -> None:
    """With the exit code of a usage error and one line."""
    repo.write("app.py", "import os\n")
    repo.commit()
    result = scan(repo, *flags)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("content", [b"def (:\n", b"x = '\xff'\n", b"# coding: nonsense\nx = 1\n"])
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    """With a reason, and no change."""
    with pytest.raises(FixError, match=r"\w"):
        Text(content)


def test_a_comment_inside_a_tuple_stays() -> None:
    """Nothing that people wrote is lost."""
    text = b'def test_it():\n    assert (\n        total() == 3,  # three\n        "no",\n    )\n'
    assert plan(findings_in(text), lambda _: text, unsafe=True).changes == ()


def test_a_safe_plan_leaves_the_others_alone() -> None:
    """What may turn tests red waits for `--unsafe-fixes`."""
    text = f"{HEAD}@pytest.mark.xfail(reason='GH-1')\n{BODY}".encode()
    assert plan(findings_in(text), lambda _: text, unsafe=False).changes == ()


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"))


@given(before=LINES, after=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]), last=st.booleans())
def test_what_stands_around_survives(before: str, after: str, end: str, last: bool) -> None:
    """Comments of any text, any line end, a last line with and without one."""
    lines = [f"# {before}", "import pytest", "@pytest.mark.xfail", f"def test_it(): pass  # {after}"]
    source = end.join([*lines, ""] if last else lines)
    text = Text(source.encode())
    start = text.offset(3, 2)
    edit = edit_of("strict-xfail", text, start, start + len("pytest.mark.xfail"))
    assert edit is not None
    expected = source.replace("@pytest.mark.xfail", "@pytest.mark.xfail(strict=True)", 1)
    if "@pytest.mark.xfail" not in before:
        assert text.edited([edit]) == expected.encode()
