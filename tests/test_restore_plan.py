"""What `integrity restore` plans: which version it finds for a damaged file, in histories of every shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Ran, integrity
from tests.support.repository import GitRepository, clone, create

PATH = "tests/test_cart.py"


def module(tests: int, prefix: str = "total") -> str:
    """A test module with that many tests."""
    test = "\n\ndef test_{}_{}():\n    values = list(range({}))\n    assert sum(values) >= {}\n"
    body = "".join(test.format(prefix, number, number, number - 1) for number in range(tests))
    return f'"""Tests of the cart."""\n\nimport json\n{body}'


def commented(text: str, marker: str = "GUTTED: ") -> str:
    """The text with every line behind a marker."""
    return "".join(f"# {marker}{line}\n" if line else "\n" for line in text.split("\n"))


def broken(text: str) -> str:
    """The text with a stray bracket, so that it does not parse."""
    return text.replace("import json\n", "import json)\n")


HEALTHY = module(6)
DAMAGED = commented(HEALTHY)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """An empty repository."""
    return create(tmp_path / "project")


def plan(repository: GitRepository, *arguments: str) -> Ran:
    """`integrity restore --dry-run` with JSON output."""
    return integrity(repository.path, "restore", "--dry-run", "--output-format", "json", *arguments)


def only(ran: Ran) -> Any:
    """The one item of a plan."""
    (item,) = ran.json["plan"]
    return item


def test_returns_to_the_version_before_the_damage_and_names_the_commits(repository: GitRepository) -> None:
    """The version just before the comments does not parse, so that two commits and not one are to be undone."""
    healthy = repository.commit({PATH: HEALTHY}, "Add the cart", date="2024-03-01T12:00:00Z")
    first = repository.commit({PATH: broken(HEALTHY)}, "Remove mocks", date="2024-03-02T12:00:00Z")
    second = repository.commit({PATH: commented(broken(HEALTHY))}, "Tidy up", date="2024-03-03T12:00:00Z")
    ran = plan(repository)
    item = only(ran)
    assert item["action"] == "restore"
    assert item["source"] == {
        "commit": healthy,
        "path": PATH,
        "blob": repository.text("rev-parse", f"{healthy}:{PATH}"),
        "date": "2024-03-01T12:00:00Z",
        "subject": "Add the cart",
    }
    assert item["damaged_by"] == {
        "commit": second,
        "author": "Ada",
        "date": "2024-03-03T12:00:00Z",
        "subject": "Tidy up",
    }
    assert item["broken_by"]["commit"] == first
    assert item["tests"] == {"now": 0, "after": 6}
    assert item["lines"] == {"now": len(commented(broken(HEALTHY)).splitlines()), "after": len(HEALTHY.splitlines())}
    assert ran.json["summary"] == {"files": 1, "restorable": 1, "tests_regained": 6}
    assert (ran.json["applied"], ran.json["backup"], ran.code) == (False, None, 1)


def test_nothing_to_restore_is_clean(repository: GitRepository) -> None:
    """A healthy repository yields an empty plan and the exit code 0."""
    repository.commit({PATH: HEALTHY})
    ran = plan(repository)
    assert (ran.json["plan"], ran.code) == ([], 0)


def test_a_file_moved_after_the_damage_keeps_its_history(repository: GitRepository) -> None:
    """The healthy version lies under the old path."""
    healthy = repository.commit({PATH: HEALTHY})
    culprit = repository.commit({PATH: DAMAGED})
    repository.git("mv", PATH, "tests/test_basket.py")
    repository.commit()
    item = only(plan(repository))
    assert (item["path"], item["source"]["path"], item["source"]["commit"]) == ("tests/test_basket.py", PATH, healthy)
    assert item["damaged_by"]["commit"] == culprit


def test_a_file_moved_and_damaged_by_one_commit_is_found_by_its_tests(repository: GitRepository) -> None:
    """No content connects the two paths, only the tests that both name."""
    healthy = repository.commit({PATH: HEALTHY, "tests/test_other.py": module(6, "other")})
    repository.git("mv", PATH, "tests/test_basket.py")
    repository.git("rm", "--quiet", "tests/test_other.py")
    culprit = repository.commit({"tests/test_basket.py": DAMAGED})
    item = only(plan(repository))
    assert (item["source"]["path"], item["source"]["commit"]) == (PATH, healthy)
    assert item["damaged_by"]["commit"] == culprit
    assert "a file with the same tests" in item["reason"]


def test_a_damaged_copy_returns_to_what_its_original_was(repository: GitRepository) -> None:
    """The original is healthy again, the copy was made while it was damaged."""
    repository.commit({PATH: HEALTHY})
    culprit = repository.commit({PATH: DAMAGED})
    repository.commit({"backups/tests/test_cart.py": DAMAGED})
    repository.commit({PATH: module(8)})
    item = only(plan(repository))
    assert (item["path"], item["source"]["path"]) == ("backups/tests/test_cart.py", PATH)
    assert item["damaged_by"]["commit"] == culprit


def test_the_versions_of_both_sides_of_a_merge_count(repository: GitRepository) -> None:
    """The merge took over the damaged side; the newest healthy version lies on the other one."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.branch("side")
    newest = repository.commit({PATH: module(7)}, date="2024-03-02T12:00:00Z")
    repository.git("checkout", "--quiet", "main")
    culprit = repository.commit({PATH: DAMAGED}, date="2024-03-03T12:00:00Z")
    repository.git("merge", "--quiet", "--strategy=ours", "--message=merge", "side", date="2024-03-04T12:00:00Z")
    item = only(plan(repository))
    assert (item["source"]["commit"], item["tests"]["after"]) == (newest, 7)
    assert item["damaged_by"]["commit"] == culprit


def test_an_older_version_with_clearly_more_tests_wins_and_the_plan_says_so(repository: GitRepository) -> None:
    """A file that was emptied before it was damaged."""
    full = repository.commit({PATH: module(10)})
    shrunken = repository.commit({PATH: module(2)})
    repository.commit({PATH: commented(module(2))})
    item = only(plan(repository))
    assert item["source"]["commit"] == full
    assert "10 tests" in item["reason"]
    assert "only 2 tests" in item["reason"]
    assert shrunken[:10] in item["reason"]


def test_tests_that_moved_to_another_file_are_not_brought_back(repository: GitRepository) -> None:
    """The newest version holds fewer tests because the others live elsewhere today."""
    repository.commit({PATH: module(10)})
    moved = module(10).split("\n\n\n")
    kept, gone = "\n\n\n".join(moved[:3]) + "\n", "\n\n\n".join([moved[0], *moved[3:]])
    newest = repository.commit({PATH: kept, "tests/test_more.py": gone})
    repository.commit({PATH: commented(kept)})
    assert only(plan(repository))["source"]["commit"] == newest


@pytest.mark.parametrize(("strategy", "tests"), [("newest", 2), ("most-tests", 10), ("balanced", 9)])
def test_the_strategy_decides_between_healthy_versions(repository: GitRepository, strategy: str, tests: int) -> None:
    """By default the newest of those that hold nearly the most tests."""
    for count in (10, 9, 2):
        repository.commit({PATH: module(count)})
    repository.commit({PATH: commented(module(2))})
    assert only(plan(repository, "--strategy", strategy))["tests"]["after"] == tests


def test_from_takes_the_version_of_a_revision(repository: GitRepository) -> None:
    """Even when a newer healthy one exists."""
    repository.commit({PATH: HEALTHY})
    repository.git("tag", "release")
    repository.commit({PATH: module(7)})
    repository.commit({PATH: DAMAGED})
    item = only(plan(repository, "--from", "release"))
    assert item["tests"]["after"] == 6
    assert item["source"]["commit"] == repository.text("rev-parse", "release")


def test_before_leaves_out_later_versions(repository: GitRepository) -> None:
    """By the date of the commit."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.commit({PATH: module(7)}, date="2024-03-05T12:00:00Z")
    repository.commit({PATH: DAMAGED}, date="2024-03-06T12:00:00Z")
    assert only(plan(repository, "--before", "2024-03-02"))["tests"]["after"] == 6
    item = only(plan(repository, "--before", "2024-02-01"))
    assert item["action"] == "unrestorable"
    assert "--before" in item["reason"]


def test_a_date_that_is_none_is_refused(repository: GitRepository) -> None:
    """In one line, before anything is read."""
    repository.commit({PATH: DAMAGED})
    ran = plan(repository, "--before", "yesterday")
    assert ran.code == 2
    assert "--before" in ran.stderr


def test_a_file_that_never_was_healthy_cannot_be_restored(repository: GitRepository) -> None:
    """The plan says so, and what is left to do."""
    repository.commit({PATH: DAMAGED})
    item = only(plan(repository))
    assert (item["action"], item["source"]) == ("unrestorable", None)
    assert "never healthy" in item["reason"]


def test_a_shallow_clone_says_how_to_get_the_rest(repository: GitRepository, tmp_path: Path) -> None:
    """The healthy version lies beyond its edge."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED})
    repository.commit({"notes.py": "x = 1\n"})
    item = only(plan(clone(repository, tmp_path / "shallow", "--depth=2")))
    assert item["action"] == "unrestorable"
    assert "git fetch --unshallow" in item["reason"]


def test_missing_objects_do_not_stop_the_search(repository: GitRepository, tmp_path: Path) -> None:
    """As in a partial clone; the newest version that can be read is taken."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: module(7)})
    repository.commit({PATH: DAMAGED})
    partial = clone(repository, tmp_path / "partial", "--filter=blob:none")
    partial.git("cat-file", "blob", f"HEAD~2:{PATH}")  # fetches this one
    partial.git("remote", "remove", "origin")
    item = only(plan(partial))
    assert (item["action"], item["tests"]["after"]) == ("restore", 6), item


def test_versions_that_cannot_be_read_are_counted(repository: GitRepository, tmp_path: Path) -> None:
    """When none is left the plan says why."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED})
    partial = clone(repository, tmp_path / "partial", "--filter=blob:none")
    partial.git("remote", "remove", "origin")
    item = only(plan(partial))
    assert item["action"] == "unrestorable"
    assert "1 version of 2 cannot be read" in item["reason"]


def test_settings_of_git_that_change_its_answers_have_no_say(repository: GitRepository) -> None:
    """Each of these spoils a naive `git log`."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED})
    for setting in ("log.showRoot=false", "log.showSignature=true", "diff.renames=copies", "color.ui=always",
                    "core.quotePath=true", "core.abbrev=4", "log.decorate=full", "log.follow=true",
                    "i18n.logOutputEncoding=utf-16", "format.pretty=oneline", "diff.orderFile=/nowhere"):  # fmt: skip
        name, _, value = setting.partition("=")
        repository.git("config", name, value)
    assert only(plan(repository))["tests"]["after"] == 6


def test_a_test_added_after_the_damage_is_kept(repository: GitRepository) -> None:
    """And counted among the edits."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED})
    later = "\n\ndef test_later():\n    assert json.dumps([]) == '[]'\n"
    repository.commit({PATH: DAMAGED + "import json\n" + later})
    item = only(plan(repository))
    assert (item["action"], item["tests"]["after"]) == ("merge", 7)
    assert item["kept_edits"] >= 1


def test_honest_work_in_the_damaging_commit_is_kept(repository: GitRepository) -> None:
    """One test was commented out while another was added."""
    blocks = HEALTHY.split("\n\n\n")
    repository.commit({PATH: HEALTHY})
    added = "def test_added():\n    assert json.dumps({}) == '{}'\n"
    text = "\n\n\n".join([*blocks[:2], commented(blocks[2]).rstrip("\n"), *blocks[3:], added])
    repository.commit({PATH: text})
    item = only(plan(repository, "--fail-severity", "low"))
    assert (item["action"], item["tests"]) == ("merge", {"now": 6, "after": 7})


def test_test_files_deleted_since_a_revision_come_back(repository: GitRepository) -> None:
    """Not those that moved, and not what is no test."""
    repository.commit({PATH: HEALTHY, "tests/test_moved.py": module(5, "moved"), "app.py": "x = 1\n"})
    repository.git("tag", "release")
    repository.git("mv", "tests/test_moved.py", "tests/test_new_name.py")
    repository.git("rm", "--quiet", PATH, "app.py")
    culprit = repository.commit({"tests/test_new_name.py": module(6, "moved")})
    item = only(plan(repository, "--deleted", "release"))
    assert (item["path"], item["action"], item["tests"]) == (PATH, "restore", {"now": 0, "after": 6})
    assert item["damaged_by"]["commit"] == culprit


def test_a_bare_repository_can_be_planned_for(repository: GitRepository, tmp_path: Path) -> None:
    """Its head takes the place of a work tree."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED})
    bare = clone(repository, tmp_path / "bare.git", "--bare")
    assert only(plan(bare))["tests"]["after"] == 6


def test_outside_git_there_is_no_history(tmp_path: Path) -> None:
    """One line that says so."""
    (tmp_path / "test_a.py").write_text(DAMAGED)
    ran = integrity(tmp_path, "restore", "--dry-run")
    assert ran.code == 2
    assert "not in a git repository" in ran.stderr


def test_a_subject_that_is_hostile_stays_text(repository: GitRepository) -> None:
    """Control characters in messages, names and paths cannot spoil the answer of git or the terminal."""
    repository.commit({"tests/test_\x01 odd\n\x02.py": HEALTHY}, "one\x01:100644 \x02two\x1b[31m")
    repository.commit({"tests/test_\x01 odd\n\x02.py": DAMAGED}, "\x01" + "0" * 40)
    ran = integrity(repository.path, "restore", "--dry-run")
    assert "tests 0 -> 6" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert "\x01" not in ran.stdout


def test_the_plan_is_the_same_whatever_the_folder_and_the_workers(repository: GitRepository) -> None:
    """Byte for byte."""
    repository.commit({PATH: HEALTHY, "tests/test_b.py": module(3, "b")})
    repository.commit({PATH: DAMAGED, "tests/test_b.py": commented(module(3, "b"))})
    first = plan(repository, "--no-cache", "--jobs", "1").stdout
    second = integrity(
        repository.path / "tests", "restore", "--dry-run", "--output-format", "json", "--jobs", "3", ".."
    ).stdout
    assert first == second


def test_an_edit_appended_to_a_text_that_does_not_parse_is_kept(repository: GitRepository) -> None:
    """Half a file, and then somebody adds a test below."""
    half = HEALTHY[: len(HEALTHY) // 2] + "(\n"
    later = "\n\ndef test_later():\n    assert json.dumps([]) == '[]'\n"
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: half})
    repository.commit({PATH: half + later})
    item = only(plan(repository))
    assert (item["action"], item["tests"]["after"]) == ("merge", 7)


def test_a_few_tests_less_are_honest_work(repository: GitRepository) -> None:
    """The version just before the damage is the one to return to."""
    repository.commit({PATH: module(10)})
    newest = repository.commit({PATH: module(8)})
    repository.commit({PATH: commented(module(8))})
    assert only(plan(repository))["source"]["commit"] == newest


def test_old_minor_damage_does_not_lead_back_to_a_time_without_the_tests(repository: GitRepository) -> None:
    """A test that somebody commented out years ago is no reason to give up all that came later."""
    minor = module(9) + "\n\n# def test_old():\n#     values = json.loads('[]')\n#     assert values == []\n"
    repository.commit({PATH: module(1)})
    newest = repository.commit({PATH: minor})
    repository.commit({PATH: commented(minor)})
    item = only(plan(repository))
    assert (item["source"]["commit"], item["tests"]["after"]) == (newest, 9)
    assert "COR003" in item["reason"]


HOLLOW = "".join(f"\n\ndef test_total_{number}():\n    assert True\n" for number in range(6))


def test_tests_that_were_hollowed_come_back(repository: GitRepository) -> None:
    """And a test that was added since stays."""
    later = "\n\ndef test_later():\n    assert json.dumps([]) == '[]'\n"
    repository.commit({PATH: HEALTHY})
    culprit = repository.commit({PATH: "import json\n" + HOLLOW})
    repository.commit({PATH: "import json\n" + HOLLOW + later})
    item = only(plan(repository))
    assert (item["action"], item["tests"]["after"]) == ("merge", 7)
    assert item["damaged_by"]["commit"] == culprit


def test_tests_that_never_checked_anything_lost_nothing(repository: GitRepository) -> None:
    """They are the scan's business, not the restorer's."""
    repository.commit({PATH: "import json\n" + HOLLOW})
    assert plan(repository).json["plan"] == []


def test_a_file_that_cannot_be_checked_is_named(repository: GitRepository) -> None:
    """No damage is planned for in it, and the plan says so."""
    repository.commit({PATH: b"x = '\xff'\n"})
    ran = plan(repository)
    assert any(PATH in note for note in ran.json["notes"])
