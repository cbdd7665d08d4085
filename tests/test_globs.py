"""Globs mean what they mean to git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.globs import compile_globs

PATHS = (
    *("a.py", "b.py", "tests/a.py", "tests/test_a.py", "tests/unit/a.py", "tests/unit/deep/a.py", "src/tests/a.py"),
    *("src/pkg/a.py", "src/pkg/__init__.py", "src/a-b.py", "src/[x].py", "docs/conf.py", "tests.py", "xtests/a.py"),
    *("testsx/a.py", "build/lib/tests/a.py", ".hidden/a.py", "a/b/c/d.py", "a/c/d.py", "a/x/y/c/d.py"),
)
GLOBS = (
    *("tests", "tests/", "/tests", "/tests/", "tests/*", "tests/**", "**/tests", "**/tests/", "**/tests/**", "*.py"),
    *("/*.py", "**", "a.py", "/a.py", "tests/a.py", "*/a.py", "**/a.py", "a/**/c", "a/**/d.py", "a/**/c/d.py", "a**"),
    *("t?sts", "te*s", "tests/unit", "unit", "unit/", "src/pkg/*.py", "[a-b].py", "[!a].py", "[^a].py", "[z-a].py"),
    *("[", "[]x].py", "src/\\[x].py", "src/[[]x].py", ".hidden", "*/", "/*/", "src/???.py", "**a.py"),
    *("src/[a&&b]-b.py", "src/a[-]b.py", "src/a[+--]b.py", "src/a[b", "src/", "*", "/*", "nothing"),
)


def ignored_by_git(folder: Path, glob: str) -> set[str]:
    """The paths that git ignores when the glob stands in `.gitignore`."""
    (folder / ".gitignore").write_text(f"{glob}\n", encoding="utf-8")
    command = ["git", "-C", str(folder), "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(command, input="\0".join(PATHS).encode(), capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return set(done.stdout.decode().split("\0")) - {""}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty git repository."""
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@pytest.mark.parametrize("glob", GLOBS)
def test_a_glob_matches_what_git_would_ignore(repository: Path, glob: str) -> None:
    """The meaning of every form of glob is git's."""
    matches = compile_globs([glob])
    assert {path for path in PATHS if matches(path)} == ignored_by_git(repository, glob)


def test_a_question_mark_is_one_character() -> None:
    """Where git counts bytes, a person counts characters."""
    assert compile_globs(["src/?.py"])("src/é.py")


@pytest.mark.parametrize("glob", ["./tests", "tests//a.py"])
def test_a_path_as_a_shell_writes_it_is_a_glob(glob: str) -> None:
    """A leading dot and a doubled slash, which git matches with nothing, mean what they mean in a shell."""
    assert compile_globs([glob])("tests/a.py")


def test_several_globs_match_what_any_of_them_matches() -> None:
    """The globs of one list are alternatives."""
    matches = compile_globs(["docs/", "/a.py"])
    assert [path for path in PATHS if matches(path)] == ["a.py", "docs/conf.py"]


@pytest.mark.parametrize("globs", [[], [""], ["/"], ["//"]])
def test_no_glob_matches_nothing(globs: list[str]) -> None:
    """A list that names nothing is not a list that names everything."""
    matches = compile_globs(globs)
    assert not any(matches(path) for path in PATHS)


@given(st.text(max_size=12), st.sampled_from(PATHS))
def test_any_text_is_a_glob(glob: str, path: str) -> None:
    """Nonsense is answered, never raised."""
    assert compile_globs([glob])(path) in (True, False)


@given(st.text(alphabet="[]!^-\\*?/ab&|~", max_size=10), st.sampled_from(PATHS))
def test_any_mixture_of_special_characters_is_a_glob(glob: str, path: str) -> None:
    """Broken brackets and escapes are answered, never raised."""
    assert compile_globs([glob])(path) in (True, False)
