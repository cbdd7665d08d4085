"""Exclude patterns mean what they mean in a `.gitignore` file."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.globs import compile_globs
from tests.support.repository import GitRepository, create

NAMES = ("a", "b", "ab", "a.py", "b.py", "*", "-", "a b", "#", "!a", "[")
PATHS = sorted({"/".join(parts) for one in NAMES for two in NAMES for parts in ((one,), (one, two), (one, "c", two))})
PIECES = ("a", "b", "c", "*", "**", "?", "/", "[ab]", "[!a]", ".py", "!", "#", " ", "\\", "[", "-", "]", "^")

UNLIKE_MANUAL = re.compile(r"[^/*]\*{2,}/|\\/")  # where git departs from its own manual


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> GitRepository:
    """An empty repository, to ask git."""
    return create(tmp_path_factory.mktemp("repository"))


def as_in_the_manual(patterns: list[str]) -> list[str]:
    """The patterns without those that git reads otherwise than it says."""
    return [pattern for pattern in patterns if not UNLIKE_MANUAL.search(re.sub("//+", "/", pattern))]


def git_verdict(repository: GitRepository, patterns: list[str]) -> set[str]:
    """What git ignores, given the patterns."""
    repository.write(".git/info/exclude", "\n".join(patterns) + "\n")
    question = "\0".join(PATHS).encode()
    output = repository.git("check-ignore", "--no-index", "-z", "--stdin", stdin=question, check=False)
    return set(output.decode().split("\0")) - {""}


@pytest.mark.parametrize(
    "patterns",
    [
        ["a/"],
        ["*.py"],
        ["/a"],
        ["a/**/b"],
        ["a/**"],
        ["**/b"],
        ["*", "!a.py"],
        ["a", "!a/b"],
        ["\\!a"],
        ["a\\ b"],
        ["***/b"],
        ["[b-[!a]"],
    ],
    ids=str,
)
def test_documented_patterns_match_what_git_ignores(repository: GitRepository, patterns: list[str]) -> None:
    """Each documented form excludes something, and what git would."""
    excluded = compile_globs(patterns)
    verdict = git_verdict(repository, patterns)
    assert verdict
    assert {path for path in PATHS if excluded(path)} == verdict


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), max_size=4).map(as_in_the_manual)
)
def test_any_patterns_match_what_git_ignores(repository: GitRepository, patterns: list[str]) -> None:
    """Whatever the patterns, git and this module agree on every path; doubled slashes count as one, for git too."""
    excluded = compile_globs(patterns)
    single = [re.sub("//+", "/", pattern) for pattern in patterns]
    assert {path for path in PATHS if excluded(path)} == git_verdict(repository, single)
