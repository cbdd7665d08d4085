"""`integrity scan` from end to end: what it finds, however the content is read, and the exit codes."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.program import Ran, integrity, scan
from tests.support.repository import GitRepository, create

HEALTHY = "def test_total():\n    assert sum([1, 2]) == 3\n\n\ndef test_empty():\n    assert sum([]) == 0\n"
DAMAGED = "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" for line in HEALTHY.split("\n") if line)
FILES: dict[str, str | bytes] = {
    "app/__init__.py": "",
    "app/settings.py": "import os\n\nDEBUG = os.environ.get('DEBUG')\n",
    "tests/test_total.py": HEALTHY,
    "tests/test_damaged.py": DAMAGED,
    "tests/test_broken.py": "def test_a(:\n    pass\n",
    "notes.txt": "not Python\n",
}
FOUND = [
    ("app/settings.py", 3, "ENV001"),
    ("tests/test_broken.py", 1, "COR004"),
    ("tests/test_damaged.py", 1, "COR002"),
]


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one healthy and two damaged test files, and one environment access."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    return made


def _comparable(ran: Ran) -> object:
    """A report without what says how the content was read."""
    report = ran.json
    report["snapshot"].pop("kind")
    report["snapshot"].pop("revision")
    return report


def test_finds_the_damage_and_names_the_tests(repository: GitRepository) -> None:
    """One finding a damaged file, with the tests that are lost; the exit code says so."""
    ran = scan(repository.path)
    assert ran.codes == FOUND
    assert ran.code == 1
    damaged = ran.json["findings"][2]
    assert "2 tests lost: test_total, test_empty" in damaged["message"]
    assert damaged["restorable"] is True
    assert ran.json["score"]["tests"]["live"] == 2
    assert ran.json["score"]["tests"]["lost"] == 3
    assert ran.json["snapshot"] == {"kind": "worktree", "revision": None, "files": 5, "tests": 2}


def test_same_content_same_findings(repository: GitRepository) -> None:
    """Work tree, index, revision and a plain folder with the same content give the same report."""
    plain = repository.path.parent / "plain"
    for path, content in FILES.items():
        (plain / path).parent.mkdir(parents=True, exist_ok=True)
        (plain / path).write_text(str(content))
    reports = [
        scan(repository.path),
        scan(repository.path, "--staged"),
        scan(repository.path, "--rev", "HEAD"),
        scan(plain),
    ]
    assert [ran.code for ran in reports] == [1, 1, 1, 1]
    first, *others = (_comparable(ran) for ran in reports)
    assert others == [first] * 3


def test_bytes_do_not_depend_on_workers_cache_or_place(repository: GitRepository) -> None:
    """The report is byte-identical with 1 and 2 workers, cold and warm, from any folder, under any hash seed."""
    top, tests, above = repository.path, repository.path / "tests", repository.path.parent
    ways = [  # every two of folder, workers, cache and seed stand together in one of them
        (top, "1", "--no-cache", "0"), (top, "2", "--verbose", "1"), (tests, "1", "--verbose", "1"),
        (tests, "2", "--no-cache", "0"), (above, "1", "--verbose", "0"), (above, "2", "--no-cache", "1"),
        (top, "1", "--verbose", "1"), (tests, "2", "--verbose", "0"),
    ]  # fmt: skip
    runs = [
        integrity(
            folder, "scan", str(repository.path), "--output-format", "json", "--jobs", jobs, flag,
            environment={"PYTHONHASHSEED": seed},
        )
        for folder, jobs, flag, seed in ways
    ]  # fmt: skip
    assert {ran.stdout for ran in runs} == {runs[0].stdout}
    assert runs[0].codes == FOUND


def test_staged_checks_the_index_not_the_work_tree(repository: GitRepository) -> None:
    """What is staged counts, even when the work tree has been repaired or damaged since."""
    repository.write("tests/test_total.py", DAMAGED)
    repository.git("add", "tests/test_total.py")
    repository.write("tests/test_total.py", HEALTHY)
    assert ("tests/test_total.py", 1, "COR002") in scan(repository.path, "--staged").codes
    assert ("tests/test_total.py", 1, "COR002") not in scan(repository.path).codes


def test_revision_needs_no_checkout(repository: GitRepository) -> None:
    """Any commit can be checked, and nothing in the work tree, the index or HEAD moves."""
    damaged = repository.text("rev-parse", "HEAD")
    repository.commit({"tests/test_damaged.py": HEALTHY, "tests/test_broken.py": HEALTHY})
    before = repository.git("status", "--porcelain=v2", "--branch")
    ran = scan(repository.path, "--rev", "HEAD~1")
    assert ran.codes == FOUND
    assert ran.json["snapshot"]["revision"] == damaged
    assert repository.git("status", "--porcelain=v2", "--branch") == before


def test_a_version_says_itself_what_pytest_collects(repository: GitRepository) -> None:
    """The work tree may say something else today: to a revision and to the index that means nothing."""
    suite = "class TotalTests:\n    def test_total(self):\n        assert total() == 3\n"
    wide, narrow = "[pytest]\npython_classes = Test* *Tests\n", "[pytest]\npython_classes = Test*\n"
    repository.commit({"pytest.ini": wide, "tests/test_classes.py": suite})
    repository.write("pytest.ini", narrow)

    def codes(*flags: str) -> list[str]:
        return [code for _, _, code in scan(repository.path, "--select", "TST203", *flags).codes]

    assert (codes(), codes("--staged"), codes("--rev", "HEAD")) == (["TST203"], [], [])
    repository.git("add", "pytest.ini")
    repository.write("pytest.ini", wide)
    assert (codes(), codes("--staged"), codes("--rev", "HEAD")) == ([], ["TST203"], [])


def test_untracked_files_count_and_ignored_ones_do_not(repository: GitRepository) -> None:
    """A damaged file that was never added is found; what git ignores is not looked at."""
    repository.write(".gitignore", "ignored/\n")
    repository.write("tests/test_new.py", DAMAGED)
    repository.write("ignored/test_old.py", DAMAGED)
    paths = [path for path, _, _ in scan(repository.path).codes]
    assert "tests/test_new.py" in paths
    assert "ignored/test_old.py" not in paths


def test_paths_restrict_the_scan(repository: GitRepository) -> None:
    """Only what is named is checked; paths in the report stay relative to the repository."""
    assert scan(repository.path, "app").codes == [FOUND[0]]
    assert scan(repository.path / "tests").codes == FOUND[1:]
    assert scan(repository.path, "tests/test_damaged.py", "app").codes == [FOUND[0], FOUND[2]]


@pytest.mark.parametrize("way", [(), ("--staged",), ("--rev", "HEAD")])
def test_excludes_apply_to_every_way(repository: GitRepository, way: tuple[str, ...]) -> None:
    """Configured excludes hold for work tree, index and revision alike."""
    repository.commit({"integrity.toml": 'exclude = ["/tests/test_d*.py"]\n'})
    assert scan(repository.path, *way).codes == FOUND[:2]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (DAMAGED + "def test_x(:\n", "COR004"),
        ("def test_x():\n    cart = Cart( )\n        name='pear',\n        price=3,\n    assert cart\n", "COR004"),
        ("<<<<<<< HEAD\n" + HEALTHY + "=======\n>>>>>>> other\n", "COR008"),
    ],
)
def test_one_damaged_file_is_one_finding(repository: GitRepository, content: str, code: str) -> None:
    """A file with several marks of damage is reported once; the others are told beside the first."""
    repository.write("tests/test_damaged.py", content)
    ran = scan(repository.path, "tests/test_damaged.py")
    assert [found for _, _, found in ran.codes] == [code]
    assert "also COR0" in ran.json["findings"][0]["related"][0]["message"]


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ((), 1),
        (("--exit-zero",), 0),
        (("--select", "SUP"), 0),
        (("--ignore", "COR,ENV"), 0),
        (("--select", "ENV", "--fail-severity", "critical"), 0),
        (("--select", "ENV"), 1),
        (("--select", "SUP", "--fail-under", "100"), 1),
        (("--select", "COR", "--fail-severity", "low", "--exit-zero"), 0),
    ],
)
def test_exit_codes(repository: GitRepository, flags: tuple[str, ...], code: int) -> None:
    """1 for findings at or above the failing severity or a gate not met (or not scored), `--exit-zero` hides only 1."""
    assert scan(repository.path, *flags).code == code


def test_critical_fails_whatever_the_failing_severity(repository: GitRepository) -> None:
    """No setting lets a critical finding pass."""
    repository.commit({"integrity.toml": 'fail-severity = "critical"\n'})
    assert scan(repository.path, "--select", "COR002").code == 1


def test_fail_under_is_a_gate(repository: GitRepository) -> None:
    """A score below the threshold fails although no finding does."""
    flags = ("--select", "ENV", "--fail-severity", "critical", "--fail-under")
    assert scan(repository.path, *flags, "99").code == 1
    assert scan(repository.path, *flags, "10").code == 0


def test_suppression_and_its_misuse(repository: GitRepository) -> None:
    """A comment silences its finding; one that silences nothing is a finding."""
    line = "DEBUG = os.environ.get('DEBUG')  # integrity: ignore[ENV001] -- read before settings exist\n"
    repository.write("app/settings.py", f"import os\n\n{line}")
    repository.write("app/other.py", "x = 1  # integrity: ignore[ENV001] -- nothing here\n")
    ran = scan(repository.path, "app")
    assert ran.codes == [("app/other.py", 1, "SUP001")]
    assert ran.json["summary"]["suppressed"] == 1


def test_clean_project(tmp_path: Path) -> None:
    """A healthy project is clean, in one calm line."""
    made = create(tmp_path / "clean")
    made.commit({"tests/test_total.py": HEALTHY})
    ran = integrity(made.path, "scan")
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Clean: 1 file, 2 live tests")


def test_git_never_sees_the_cache(repository: GitRepository) -> None:
    """The cache ignores itself."""
    scan(repository.path)
    assert (repository.path / ".integrity_cache").is_dir()
    assert repository.git("status", "--porcelain") == b""


def test_a_tracked_cache_is_not_believed(repository: GitRepository) -> None:
    """A repository cannot bring a verdict of its own along."""
    scan(repository.path)
    before = (repository.path / ".integrity_cache" / "cache.sqlite").read_bytes()
    repository.git("add", "--force", ".integrity_cache")
    assert scan(repository.path).codes == FOUND
    assert (repository.path / ".integrity_cache" / "cache.sqlite").read_bytes() == before


def test_reports_to_several_places(repository: GitRepository) -> None:
    """`-o` may be repeated; the report on standard output stays."""
    ran = integrity(repository.path, "scan", "-o", "json:report.json", "-o", "concise:report.txt", "--statistics")
    assert ran.stdout.splitlines()[0].split()[:2] != []
    assert (repository.path / "report.json").read_text().startswith("{")
    assert "tests/test_damaged.py:1:1: COR002" in (repository.path / "report.txt").read_text()


def test_github_step_summary(repository: GitRepository, tmp_path: Path) -> None:
    """Annotations go to standard output, the whole table to the step summary."""
    summary = tmp_path / "summary.md"
    ran = integrity(
        repository.path, "scan", "--output-format", "github", environment={"GITHUB_STEP_SUMMARY": str(summary)}
    )
    assert "::error title=integrity (COR002),file=tests/test_damaged.py" in ran.stdout
    assert "COR002" in summary.read_text()


def test_inventory_of_variables(repository: GitRepository) -> None:
    """`--env-inventory` lists variables with their places."""
    ran = integrity(repository.path, "scan", "--env-inventory")
    assert "DEBUG" in ran.stdout
    assert "app/settings.py:3" in ran.stdout


def test_show_settings(repository: GitRepository) -> None:
    """`--show-settings` prints what is in force and scans nothing."""
    repository.write("integrity.toml", 'exclude = ["build/"]\n')
    ran = integrity(repository.path, "scan", "--show-settings")
    assert 'exclude = ["build/"]' in ran.stdout
    assert ran.code == 0


@pytest.mark.parametrize(
    ("variable", "colored"), [({"FORCE_COLOR": "1"}, True), ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False), ({}, False)]
)
def test_colour_is_the_users_choice(repository: GitRepository, variable: dict[str, str], colored: bool) -> None:
    """NO_COLOR beats FORCE_COLOR, and a pipe gets none by default."""
    assert ("\x1b[" in integrity(repository.path, "scan", environment=variable).stdout) is colored


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C reaches children, also where the tests themselves were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_an_interrupted_scan_is_not_lost(repository: GitRepository) -> None:
    """Ctrl-C ends the scan with 130; what was checked until then is in the cache, and the next scan is right."""
    body = "".join(f"def function_{number}(x):\n    return x + {number}\n" for number in range(60))
    repository.commit({f"app/module_{number}.py": f"VALUE = {number}\n{body}" for number in range(400)})
    cache = repository.path / ".integrity_cache" / "cache.sqlite"
    command = [sys.executable, "-m", "integrity", "scan", "--jobs", "1"]
    with subprocess.Popen(command, cwd=repository.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and not _stored(cache):
            pass
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, len(errors.decode().split("\n\n"))) == (130, 1)
    assert process.returncode == 130
    assert "interrupted" in errors.decode().strip().splitlines()[-1]
    assert 0 < _stored(cache) < 400
    assert scan(repository.path).codes == FOUND


def _stored(cache: Path) -> int:
    """The number of results in a cache, 0 while there is none."""
    try:
        with closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM file").fetchone()[0])
    except sqlite3.Error:
        return 0
