"""Differences between lists of lines, as git finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.git.linediff import Hunk, hunks
from tests.support.repository import create

LINES = st.lists(
    st.sampled_from(["", "a", "b", "@@ -1 +1 @@", "-c", "+d", "\\ No newline", "\0", "\udce9", "e\r", "\u2028"]),
    max_size=15,
)


@settings(max_examples=100, deadline=None)
@given(LINES, LINES)
def test_the_hunks_turn_the_old_lines_into_the_new_ones(old: list[str], new: list[str]) -> None:
    """In order, no two of them touching."""
    result, position = [], 0
    for hunk in hunks(old, new):
        assert position == 0 or hunk.old_start > position
        result += old[position : hunk.old_start] + new[hunk.new_start : hunk.new_end]
        position = hunk.old_end
    assert result + old[position:] == new


def test_an_insertion_and_a_deletion_have_an_empty_side() -> None:
    """Between the lines that they stand between."""
    assert hunks(["a", "c"], ["a", "b", "c"]) == [Hunk(1, 1, 1, 2)]
    assert hunks(["a", "b", "c"], ["a", "c"]) == [Hunk(1, 2, 1, 1)]
    assert hunks([], ["a"]) == [Hunk(0, 0, 0, 1)]


def test_no_setting_and_no_repository_around_has_a_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an external diff program, nor attributes, colour or context."""
    repository = create(tmp_path / "repository")
    repository.write(".gitattributes", "* -diff diff=foreign\n")
    settings_file = tmp_path / "settings"
    settings_file.write_text(
        "[diff]\nexternal = false\ncontext = 9\ninterHunkContext = 9\nalgorithm = minimal\nnoprefix = true\n"
        f'[color]\nui = always\n[core]\nattributesFile = {repository.path}/.gitattributes\n[diff "foreign"]\n'
        "command = false\ntextconv = false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings_file))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_DIR", str(repository.path / ".git"))
    monkeypatch.setattr("tempfile.tempdir", str(repository.path))
    monkeypatch.chdir(repository.path)
    assert hunks(list("abcde"), list("abXdeY")) == [Hunk(2, 3, 2, 3), Hunk(5, 5, 5, 6)]
