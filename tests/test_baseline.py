"""The baseline: what it tolerates, that it only shrinks, and that branches which shrink it merge."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.baseline import document, matching
from integrity.baseline.document import BaselineError
from integrity.baseline.entries import Key, tally
from tests.support import verdicts
from tests.support.program import Ran, integrity, scan
from tests.support.repository import GitRepository, create

NAME = ".integrity-baseline.json"
READS = "import os\n\nHOME = os.environ['HOME']\n"
HEALTHY = "def test_total():\n    assert sum([1, 2]) == 3\n"
DAMAGED = "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" for line in HEALTHY.split("\n") if line)
FILES: dict[str, str | bytes] = {
    "integrity.toml": f'baseline = "{NAME}"\n',
    "app/a.py": READS,
    "app/b.py": READS,
    "tests/test_damaged.py": DAMAGED,
}
KEYS = st.builds(
    Key,
    st.text(st.characters(), min_size=1, max_size=20),
    st.sampled_from(["COR001", "ENV001"]),
    st.text(max_size=8),
    st.from_regex("[0-9a-f]{16}", fullmatch=True),
)
KNOWN = st.dictionaries(KEYS, st.integers(1, 9), max_size=12)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with three findings, all of them in its baseline."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    (made.path / "integrity.toml").write_text("")
    assert integrity(made.path, "baseline", "create").code == 0
    made.commit({"integrity.toml": FILES["integrity.toml"]})
    return made


def _codes(ran: Ran) -> list[tuple[str, str]]:
    return [(path, code) for path, _, code in ran.codes]


def _listed(repository: GitRepository) -> list[str]:
    """The paths of the entries of the baseline."""
    entries = document.parse((repository.path / NAME).read_bytes(), NAME)
    return sorted(entry.key.path for entry in entries)


def test_what_is_listed_is_tolerated_and_counted(repository: GitRepository) -> None:
    """Nothing fails, critical findings included; the report says how many there are, and the score stays honest."""
    ran = scan(repository.path)
    assert (ran.code, ran.codes) == (0, [])
    assert ran.json["summary"]["baselined"] == 3
    assert ran.json["score"]["overall"] < 100
    assert "3 findings (1 critical) known before" in integrity(repository.path, "scan").stdout


def test_a_new_finding_fails(repository: GitRepository) -> None:
    """Only what is new is reported."""
    repository.write("app/c.py", READS)
    ran = scan(repository.path)
    assert (ran.code, _codes(ran)) == (1, [("app/c.py", "ENV001")])


def test_an_entry_never_hides_a_second_finding(repository: GitRepository) -> None:
    """The same line once more is one finding too many."""
    repository.write("app/a.py", READS + "HOME = os.environ['HOME']\n")
    ran = scan(repository.path)
    assert (ran.code, ran.codes) == (1, [("app/a.py", 4, "ENV001")])


def test_moving_lines_changes_nothing(repository: GitRepository) -> None:
    """Neither line numbers nor the text around have a part in it."""
    before = (repository.path / NAME).read_bytes()
    repository.write("app/a.py", "\n\n\nimport os\n\n\nVALUE = 1\nHOME = os.environ['HOME']\n")
    assert scan(repository.path).code == 0
    assert (repository.path / NAME).read_bytes() == before
    assert integrity(repository.path, "baseline", "create", "--force").code == 0
    assert (repository.path / NAME).read_bytes() == before


def test_it_shrinks_by_itself(repository: GitRepository) -> None:
    """A mended finding is taken off, so that it cannot come back unseen."""
    repository.write("app/a.py", "HOME = '/root'\n")
    ran = scan(repository.path)
    assert (ran.code, ran.codes) == (0, [])
    assert "1 of what it lists is mended" in ran.stderr
    assert _listed(repository) == ["app/b.py", "tests/test_damaged.py"]
    repository.write("app/a.py", READS)
    assert _codes(scan(repository.path)) == [("app/a.py", "ENV001")]


@pytest.mark.parametrize(("arguments", "environment"), [(["--error-stale"], {}), ([], {"CI": "true"})])
def test_stale_entries_fail_in_ci(repository: GitRepository, arguments: list[str], environment: dict[str, str]) -> None:
    """There nothing is written: the entry is a finding at its line."""
    repository.write("app/a.py", "HOME = '/root'\n")
    before = (repository.path / NAME).read_bytes()
    ran = integrity(repository.path, "scan", "--output-format", "json", *arguments, environment=environment)
    lines = before.decode().split("\n")
    ((path, line, code),) = ran.codes
    assert (ran.code, path, code) == (1, NAME, "SUP005")
    assert '"app/a.py"' in lines[line - 1]
    assert (repository.path / NAME).read_bytes() == before
    assert "integrity baseline prune" in ran.stderr


def test_check_says_what_is_stale_and_prune_removes_it(repository: GitRepository) -> None:
    """`check` fails and changes nothing; after `prune` it passes."""
    assert integrity(repository.path, "baseline", "check").code == 0
    repository.write("app/a.py", "HOME = '/root'\n")
    before = (repository.path / NAME).read_bytes()
    checked = integrity(repository.path, "baseline", "check")
    assert checked.code == 1
    assert "1 finding of ENV001 in app/a.py gone" in checked.stdout
    assert (repository.path / NAME).read_bytes() == before
    assert integrity(repository.path, "baseline", "prune").code == 0
    assert integrity(repository.path, "baseline", "check").code == 0


def test_prune_never_adds(repository: GitRepository) -> None:
    """A new finding does not get on the list by pruning."""
    repository.write("app/c.py", READS)
    assert integrity(repository.path, "baseline", "prune").code == 0
    assert "app/c.py" not in _listed(repository)


def test_create_does_not_grow_what_exists(repository: GitRepository) -> None:
    """Only --force replaces a baseline."""
    repository.write("app/c.py", READS)
    ran = integrity(repository.path, "baseline", "create")
    assert ran.code == 2
    assert "exists" in ran.stderr
    assert "app/c.py" not in _listed(repository)


def test_a_partial_scan_calls_nothing_stale(repository: GitRepository) -> None:
    """What was not looked at may still be there, and so may what another rule finds."""
    before = (repository.path / NAME).read_bytes()
    assert scan(repository.path, "app/b.py").code == 0
    assert scan(repository.path, "--select", "COR").code == 0
    assert (repository.path / NAME).read_bytes() == before


def test_a_file_that_does_not_parse_keeps_its_entries(repository: GitRepository) -> None:
    """Its former findings are hidden, not mended: a typing error must not cost the list its entries."""
    before = (repository.path / NAME).read_bytes()
    repository.write("app/a.py", "import os\n\nHOME = os.environ['HOME'\n")
    assert _codes(scan(repository.path)) == [("app/a.py", "COR004")]
    assert (repository.path / NAME).read_bytes() == before


def test_the_index_is_compared_without_writing(repository: GitRepository) -> None:
    """A hook never edits files behind the back of the commit that runs it."""
    repository.write("app/a.py", "HOME = '/root'\n")
    repository.git("add", "--all")
    before = (repository.path / NAME).read_bytes()
    ran = scan(repository.path, "--staged")
    assert (ran.code, _codes(ran)) == (0, [(NAME, "SUP005")])
    assert (repository.path / NAME).read_bytes() == before


def _mend(repository: GitRepository, branch: str, path: str) -> None:
    repository.git("checkout", "--quiet", "-b", branch, "main")
    repository.write(path, "HOME = '/root'\n")
    assert integrity(repository.path, "baseline", "prune").code == 0
    repository.commit(message=branch)


def test_two_branches_that_mend_different_files_merge(tmp_path: Path) -> None:
    """With ten files, the lists of any two branches merge without a conflict, by git itself."""
    made = create(tmp_path / "project")
    paths = [f"app/{letter}.py" for letter in "abcdefghij"]
    made.commit({"integrity.toml": f'baseline = "{NAME}"\n', **dict.fromkeys(paths, READS), "app/z.py": ""})
    integrity(made.path, "baseline", "create", "--baseline", NAME)
    made.commit()
    full = document.parse((made.path / NAME).read_bytes(), NAME)
    assert len(full) == 10
    for number, path in enumerate(paths):
        made.git("checkout", "--quiet", "-B", f"one{number}", "main")
        rest = Counter({entry.key: 1 for entry in full if entry.key.path != path})
        made.commit({NAME: document.render(rest)})
    for number in range(9):
        made.git("checkout", "--quiet", "--detach", f"one{number}")
        made.git("merge", "--quiet", "--no-edit", f"one{number + 1}")
        merged = document.parse((made.path / NAME).read_bytes(), NAME)
        assert {entry.key.path for entry in full} - {entry.key.path for entry in merged} == set(paths[number:][:2])


def test_two_branches_mend_and_prune(repository: GitRepository) -> None:
    """The whole way round, with the command line."""
    _mend(repository, "first", "app/a.py")
    _mend(repository, "second", "app/b.py")
    repository.git("merge", "--quiet", "--no-edit", "first")
    assert _listed(repository) == ["tests/test_damaged.py"]
    assert integrity(repository.path, "baseline", "check").code == 0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "not valid JSON"),
        ("{", "line 1: not valid JSON"),
        ("[]", "not a baseline"),
        ('{"results": {}}', "not a baseline"),
        ('{"integrity-baseline": 2, "findings": []}', "version 2"),
        ('{"integrity-baseline": 1}', "other keys"),
        ('{"integrity-baseline": 1, "findings": [7]}', "no entry"),
        ('{"integrity-baseline": 1, "findings": [{"path": "a.py"}]}', "no entry"),
        ('{"integrity-baseline": 1, "findings": [\n<<<<<<< ours\n', "line 2: a merge conflict"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_damaged_baseline_is_an_error(repository: GitRepository, content: str, complaint: str) -> None:
    """Exit code 2 and one line; nothing is tolerated by mistake, nothing overwritten."""
    repository.write(NAME, content)
    for arguments in (["scan"], ["baseline", "check"], ["baseline", "prune"]):
        ran = integrity(repository.path, *arguments)
        assert (ran.code, ran.stdout) == (2, "")
        assert complaint in ran.stderr
        assert len(ran.stderr.strip().split("\n")) == 1
    assert (repository.path / NAME).read_text() == content


def test_a_missing_baseline_is_an_error(repository: GitRepository) -> None:
    """The configuration names it, so its absence is no empty list."""
    (repository.path / NAME).unlink()
    ran = integrity(repository.path, "scan")
    assert ran.code == 2
    assert "`integrity baseline create` writes one" in ran.stderr


@given(KNOWN)
def test_what_is_written_is_read_back(known: dict[Key, int]) -> None:
    """Every entry at the line that holds it; the bytes depend on the contents alone."""
    text = document.render(known)
    entries = document.parse(text.encode(), NAME)
    assert {entry.key: entry.count for entry in entries} == known
    assert document.render(dict(sorted(known.items(), reverse=True))) == text
    for entry in entries:
        assert json.loads(text.split("\n")[entry.line - 1].rstrip(","))["path"] == entry.key.path


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_an_error(content: bytes) -> None:
    """Whatever the file holds, it is a baseline or a message."""
    try:
        complaint = ""
        document.parse(content, NAME)
    except BaselineError as error:
        complaint = str(error)
    assert complaint.startswith(NAME) or json.loads(content)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_as_many_are_tolerated_as_are_listed(found: list[str], listed: list[str]) -> None:
    """Of each kind the listed number and no more; the rest stands, and the missing ones are known."""
    verdict = verdicts.verdict(verdicts.finding(anchor=text, line=number) for number, text in enumerate(found, 1))
    known = tally(verdicts.finding(anchor=text) for text in listed)
    matched = matching.tolerate(verdict, known)
    kept, wanted = Counter(one.anchor for one in matched.verdict.findings), Counter(found) - Counter(listed)
    assert kept == wanted
    assert sum(matched.verdict.baselined.values()) == len(found) - len(matched.verdict.findings)
    assert matched.missing.total() == (Counter(listed) - Counter(found)).total()


def test_an_entry_follows_a_file_that_was_renamed(repository: GitRepository) -> None:
    """Tolerated under its new path, no stale entry, and `prune` writes the new path down; one finding more is new."""
    (repository.path / "app/a.py").rename(repository.path / "app/moved.py")
    repository.git("add", "--all")
    ran = scan(repository.path, "--error-stale")
    assert (ran.code, ran.codes, ran.json["summary"]["baselined"]) == (0, [], 3)
    assert integrity(repository.path, "baseline", "check").code == 0
    assert integrity(repository.path, "baseline", "prune").code == 0
    assert _listed(repository) == ["app/b.py", "app/moved.py", "tests/test_damaged.py"]
    repository.write("app/again.py", READS)
    assert _codes(scan(repository.path)) == [("app/again.py", "ENV001")]
