"""What the reports tell people to do next, and what they say of a run that fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import integrity
from tests.support.repository import GitRepository, create

TEST = "tests/test_cart.py"
HEALTHY = "from app import total\n\n\ndef test_one():\n    assert total([1]) == 1\n"
DAMAGED = "".join(f"# ZAPPED: {line}\n" for line in HEALTHY.splitlines())


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A test that was healthy in one commit and is commented out in the next."""
    made = create(tmp_path / "project")
    made.commit({"app.py": "def total(prices):\n    return sum(prices)\n", TEST: HEALTHY}, "Add")
    made.commit({TEST: DAMAGED}, "Damage")
    return made


def test_nobody_is_sent_to_a_history_that_is_not_there(tmp_path: Path) -> None:
    """Outside git, `restore` can only refuse."""
    (tmp_path / "test_cart.py").write_text(DAMAGED)

    assert "restore" not in integrity(tmp_path, "scan").stdout
    assert "restore" not in integrity(tmp_path, "scan", "--output-format", "markdown").stdout


def test_an_old_revision_is_not_what_restore_mends(repository: GitRepository) -> None:
    """It mends the work tree."""
    assert "integrity restore --dry-run" in integrity(repository.path, "scan").stdout
    assert "integrity restore" not in integrity(repository.path, "scan", "--rev", "HEAD").stdout


def test_what_was_left_alone_is_said_once(repository: GitRepository) -> None:
    """In the report for people, or else on standard error."""
    (repository.path / "outside.py").symlink_to("/nowhere/at/all.py")
    said = "1 symbolic link that leads out of the tree or nowhere left alone"

    people, lines = integrity(repository.path, "scan"), integrity(repository.path, "scan", "--output-format", "concise")
    assert (people.stdout.count(said), people.stderr) == (1, "")
    assert lines.stderr == f"integrity: note: {said}\n"


def test_a_score_that_fails_says_why(repository: GitRepository) -> None:
    """The percentage alone does not tell why the exit code is not 0."""
    (repository.path / "latin.py").write_bytes(b"# caf\xe9\n")
    ran, allowed = integrity(repository.path, "score"), integrity(repository.path, "score", "--allow-gaps")

    assert ran.code == 2
    assert ran.stdout.splitlines()[-2:] == [
        "FAILED  1 gap: the check is incomplete (see `integrity scan`)",
        "FAILED  1 finding of severity high or above (see `integrity scan`)",
    ]
    assert allowed.code == 1
    assert "gap" not in allowed.stdout


def test_a_new_file_is_not_to_be_brought_back(repository: GitRepository) -> None:
    """There is no version of it to go back to; there is one of an old file."""
    repository.write("tests/test_new.py", "def test_new():\n    assert True\n")
    new = integrity(repository.path, "diff").stdout
    old = integrity(repository.path, "diff", "HEAD~1", "HEAD").stdout

    assert "\nNext\n  integrity explain TST003" in new
    assert "git checkout" not in new
    assert f"git checkout {repository.text('rev-parse', '--short=10', 'HEAD~1')} -- :/{TEST}" in old


def test_the_way_back_can_be_typed_in_any_folder(repository: GitRepository) -> None:
    """And whatever the name of the file holds; one that no terminal can show is left out."""
    odd, hidden = "tests/test the 'cart'.py", "tests/test_\udce9.py"
    repository.commit({odd: HEALTHY, hidden: HEALTHY}, "Add")
    for damaged in (odd, hidden):
        repository.git("reset", "--quiet", "--hard")
        repository.write(damaged, DAMAGED)
        told = integrity(repository.path / "tests", "diff").stdout
        command = told.partition("  git checkout ")[2].partition("  ")[0]
        assert bool(command) is (damaged == odd)
        if command:
            subprocess.run(["bash", "-c", f"git checkout {command}"], cwd=repository.path / "tests", check=True)
            assert (repository.path / odd).read_text() == HEALTHY


def test_a_comparison_without_a_change_counts_no_tests(repository: GitRepository) -> None:
    """Nothing has become of none."""
    ran = integrity(repository.path, "diff")

    assert ran.stdout.splitlines() == [ran.stdout.strip()]
    assert ran.stdout.startswith("Nothing weakened in 0 changed files from ")


def test_a_plan_that_brings_nothing_back_says_only_that(tmp_path: Path) -> None:
    """No gain is counted, and no command is recommended that would do nothing."""
    made = create(tmp_path / "project")
    made.commit({TEST: DAMAGED}, "Damaged from the start")
    ran = integrity(made.path, "restore", "--dry-run")

    assert "\n0 of 1 file can be restored\n" in ran.stdout
    assert "Next" not in ran.stdout


def test_a_plan_names_the_command_that_applies_it(repository: GitRepository) -> None:
    """As it was given, except in a bare repository, where nothing can be written."""
    bare = repository.path.parent / "bare.git"
    repository.git("clone", "-q", "--bare", ".", str(bare))

    assert (
        "\nNext\n  the same without --dry-run  " in integrity(repository.path, "restore", "--dry-run", "tests").stdout
    )
    assert "Next" not in integrity(bare, "restore", "--dry-run").stdout


def test_gaps_do_not_bury_the_plan(repository: GitRepository) -> None:
    """Five are told, the others are counted."""
    for number in range(8):
        (repository.path / f"latin{number}.py").write_bytes(b"# caf\xe9\n")
    ran = integrity(repository.path, "restore", "--dry-run")

    assert ran.stdout.count("not planned for") == 5
    assert "Note: 3 more notes (json lists all)\n" in ran.stdout


def test_a_plan_says_what_it_leaves_out(tmp_path: Path) -> None:
    """Tests that never checked anything have no past to go back to, and what could not be read was not looked at."""
    made = create(tmp_path / "project")
    made.commit({"app.py": "x = 1\n", TEST: "def test_one():\n    assert True\n"}, "Hollow from the start")
    (made.path / "latin.py").write_bytes(b"# caf\xe9\n")
    ran = integrity(made.path, "restore", "--dry-run")

    assert ran.stdout.startswith(
        "Nothing to restore.\nNote: 1 file is left out: the tests there that check nothing never did"
    )
    assert "Note: not checked, so not planned for: latin.py" in ran.stdout
    assert integrity(made.path, "restore", "app.py").stdout == "Nothing to restore: no damaged file here.\n"


def test_the_incident_is_told_in_the_singular(tmp_path: Path) -> None:
    """One file names one test; it has not stood for any time; and nobody can promise its return."""
    made = create(tmp_path / "project")
    made.commit({TEST: DAMAGED}, "Damaged from the start")
    told = integrity(made.path, "incident").stdout

    assert "1 commit damaged 1 file that names 1 lost test\n" in told
    assert "stood" not in told
    assert "Next: `integrity restore --dry-run` shows if git history has a healthy version\n" in told


def test_without_a_command_the_help_is_shown_as_it_is_laid_out(tmp_path: Path) -> None:
    """Not as one line of four hundred characters."""
    for arguments in ((), ("baseline",)):
        ran = integrity(tmp_path, *arguments)
        assert ran.code == 2
        assert ran.stderr.startswith("Usage: integrity ")
        assert "\nCommands:\n" in ran.stderr
        assert max(map(len, ran.stderr.splitlines())) <= 80


def test_a_mistyped_command_gets_one_question(tmp_path: Path) -> None:
    """And no semicolon behind the question mark."""
    ran = integrity(tmp_path, "scna")
    assert ran.stderr == "integrity: no such command 'scna'; did you mean 'scan'? see `integrity --help`\n"


def test_what_cannot_be_included_is_refused(repository: GitRepository) -> None:
    """Rather than worked out and thrown away."""
    ran = integrity(repository.path, "scan", "--include", "incident")
    assert (ran.code, ran.stdout) == (2, "")
    assert "--include adds to the page of HTML; ask for one with --output-format html or -o html:FILE" in ran.stderr


def test_an_incident_of_a_path_that_never_was_is_an_error(repository: GitRepository) -> None:
    """A typing error must not read as a clean history."""
    ran = integrity(repository.path, "incident", "tests/test_crat.py")
    assert (ran.code, ran.stdout) == (2, "")
    assert "nothing in the history of HEAD is or was called tests/test_crat.py" in ran.stderr
    assert integrity(repository.path, "incident", "app.py").code == 0


def test_an_incident_since_nonsense_names_both_forms(repository: GitRepository) -> None:
    """A date, or a revision."""
    ran = integrity(repository.path, "incident", "--since", "2025-13-01")
    assert ran.code == 2
    assert "'2025-13-01' is neither a date, as in 2025-09-06, nor a revision" in ran.stderr


def test_a_history_of_no_commits_is_an_error(repository: GitRepository) -> None:
    """The wrong way round, and tags where there are none."""
    turned, untagged = (
        integrity(repository.path, "history", *arguments) for arguments in (("HEAD..HEAD~1",), ("--every", "tag"))
    )
    assert (turned.code, untagged.code) == (2, 2)
    assert "write the older one first, as in OLD..NEW" in turned.stderr
    assert "no tag leads to " in untagged.stderr


def test_what_a_baseline_tolerates_is_not_called_clean(repository: GitRepository) -> None:
    """An F is not clean."""
    assert integrity(repository.path, "baseline", "create").code == 0
    ran = integrity(repository.path, "scan", "--baseline", ".integrity-baseline.json")
    assert ran.code == 0
    assert ran.stdout.startswith("Nothing new: 2 files, ")


def test_codes_are_understood_in_small_letters(tmp_path: Path) -> None:
    """Nobody should have to type them twice."""
    assert integrity(tmp_path, "explain", "tst004").stdout.startswith("# TST004 ")


def test_what_was_deleted_is_not_called_damaged(repository: GitRepository) -> None:
    """In the plan, its totals and the message for the commit."""
    repository.commit({TEST: HEALTHY}, "Mend")
    repository.git("rm", "--quiet", TEST)
    repository.commit(message="Drop the tests")
    ran = integrity(repository.path, "restore", "--deleted", "HEAD~1", "--yes")
    assert ran.code == 0
    assert "deleted, by " in ran.stdout
    assert "1 file deleted by " in ran.stdout
    assert "\nRestore 1 deleted file from history, 1 test regained\n" in ran.stdout
    assert "damaged by" not in ran.stdout


@pytest.mark.parametrize(
    ("streams", "complaint"), [(">/dev/full", "cannot write: no space left on device"), (">&-", "")]
)
def test_an_output_that_cannot_be_written_is_no_fault_of_the_program(
    repository: GitRepository, streams: str, complaint: str
) -> None:
    """A full disk is told as such; where nobody listens, the exit code still tells what was found."""
    for command in ("scan", "history"):
        ran = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m integrity {command} {streams}"],
            cwd=repository.path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.stderr == (f"integrity: {complaint}\n" if complaint else "")
        assert ran.returncode == (2 if complaint else {"scan": 1, "history": 0}[command])


@pytest.mark.parametrize("arguments", [("history", "--every", "1"), ("explain", "COR010"), ("incident",)])
def test_an_encoding_that_lacks_characters_is_no_error(repository: GitRepository, arguments: tuple[str, ...]) -> None:
    """As on Windows: what it cannot write is escaped."""
    repository.commit({"app.py": "x = 1\n"}, "→ next")
    ran = integrity(repository.path, *arguments, environment={"PYTHONIOENCODING": "cp1252"})
    assert ran.stderr == ""
    assert ran.code in {0, 1}
    assert len(ran.stdout) > 100
