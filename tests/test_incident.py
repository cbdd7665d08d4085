"""What `integrity incident` tells: who damaged what, when, and what became of it, in histories of every shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Ran, integrity
from tests.support.repository import GitRepository, clone, create

PATH = "tests/test_cart.py"
OTHER = "tests/test_order.py"


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
BROKEN = broken(HEALTHY)
DAMAGED = commented(BROKEN)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """An empty repository."""
    return create(tmp_path / "project")


def tell(repository: GitRepository, *arguments: str) -> Ran:
    """`integrity incident` with JSON output."""
    return integrity(repository.path, "incident", "--output-format", "json", *arguments)


def waves(repository: GitRepository, *arguments: str) -> Any:
    """The waves of a story."""
    return tell(repository, *arguments).json["waves"]


def files(repository: GitRepository, *arguments: str) -> list[tuple[str, str, str, str]]:
    """Subject, path, kind and end of all damage, newest first."""
    return [
        (commit["subject"], one["path"], one["kind"], one["fate"]["end"])
        for wave in waves(repository, *arguments)
        for commit in wave["commits"]
        for one in commit["files"]
    ]


def test_tells_who_damaged_what_and_when(repository: GitRepository) -> None:
    """First the file was broken, then what was broken was hidden; each commit answers for its own part."""
    repository.commit({PATH: HEALTHY}, "Add", date="2024-03-01T12:00:00Z")
    first = repository.commit({PATH: BROKEN}, "Remove mocks", date="2024-03-02T12:00:00Z")
    message = "Tidy up\n\nAll good.\n\nCo-Authored-By: Claude <noreply@anthropic.com>\nReviewed-by: Bob <b@example.org>"
    second = repository.commit({PATH: DAMAGED}, message, date="2024-03-03T12:00:00Z")
    ran = tell(repository)
    hidden, breaking = ran.json["waves"]
    (deed,) = hidden["commits"]
    assert {
        key: deed[key] for key in ("commit", "date", "author", "author_email", "committer", "subject", "tools")
    } == {
        "commit": second,
        "date": "2024-03-03T12:00:00Z",
        "author": "Ada",
        "author_email": "ada@example.org",
        "committer": "Ada",
        "subject": "Tidy up",
        "tools": ["Claude"],
    }
    assert deed["trailers"] == [
        {"key": "Co-Authored-By", "value": "Claude <noreply@anthropic.com>"},
        {"key": "Reviewed-by", "value": "Bob <b@example.org>"},
    ]
    assert hidden["patterns"] == [{"code": "COR002", "name": "tool-residue", "marker": "GUTTED", "files": 1}]
    (one,) = deed["files"]
    assert (one["kind"], one["tests"]) == ("rewrote", {"before": 0, "after": 0, "named": 6})
    (one,) = breaking["commits"][0]["files"]
    assert (breaking["commits"][0]["commit"], one["kind"], one["codes"]) == (first, "brought", ["COR004"])
    assert one["tests"] == {"before": 6, "after": 0, "named": 6}
    assert (breaking["tests_lost"], ran.json["standing"], ran.code) == (6, [PATH], 1)


def test_nothing_to_tell_is_clean(repository: GitRepository) -> None:
    """A healthy history yields no waves and the exit code 0."""
    repository.commit({PATH: HEALTHY})
    ran = tell(repository)
    assert (ran.json["waves"], ran.json["summary"]["versions_examined"], ran.code) == ([], 1, 0)
    text = integrity(repository.path, "incident")
    assert (text.code, "No damage" in text.stdout) == (0, True)


def test_a_burst_is_one_wave_and_a_pause_begins_another(repository: GitRepository) -> None:
    """Commits of one author within minutes, the same damage: newest first."""
    names = [f"tests/test_{number}.py" for number in range(4)]
    repository.commit(dict.fromkeys(names, HEALTHY), date="2024-03-01T12:00:00Z")
    for minute, name in zip(("00", "03", "06", "59"), names, strict=True):
        repository.commit({name: DAMAGED}, f"Refactor {name}", date=f"2024-03-02T12:{minute}:00Z")
    late, burst = waves(repository)
    assert [len(late["commits"]), len(burst["commits"])] == [1, 3]
    assert (burst["first"], burst["last"]) == ("2024-03-02T12:00:00Z", "2024-03-02T12:06:00Z")
    assert [one["subject"] for one in burst["commits"]] == [f"Refactor {name}" for name in reversed(names[:3])]


def test_commits_of_two_authors_are_two_waves(repository: GitRepository) -> None:
    """Even within the same minute."""
    repository.commit({PATH: HEALTHY, OTHER: module(3)})
    repository.commit({PATH: DAMAGED})
    repository.write(OTHER, commented(module(3)))
    repository.git("commit", "--quiet", "--all", "--author=Bob <bob@example.org>", "--message=Mine")
    assert sorted(one["author"] for one in waves(repository)) == ["Ada", "Bob"]


def test_tells_what_became_of_the_damage(repository: GitRepository) -> None:
    """One file a fate; the tests of a placeholder are not those that were lost."""
    names = {name: f"tests/test_{name}.py" for name in ("repaired", "overwritten", "deleted", "moved", "standing")}
    texts: dict[str, str | bytes] = {path: module(6, name) for name, path in names.items()}
    repository.commit(texts, date="2024-03-01T12:00:00Z")
    gutted: dict[str, str | bytes] = {path: commented(module(6, name)) for name, path in names.items()}
    repository.commit(gutted, "Gut", date="2024-03-02T12:00:00Z")
    repository.git("rm", "--quiet", names["deleted"])
    repository.git("mv", names["moved"], "tests/test_elsewhere.py")
    placeholder = '"""Placeholder."""\n\n\ndef test_placeholder():\n    assert True\n'
    later: dict[str, str | bytes] = {names["repaired"]: module(7), names["overwritten"]: placeholder}
    clean = repository.commit(later, "Clean", date="2024-03-05T12:00:00Z")
    (wave,) = waves(repository)
    told = {one["path"]: (one["fate"]["end"], one["fate"]["path"]) for one in wave["commits"][0]["files"]}
    assert told == {
        names["repaired"]: ("repaired", names["repaired"]),
        names["overwritten"]: ("overwritten", names["overwritten"]),
        names["deleted"]: ("deleted", names["deleted"]),
        names["moved"]: ("standing", "tests/test_elsewhere.py"),
        names["standing"]: ("standing", names["standing"]),
    }
    (one,) = [one for one in wave["commits"][0]["files"] if one["path"] == names["repaired"]]
    assert one["fate"]["commit"] == clean
    assert one["stood_seconds"] == 3 * 24 * 3600


def test_a_repair_is_judged_by_what_was_lost_then(repository: GitRepository) -> None:
    """That the file grew afterwards, and was damaged again, does not make the first repair a poor one."""
    repository.commit({PATH: module(3)})
    repository.commit({PATH: commented(module(3))}, "Gut")
    repository.commit({PATH: module(3)})
    repository.commit({PATH: module(20)})
    repository.commit({PATH: commented(module(20))}, "Gut again")
    assert files(repository) == [("Gut again", PATH, "brought", "standing"), ("Gut", PATH, "brought", "repaired")]


def test_a_copy_of_a_damaged_file_spreads_the_damage(repository: GitRepository) -> None:
    """Copies are told apart from what was damaged first, and keep a story of their own."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.commit({PATH: DAMAGED}, "Gut", date="2024-03-02T12:00:00Z")
    repository.commit({f"backups/{PATH}": DAMAGED}, "Back up", date="2024-03-03T12:00:00Z")
    repository.commit({PATH: HEALTHY}, "Repair", date="2024-03-04T12:00:00Z")
    assert files(repository) == [
        ("Back up", f"backups/{PATH}", "spread", "standing"),
        ("Gut", PATH, "brought", "repaired"),
    ]
    assert waves(repository)[0]["commits"][0]["files"][0]["origin"] == PATH


def test_a_move_is_no_new_damage(repository: GitRepository) -> None:
    """Neither is one with an edit on the way, or an edit in place."""
    repository.commit({PATH: HEALTHY, OTHER: module(4)})
    repository.commit({PATH: DAMAGED, OTHER: commented(module(4))}, "Gut")
    repository.git("mv", PATH, "tests/unit_test_cart.py")
    repository.git("rm", "--quiet", OTHER)
    repository.commit({"tests/unit/test_order.py": commented(module(4)) + "\nimport os\n"}, "Move")
    repository.commit({"tests/unit_test_cart.py": DAMAGED + "\nimport os\n"}, "Edit")
    assert files(repository) == [("Gut", PATH, "brought", "standing"), ("Gut", OTHER, "brought", "standing")]


def test_damage_that_comes_with_a_move_is_new(repository: GitRepository) -> None:
    """The tests that were live under the old name are lost."""
    repository.commit({PATH: HEALTHY})
    repository.git("rm", "--quiet", PATH)
    repository.commit({"tests/unit/test_cart.py": DAMAGED}, "Move and gut")
    (wave,) = waves(repository)
    assert (wave["kinds"], wave["tests_lost"]) == ({"brought": 1}, 6)


def test_a_merge_is_not_blamed_for_what_it_brings_in(repository: GitRepository) -> None:
    """Nor does a later repair on the main line hide that the damage came from a branch."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.branch("side")
    repository.commit({PATH: DAMAGED}, "Gut", date="2024-03-02T12:00:00Z")
    repository.git("checkout", "--quiet", "main")
    repository.commit({OTHER: module(2)}, date="2024-03-03T12:00:00Z")
    repository.git("merge", "--quiet", "--message=Merge", "side", date="2024-03-04T12:00:00Z")
    assert files(repository) == [("Gut", PATH, "brought", "standing")]
    repair = repository.commit({PATH: HEALTHY}, "Repair", date="2024-03-05T12:00:00Z")
    (wave,) = waves(repository)
    assert wave["fates"] == [{"end": "repaired", "commit": repair, "files": 1}]


def test_a_merge_that_leaves_the_damaged_side_ends_the_damage(repository: GitRepository) -> None:
    """As in a merge that keeps what the main line holds."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.branch("side")
    repository.commit({PATH: DAMAGED}, "Gut", date="2024-03-02T12:00:00Z")
    repository.git("checkout", "--quiet", "main")
    repository.commit({PATH: module(7)}, date="2024-03-03T12:00:00Z")
    repository.git("merge", "--quiet", "--strategy=ours", "--message=Merge", "side", date="2024-03-04T12:00:00Z")
    assert files(repository) == [("Gut", PATH, "brought", "repaired")]


def test_a_merge_that_commits_its_conflict_is_blamed(repository: GitRepository) -> None:
    """Neither side held the damage."""
    repository.commit({PATH: HEALTHY})
    repository.branch("side")
    repository.commit({PATH: module(7)})
    repository.git("checkout", "--quiet", "main")
    repository.commit({PATH: module(8)})
    repository.git("merge", "--quiet", "side", check=False)
    repository.commit(message="Merge")
    assert [(subject, kind) for subject, _, kind, _ in files(repository)] == [("Merge", "brought")]


def test_since_a_date_or_a_revision(repository: GitRepository) -> None:
    """Older damage is left out, and its versions are not examined."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.commit({PATH: BROKEN}, "Break", date="2024-03-02T12:00:00Z")
    repository.git("tag", "v1")
    repository.commit({PATH: DAMAGED}, "Hide", date="2024-03-03T12:00:00Z")
    assert [one[0] for one in files(repository)] == ["Hide", "Break"]
    for since in ("2024-03-03", "2024-03-03T11:59:59Z", "v1"):
        ran = tell(repository, "--since", since)
        assert [wave["commits"][0]["subject"] for wave in ran.json["waves"]] == ["Hide"]
        assert (ran.json["since"], ran.json["summary"]["versions_examined"]) == (since, 2)
    assert waves(repository, "--since", "2024-03-04") == []


def test_since_what_does_not_exist_is_refused(repository: GitRepository) -> None:
    """In one line, with the exit code 2."""
    repository.commit({PATH: HEALTHY})
    ran = tell(repository, "--since", "yesterweek")
    assert (ran.code, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert "yesterweek" in ran.stderr


def test_paths_limit_the_story_even_if_they_are_gone(repository: GitRepository) -> None:
    """As an argument or an option, folder or file."""
    repository.commit({PATH: HEALTHY, "web/test_page.py": module(2)})
    repository.commit({PATH: DAMAGED, "web/test_page.py": commented(module(2))}, "Gut")
    repository.git("rm", "--quiet", "-r", "tests")
    repository.commit(message="Delete")
    gone = [("Gut", PATH, "brought", "deleted")]
    assert files(repository, "tests") == files(repository, PATH) == files(repository, "--path", PATH) == gone
    assert len(files(repository, "--path", "tests", "--path", "web")) == 2
    assert "is or was called nowhere" in tell(repository, "nowhere").stderr


def test_a_path_outside_the_repository_is_refused(repository: GitRepository) -> None:
    """In one line."""
    repository.commit({PATH: HEALTHY})
    ran = tell(repository, "tests", "--path", "../elsewhere")
    assert (ran.code, len(ran.stderr.splitlines())) == (2, 1)
    assert "outside" in ran.stderr


def test_a_script_that_writes_the_marker_is_named(repository: GitRepository) -> None:
    """One that was there first is a likely culprit, today's or gone; victims and later mentions are not."""
    fixer = 'def gut(line):\n    return f"# GUTTED: {line}"\n'
    repository.commit({PATH: HEALTHY, "tools/fix.py": fixer, "tools/gone.py": fixer}, date="2024-03-01T12:00:00Z")
    shown = '"""Shows a test.\n\n    # GUTTED: def test_x():\n"""\n'
    damage: dict[str, str | bytes] = {
        PATH: commented(HEALTHY),
        "docs/example.py": shown,
        "other.py": "# not GUTTED: at all\nx = 1\n",
    }
    repository.commit(damage, date="2024-03-02T12:00:00Z")
    repository.git("rm", "--quiet", "tools/gone.py")
    repository.commit(
        {"tools/find.py": 'MARKER = "GUTTED"\n', "prompt.md": "Look for GUTTED.\n"}, date="2024-03-09T12:00:00Z"
    )
    scripts = [
        (one["path"], one["line"], one["likely_culprit"], one["present"]) for one in tell(repository).json["scripts"]
    ]
    assert scripts == [
        ("tools/fix.py", 2, True, True),
        ("tools/gone.py", 2, True, False),
        ("tools/find.py", 1, False, True),
    ]


def test_a_script_committed_just_after_the_damage_may_have_done_it(repository: GitRepository) -> None:
    """So does an instruction for an agent that was there before, although it is prose."""
    repository.commit({PATH: HEALTHY, "prompt.md": "Write GUTTED in front.\n"}, date="2024-03-01T12:00:00Z")
    repository.commit({PATH: commented(HEALTHY)}, date="2024-03-02T12:00:00Z")
    repository.commit({"fix.sh": "sed -i 's/^/# GUTTED: /' $1\n"}, date="2024-03-02T13:00:00Z")
    told = [(one["path"], one["before_the_damage"], one["likely_culprit"]) for one in tell(repository).json["scripts"]]
    assert told == [("prompt.md", True, True), ("fix.sh", False, True)]


def test_works_from_any_folder(repository: GitRepository, tmp_path: Path) -> None:
    """The repository is that around the path, not that around the current folder."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED}, "Gut")
    elsewhere = create(tmp_path / "elsewhere")
    ran = integrity(elsewhere.path, "incident", str(repository.path), "--output-format", "json")
    assert [one["commits"][0]["subject"] for one in ran.json["waves"]] == ["Gut"]
    assert ran.json["summary"]["versions_unread"] == 0


def test_a_second_run_tells_the_same(repository: GitRepository) -> None:
    """From the cache, without it, and with any number of processes."""
    repository.commit({PATH: HEALTHY, OTHER: module(2)})
    repository.commit({PATH: DAMAGED, OTHER: commented(module(2))})
    first = tell(repository)
    assert first.stdout == tell(repository).stdout == tell(repository, "--no-cache", "--jobs", "1").stdout


def test_a_shallow_clone_says_so(repository: GitRepository, tmp_path: Path) -> None:
    """The oldest commit it holds is not the one to blame for everything in it."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED})
    repository.commit({OTHER: module(2)}, "Newest")
    ran = tell(clone(repository, tmp_path / "shallow", "--depth=1"))
    assert "git fetch --unshallow" in " ".join(ran.json["notes"])


def test_missing_objects_do_not_stop_the_story(repository: GitRepository, tmp_path: Path) -> None:
    """As in a partial clone: what is there is told, what is not is counted."""
    repository.commit({PATH: HEALTHY}, date="2024-03-01T12:00:00Z")
    repository.commit({PATH: BROKEN}, "Break", date="2024-03-02T12:00:00Z")
    repository.commit({PATH: DAMAGED}, "Hide", date="2024-03-03T12:00:00Z")
    partial = clone(repository, tmp_path / "partial", "--filter=blob:none")  # has the blobs of the newest commit
    partial.git("remote", "remove", "origin")
    ran = tell(partial)
    assert [wave["commits"][0]["subject"] for wave in ran.json["waves"]] == ["Hide"]
    assert (ran.json["summary"]["versions_examined"], ran.json["summary"]["versions_unread"]) == (1, 2)


def test_an_unread_history_without_findings_is_not_clean(repository: GitRepository, tmp_path: Path) -> None:
    """Unless gaps are allowed."""
    repository.commit({PATH: module(2)})
    repository.commit({PATH: module(3)})
    partial = clone(repository, tmp_path / "partial", "--filter=blob:none")
    partial.git("remote", "remove", "origin")
    assert (tell(partial).code, tell(partial, "--allow-gaps").code) == (2, 0)


def test_a_bare_repository_has_a_story_too(repository: GitRepository, tmp_path: Path) -> None:
    """From within it, and from outside."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: DAMAGED}, "Gut")
    bare = clone(repository, tmp_path / "bare.git", "--bare")
    assert files(bare) == [("Gut", PATH, "brought", "standing")]
    ran = integrity(tmp_path, "incident", str(bare.path), "--output-format", "json")
    assert ran.json["standing"] == [PATH]


@pytest.mark.parametrize("kind", ["no repository", "no commit"])
def test_where_there_is_no_history_one_line_says_so(tmp_path: Path, kind: str) -> None:
    """With the exit code 2."""
    folder = tmp_path / "place"
    if kind == "no commit":
        create(folder)
    else:
        folder.mkdir()
    ran = integrity(folder, "incident")
    assert (ran.code, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert "history" in ran.stderr


def test_exit_zero_hides_that_something_was_found(repository: GitRepository) -> None:
    """And nothing else."""
    repository.commit({PATH: DAMAGED})
    assert (tell(repository).code, tell(repository, "--exit-zero").code) == (1, 0)


def test_a_symbolic_link_is_no_damaged_file(repository: GitRepository) -> None:
    """What git stores for one does not parse."""
    repository.commit({PATH: HEALTHY})
    (repository.path / "tests/test_link.py").symlink_to("../some where/test_cart.py")
    repository.commit()
    assert files(repository) == []


def test_python_2_was_no_damage_while_it_lived(repository: GitRepository) -> None:
    """What only Python 2 reads is damage today, and was none when people ran it."""
    text = HEALTHY + '\n\ndef test_old():\n    print "old"\n'
    repository.commit({PATH: HEALTHY, OTHER: module(2)}, date="2012-03-01T12:00:00Z")
    repository.commit({PATH: text}, "Print", date="2012-03-02T12:00:00Z")
    repository.commit({OTHER: broken(module(2))}, "Break", date="2012-03-03T12:00:00Z")
    repository.commit({PATH: HEALTHY}, date="2022-03-01T12:00:00Z")
    repository.commit({PATH: text}, "Revert", date="2022-03-02T12:00:00Z")
    assert [one[0] for one in files(repository)] == ["Revert", "Break"]


def test_a_marker_of_signs_is_not_looked_for(repository: GitRepository) -> None:
    """It stands in files that have no part in the damage."""
    repository.commit({PATH: HEALTHY, "Makefile": "## all\n"})
    repository.commit({PATH: commented(HEALTHY, "#~ ")})
    ran = tell(repository)
    assert (len(ran.json["waves"]), ran.json["scripts"]) == (1, [])


def test_half_a_repair_is_no_new_damage_but_a_poor_one_is(repository: GitRepository) -> None:
    """What matters is whether more tests came back to life than are still lost in another way."""
    repository.commit({PATH: HEALTHY, OTHER: module(8)})
    repository.commit({PATH: BROKEN, OTHER: broken(module(8))}, "Break")
    repository.commit({PATH: module(5, "new") + commented(module(1))}, "Mostly repair")
    repository.commit({OTHER: module(1, "new") + commented(module(7))}, "Mostly hide")
    assert [(one[0], one[2]) for one in files(repository)] == [
        ("Mostly hide", "rewrote"),
        ("Break", "brought"),
        ("Break", "brought"),
    ]


def test_one_kind_of_damage_is_counted_once(repository: GitRepository) -> None:
    """Whether or not Python 2 would read some of the files; and one shared kind makes commits one wave."""
    repository.commit({PATH: HEALTHY, OTHER: module(2), "tests/test_more.py": module(3)})
    repository.commit({PATH: BROKEN, OTHER: module(2) + '\nprint "x"\n'}, "Break", date="2024-03-01T12:00:00Z")
    repository.commit({"tests/test_more.py": broken(module(3))}, "Break more", date="2024-03-01T12:05:00Z")
    (wave,) = waves(repository)
    assert [(one["code"], one["files"]) for one in wave["patterns"]] == [("COR004", 3)]
