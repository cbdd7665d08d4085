"""`integrity hook`: edits judged at the moment they are made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.hook.event import Edit, EventError, read_event
from tests.support.program import Ran
from tests.support.repository import GitRepository, create

TESTS = """\
from app.total import total


def test_some():
    assert total([1, 2]) == 3


def test_empty():
    assert total([]) == 0
    assert total(()) == 0
"""
WITHOUT = TESTS[: TESTS.index("\n\ndef test_empty")]
HOLLOW = TESTS.replace("    assert total([]) == 0\n    assert total(()) == 0\n", "    pass\n")
DAMAGED = "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" for line in TESTS.split("\n") if line)
PATH = "tests/test_total.py"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with a small test file."""
    made = create(tmp_path / "project")
    made.commit({PATH: TESTS, "app/__init__.py": "", "app/total.py": "def total(items):\n    return sum(items)\n"})
    return made


def _hook(folder: Path, event: object, *arguments: str) -> Ran:
    text = event if isinstance(event, str) else json.dumps(event)
    command = [sys.executable, "-m", "integrity", "hook", *arguments]
    done = subprocess.run(command, cwd=folder, input=text.encode(), capture_output=True, check=False, timeout=120)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def _write(repository: GitRepository, content: str, path: str = PATH) -> dict[str, Any]:
    return {
        "session_id": "abc",
        "transcript_path": "/nowhere.jsonl",
        "cwd": str(repository.path),
        "hook_event_name": "PreToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": str(repository.path / path), "content": content},
    }


def _edit(repository: GitRepository, old: str, new: str, **more: Any) -> dict[str, Any]:
    given = {"file_path": str(repository.path / PATH), "old_string": old, "new_string": new, **more}
    return {**_write(repository, ""), "tool_name": "Edit", "tool_input": given}


@pytest.mark.parametrize("content", [WITHOUT, HOLLOW, DAMAGED, "", "def test_some(:\n" + TESTS])
def test_a_weakening_write_is_refused(repository: GitRepository, content: str) -> None:
    """Exit code 2, the reason on standard error, and the same as a decision in JSON."""
    ran = _hook(repository.path, _write(repository, content))
    assert ran.code == 2
    decision = ran.json["hookSpecificOutput"]
    assert (decision["hookEventName"], decision["permissionDecision"]) == ("PreToolUse", "deny")
    assert decision["permissionDecisionReason"] == ran.stderr.rstrip("\n")
    assert PATH in ran.stderr
    assert ", instead: " in ran.stderr


def test_the_reason_says_what_was_weakened(repository: GitRepository) -> None:
    """The test, what it said, and what to do."""
    ran = _hook(repository.path, _write(repository, WITHOUT))
    assert "tests/test_total.py:8 in test_empty: test_empty is removed" in ran.stderr
    assert "before: assert total([]) == 0" in ran.stderr
    assert "DIF002, instead: Repair the test" in ran.stderr or "DIF002, instead: repair the test" in ran.stderr
    assert "write it in its new place first" in ran.stderr


@pytest.mark.parametrize(
    "content",
    [
        TESTS,
        TESTS + "\n\ndef test_one():\n    assert total([1]) == 1\n",
        TESTS.replace("test_empty", "test_of_nothing"),
        "# a remark\n" + TESTS,
    ],
)
def test_an_honest_write_passes(repository: GitRepository, content: str) -> None:
    """Without a word."""
    assert _hook(repository.path, _write(repository, content)) == Ran(0, "", "")


def test_edits_are_applied(repository: GitRepository) -> None:
    """One, all, and several in turn; those that the tool itself will refuse pass."""
    line = "    assert total([]) == 0\n"
    body = line + "    assert total(()) == 0\n"
    assert _hook(repository.path, _edit(repository, body, "    pass\n")).code == 2
    assert _hook(repository.path, _edit(repository, "assert", "# assert", replace_all=True)).code == 2
    assert _hook(repository.path, _edit(repository, "nowhere in it", "")).code == 0
    several = _edit(repository, "", "")
    several["tool_name"] = "MultiEdit"
    several["tool_input"]["edits"] = [
        {"old_string": line, "new_string": "    pass\n"},
        {"old_string": "    assert total(()) == 0\n", "new_string": ""},
    ]
    assert _hook(repository.path, several).code == 2


def test_after_the_tool_ran(repository: GitRepository) -> None:
    """The old text is told, follows from the edit, or is the committed one."""
    repository.write(PATH, HOLLOW)
    body = TESTS[TESTS.index("    assert total([]) == 0") :]
    after = {"hook_event_name": "PostToolUse", "tool_response": {"success": True}}
    for event in (
        {**_edit(repository, body, "    pass\n"), **after},
        {**_write(repository, HOLLOW), **after},
        {**_write(repository, HOLLOW), **after, "tool_response": {"originalFile": TESTS}},
    ):
        ran = _hook(repository.path, event)
        assert ran.code == 2
        assert ran.json == {"decision": "block", "reason": ran.stderr.rstrip("\n")}
    told = {**_write(repository, HOLLOW), **after, "tool_response": {"originalFile": HOLLOW}}
    assert _hook(repository.path, told).code == 0


def test_the_plain_form(repository: GitRepository) -> None:
    """Always answered; null is no file, and what is not told is read from disk."""
    ran = _hook(repository.path, {"path": PATH, "before": TESTS, "after": HOLLOW})
    assert (ran.code, ran.json["decision"]) == (2, "block")
    assert {one["path"] for one in ran.json["findings"]} == {PATH}
    assert _hook(repository.path, {"path": PATH, "after": None}).code == 2
    ran = _hook(repository.path, {"path": PATH, "before": None, "after": TESTS})
    assert (ran.code, ran.json["decision"]) == (0, "allow")


def test_a_test_that_stands_elsewhere_already_is_moved(repository: GitRepository) -> None:
    """First written in its new place, then removed from the old one; the other way round it is refused."""
    moved = "from app.total import total\n\n\n" + TESTS[TESTS.index("def test_empty") :]
    assert _hook(repository.path, _write(repository, WITHOUT)).code == 2
    repository.write("tests/test_nothing.py", moved)
    assert _hook(repository.path, _write(repository, WITHOUT)).code == 0


@pytest.mark.parametrize(
    "event",
    [
        {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "rm -r tests"}},
        {"hook_event_name": "PreToolUse", "tool_name": "NotebookEdit", "tool_input": {}},
        {"hook_event_name": "Stop"},
        {"hook_event_name": "SomethingNew", "tool_name": "Write"},
    ],
)
def test_what_is_no_edit_passes(repository: GitRepository, event: object) -> None:
    """Other tools and other events, known or not."""
    assert _hook(repository.path, event) == Ran(0, "", "")


def test_other_files_pass(repository: GitRepository) -> None:
    """Text, and files that the configuration leaves out."""
    assert _hook(repository.path, _write(repository, "", "notes.txt")).code == 0
    repository.commit({"integrity.toml": 'exclude = ["/tests/"]\n'})
    assert _hook(repository.path, _write(repository, HOLLOW)).code == 0


@pytest.mark.parametrize(
    "event",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        {"path": "a.py"},
        {"path": 7, "after": ""},
        {"path": "a.py", "after": 7},
        {"after": "x = 1\n"},
        {"hook_event_name": "PreToolUse", "tool_name": "Write"},
        {"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": {"file_path": "a.py"}},
        {"hook_event_name": "PreToolUse", "tool_name": "Edit", "tool_input": {"file_path": "a.py", "old_string": "x"}},
        {"hook_event_name": "PreToolUse", "tool_name": "MultiEdit", "tool_input": {"file_path": "a.py", "edits": 3}},
    ],
)
def test_a_malformed_event_refuses_nothing(repository: GitRepository, event: object) -> None:
    """Exit code 1, which an agent's host shows to the user and does not take for a refusal."""
    ran = _hook(repository.path, event)
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("integrity hook: the edit was not judged: ")
    assert len(ran.stderr.strip().split("\n")) == 1


def test_a_wrong_configuration_refuses_nothing(repository: GitRepository) -> None:
    """It is said, once a fault."""
    repository.commit({"integrity.toml": 'selct = ["COR"]\n'})
    ran = _hook(repository.path, _write(repository, HOLLOW))
    assert (ran.code, ran.stdout) == (1, "")
    assert "did you mean 'select'" in ran.stderr


@pytest.mark.parametrize("folder", ["", "deep/er"])
def test_outside_git_an_edit_is_judged_by_itself(tmp_path: Path, folder: str) -> None:
    """There is no history to ask, and none is needed."""
    place = tmp_path / folder / "test_total.py"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(TESTS)
    assert _hook(tmp_path, {"path": str(place), "after": HOLLOW}).code == 2


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    """There is nothing to compare with but the file itself."""
    made = create(tmp_path / "project")
    made.write(PATH, TESTS)
    assert _hook(made.path, _write(made, HOLLOW)).code == 2


TEXT = st.text(st.sampled_from("ab\n\r é"), max_size=8)


@given(TEXT, TEXT, TEXT, st.booleans())
def test_an_edit_is_what_the_tool_does(text: str, old: str, new: str, everywhere: bool) -> None:
    """Before and after the tool ran, the same two texts are seen (files without CR, where the tool is exact)."""
    text, old, new = (one.replace("\r", "") for one in (text, old, new))
    given_ = {"file_path": "test_x.py", "old_string": old, "new_string": new, "replace_all": everywhere}
    event = {"hook_event_name": "PreToolUse", "tool_name": "Edit", "tool_input": given_}
    folder = Path(__file__).parent / "support"
    plain = read_event(json.dumps({"path": "test_x.py", "before": text, "after": new}), folder)
    assert plain == Edit(folder / "test_x.py", text.encode(), new.encode())
    found = read_event(json.dumps(event), folder)  # there is no such file
    assert (found is None) == bool(old)
    assert found is None or found.after == new.encode()


@given(st.text(max_size=60))
def test_no_text_is_more_than_an_error(text: str) -> None:
    """An edit, nothing, or a message."""
    complaint = ""
    try:
        read_event(text, Path(__file__).parent)
    except EventError as error:
        complaint = str(error)
    assert complaint.startswith("the event") or isinstance(json.loads(text), dict)


@pytest.mark.parametrize("content", [TESTS, WITHOUT, HOLLOW, DAMAGED, "def test_(:\n", 'T = "\\ud800"\n' + HOLLOW])
def test_the_answer_is_the_same_from_a_cold_and_a_warm_cache(repository: GitRepository, content: str) -> None:
    """What was read of a version is remembered."""
    event = _write(repository, content)
    first = _hook(repository.path, event)
    assert (repository.path / ".integrity_cache" / "hook" / "cache.sqlite").exists()
    assert _hook(repository.path, event) == first


def test_a_cache_that_git_tracks_is_not_read(repository: GitRepository) -> None:
    """The repository must not bring the verdict."""
    repository.commit({".integrity_cache/hook/note": "mine"})
    assert _hook(repository.path, _write(repository, HOLLOW)).code == 2
    assert not (repository.path / ".integrity_cache" / "hook" / "cache.sqlite").exists()


def test_a_configuration_that_names_rules_of_other_families_is_understood(repository: GitRepository) -> None:
    """Only some rules are loaded for an edit, but every code may be configured."""
    repository.commit({"pyproject.toml": '[tool.integrity]\nignore = ["IMP", "CYC001"]\n'})
    assert _hook(repository.path, _write(repository, HOLLOW)).code == 2


@pytest.mark.parametrize(
    "text", ['[tool.integrity]\nignore = ["ALL"]\n', "[tool.integrity]\nno-such-key = 1\n", "[", None]
)
@pytest.mark.parametrize("committed", ["", "[tool.integrity]\nselect = ['ALL']\n"])
def test_no_edit_of_the_configuration_lets_the_next_one_pass(
    repository: GitRepository, committed: str, text: str | None
) -> None:
    """What is in force is the configuration of the last commit, as for any change."""
    if committed:
        repository.commit({"pyproject.toml": committed})
    for name in ("pyproject.toml", "integrity.toml"):
        if text is not None:
            repository.write(name, text if name == "pyproject.toml" else text.replace("[tool.integrity]\n", ""))
        else:
            (repository.path / name).unlink(missing_ok=True)
    assert _hook(repository.path, _write(repository, HOLLOW)).code == 2


def test_before_the_first_commit_the_configuration_on_disk_holds(tmp_path: Path) -> None:
    """There is no other."""
    made = create(tmp_path / "project")
    made.write(PATH, TESTS)
    made.write("pyproject.toml", '[tool.integrity]\nexclude = ["tests"]\n')
    assert _hook(made.path, _write(made, HOLLOW)).code == 0
    (made.path / "pyproject.toml").unlink()
    assert _hook(made.path, _write(made, HOLLOW)).code == 2


def test_a_configuration_that_git_has_lost_is_no_default(repository: GitRepository) -> None:
    """The edit stays unjudged, with the reason: the defaults are not what the project asked for."""
    repository.commit({"pyproject.toml": "[tool.integrity]\nselect = ['ENV']\n"})
    blob = repository.text("rev-parse", "HEAD:pyproject.toml")
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repository.write("pyproject.toml", "")
    ran = _hook(repository.path, _write(repository, HOLLOW))
    assert (ran.code, ran.stdout) == (1, "")
    assert "pyproject.toml of the last commit cannot be read" in ran.stderr


def _refused(repository: GitRepository, content: str, path: str) -> str:
    """The reason for which a write is refused, "" when it is not."""
    done = _hook(repository.path, _write(repository, content, path))
    assert done.code in (0, 2)
    return done.stderr if done.code else ""


def test_an_edit_is_judged_by_the_tests_that_it_concerns(repository: GitRepository) -> None:
    """A `conftest.py` that patches what unchanged tests are about, and a skip unless something unheard of is there."""
    patching = "import app.total\n\napp.total.total = lambda items: 3\n"
    module = TESTS.replace("from app.total import total", "import app.total").replace("total([", "app.total.total([")
    repository.commit({PATH: module})
    assert "DIF012" in _refused(repository, patching, "tests/conftest.py")
    assert "DIF008" in _refused(repository, f"import pytest\n\npytest.importorskip('nothing')\n{module}", PATH)
    assert (
        _refused(repository, "import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1\n", "tests/conftest.py")
        == ""
    )


def test_an_edit_of_the_configuration_is_judged_like_one_of_a_test(repository: GitRepository) -> None:
    """Settings of pytest, CI, and sessions of nox."""
    repository.commit(
        {
            "pytest.ini": "[pytest]\naddopts = -q\n",
            "noxfile.py": "def tests(session):\n    session.run('pytest', 'tests')\n",
        }
    )
    assert "DIF018" in _refused(repository, "[pytest]\naddopts = -q --ignore=tests/test_total.py\n", "pytest.ini")
    assert "DIF018" in _refused(
        repository, "def tests(session):\n    session.run('pytest', '-k', 'no')\n", "noxfile.py"
    )
    assert _refused(repository, "[pytest]\naddopts = -q --strict-markers\n", "pytest.ini") == ""
