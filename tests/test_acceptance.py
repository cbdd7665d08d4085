"""Accepted changes, and changes that loosen the check itself."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.acceptance.entries import Accepted, hold, trailers
from integrity.baseline import document
from integrity.baseline.entries import Key
from integrity.registry.loader import load
from tests.support import verdicts
from tests.support.program import Ran, integrity
from tests.support.repository import GitRepository, create

REGISTRY = load()
CODES = REGISTRY.codes
TESTS = """\
from app.total import total


def test_some():
    assert total([1, 2]) == 3


def test_empty():
    assert total([]) == 0
    assert total(()) == 0
"""
WITHOUT = TESTS[: TESTS.index("\n\ndef test_empty")]
PATH = "tests/test_total.py"
TRAILER = "Integrity-Accept: DIF002 tests/test_total.py::test_empty -- nothing is empty any more"
HOOK = "repos:\n  - repo: local\n    hooks:\n      - id: integrity\n        entry: integrity scan --staged\n"
FILES: dict[str, str | bytes] = {
    PATH: TESTS,
    "app/__init__.py": "",
    "app/total.py": "def total(items):\n    return sum(items)\n",
    ".pre-commit-config.yaml": HOOK,
    ".github/workflows/test.yml": "jobs:\n  test:\n    steps:\n      - run: integrity scan .\n",
    "integrity.toml": 'fail-severity = "high"\nbaseline = ".integrity-baseline.json"\n\n[score]\nfail-under = 90\n',
    ".integrity-baseline.json": document.render({}),
}
IN_A_MONTH = datetime.datetime.now(tz=datetime.timezone.utc).date() + datetime.timedelta(days=30)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with tests, a hook, a step in CI, and a configuration; work goes on on a branch."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    made.branch("work")
    return made


def _diff(repository: GitRepository, *arguments: str) -> Ran:
    return integrity(repository.path, "diff", "--output-format", "json", *(arguments or ("main", "HEAD")))


def _codes(ran: Ran) -> list[tuple[str, str]]:
    return [(one["path"], one["code"]) for one in ran.json["findings"]]


def _entry(expires: object, code: str = "DIF002", path: str = f"{PATH}::test_empty") -> str:
    return f'[[accept]]\ncode = "{code}"\npath = "{path}"\nreason = "nothing is empty"\nexpires = {expires}\n'


def test_a_trailer_accepts_what_it_names(repository: GitRepository) -> None:
    """The reason is said; without the trailer the change fails."""
    repository.commit({PATH: WITHOUT}, "Remove a test")
    assert (_diff(repository).code, _codes(_diff(repository))) == (1, [(PATH, "DIF002")])
    repository.git("commit", "--quiet", "--amend", "--message", f"Remove a test\n\n{TRAILER}\n")
    ran = _diff(repository)
    assert (ran.code, _codes(ran), ran.json["summary"]["baselined"]) == (0, [], 1)
    assert "accepted: tests/test_total.py:8 DIF002: nothing is empty any more" in ran.stderr


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Integrity-Accept: DIF002", "write `Integrity-Accept: CODE path::test -- reason`"),
        (f"Integrity-Accept: DIF002 {PATH}", "write `"),
        (f"Integrity-Accept: DIF002 {PATH} --", "write `"),
        (f"Integrity-Accept: DIF999 {PATH} -- because", "no rule 'DIF999'"),
        ("Integrity-Accept: DIF002 ** -- because", "it would accept everything"),
        (f"Integrity-Accept: DIF001 {PATH} -- because", "accepts nothing"),
    ],
)
def test_other_lines_accept_nothing(repository: GitRepository, line: str, complaint: str) -> None:
    """They are named, with the form that counts."""
    repository.commit({PATH: WITHOUT}, f"Remove a test\n\n{line}\n")
    ran = _diff(repository)
    assert (ran.code, _codes(ran)) == (1, [(PATH, "DIF002")])
    assert complaint in ran.stderr


def test_the_message_that_is_being_written_counts(repository: GitRepository, tmp_path: Path) -> None:
    """As a commit-msg hook sees it: comments do not count, nor what stands below the scissors."""
    repository.write(PATH, WITHOUT)
    repository.git("add", "--all")
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text(
        f"Remove a test\n\n# {TRAILER}\n# ------------------------ >8 ------------------------\n{TRAILER}\n"
    )
    assert _diff(repository, "--staged", "--message", str(message)).code == 1
    message.write_text(f"Remove a test\n\n{TRAILER}\n")
    assert _diff(repository, "--staged", "--message", str(message)).code == 0
    assert _diff(repository, "--staged", "--message", str(tmp_path / "gone")).code == 2


def test_the_acceptance_file_is_read_from_the_base_side(repository: GitRepository) -> None:
    """An entry of the same change accepts nothing, one that was there before does."""
    repository.commit({PATH: WITHOUT, ".integrity-accept.toml": _entry(IN_A_MONTH)})
    ran = _diff(repository)
    assert ran.code == 1
    assert set(_codes(ran)) == {(".integrity-accept.toml", "DIF019"), (PATH, "DIF002")}
    repository.git("checkout", "--quiet", "main")
    repository.commit({".integrity-accept.toml": _entry(IN_A_MONTH)})
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({PATH: WITHOUT})
    assert (_diff(repository).code, _codes(_diff(repository))) == (0, [])


def test_an_expired_acceptance_is_a_finding(repository: GitRepository) -> None:
    """And accepts nothing."""
    repository.git("checkout", "--quiet", "main")
    repository.commit({".integrity-accept.toml": _entry("2024-01-31")})
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({PATH: WITHOUT})
    assert set(_codes(_diff(repository))) == {(".integrity-accept.toml", "SUP006"), (PATH, "DIF002")}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[accept]\n", "not valid TOML"),
        ("[accept]\n", "must be a list of tables"),
        ("accepted = 1\n", "accepted: unknown key"),
        (_entry(IN_A_MONTH).replace("reason", "reson"), "did you mean 'reason'"),
        (_entry(IN_A_MONTH, code="DIF099"), "unknown rule 'DIF099'"),
        (_entry(IN_A_MONTH, path="**"), "it would accept everything"),
        (_entry('"soon"'), "expires: is missing or no date"),
        (_entry("2999-01-01"), "more than 180 days ahead"),
    ],
)
def test_a_wrong_acceptance_file_is_an_error(repository: GitRepository, text: str, complaint: str) -> None:
    """Exit code 2, and what is wrong."""
    repository.git("checkout", "--quiet", "main")
    repository.commit({".integrity-accept.toml": text})
    ran = _diff(repository, "HEAD")
    assert (ran.code, ran.stdout) == (2, "")
    assert complaint in ran.stderr


CHANGES: dict[str, dict[str, str | bytes]] = {
    "the hook is gone": {".pre-commit-config.yaml": "repos: []\n"},
    "the step is gone": {".github/workflows/test.yml": "jobs:\n  test:\n    steps:\n      - run: pytest\n"},
    "the step is a comment": {
        ".github/workflows/test.yml": "jobs:\n  test:\n    steps:\n    # - run: integrity scan .\n"
    },
    "the step cannot fail": {
        ".github/workflows/test.yml": "jobs:\n  test:\n    steps:\n      - run: integrity scan . || true\n"
    },
    "the hook runs only by hand": {".pre-commit-config.yaml": HOOK + "        stages:\n          - manual\n"},
    "the hook leaves files out": {".pre-commit-config.yaml": HOOK + "        exclude: ^tests/\n"},
    "the step may fail": {
        ".github/workflows/test.yml": (
            "jobs:\n  test:\n    steps:\n      - name: check\n        continue-on-error: true\n"
            "        run: |\n          pip install .\n          integrity scan .\n"
        )
    },
    "the job runs only on some days": {
        ".github/workflows/test.yml": (
            "jobs:\n  test:\n    if: github.event_name == 'schedule'\n    steps:\n      - run: integrity scan .\n"
        )
    },
    "tests are excluded": {"integrity.toml": 'exclude = ["/tests/"]\n' + str(FILES["integrity.toml"])},
    "rules are ignored": {"integrity.toml": 'ignore = ["DIF"]\n' + str(FILES["integrity.toml"])},
    "a rule is lowered": {"integrity.toml": str(FILES["integrity.toml"]) + '\n[severity]\nDIF002 = "low"\n'},
    "a file is ignored": {
        "integrity.toml": str(FILES["integrity.toml"]) + '\n[per-file-ignores]\n"tests/**" = ["TST"]\n'
    },
    "less fails": {"integrity.toml": str(FILES["integrity.toml"]).replace('"high"', '"critical"')},
    "the score may fall": {"integrity.toml": str(FILES["integrity.toml"]).replace("90", "10")},
    "all of it is gone": {"integrity.toml": ""},
    "the baseline grows": {
        ".integrity-baseline.json": document.render({Key(PATH, "TST001", "test_some", "0123456789abcdef"): 1})
    },
}


@pytest.mark.parametrize("files", CHANGES.values(), ids=CHANGES)
def test_what_loosens_the_check_is_a_finding(repository: GitRepository, files: dict[str, str | bytes]) -> None:
    """And it does not hold for the change that brings it: the removed test is found all the same."""
    (name,) = files
    repository.commit({PATH: WITHOUT, **files})
    ran = _diff(repository)
    assert ran.code == 1
    assert set(_codes(ran)) == {(name, "DIF019"), (PATH, "DIF002")}


def test_a_comment_of_the_same_change_silences_nothing(repository: GitRepository) -> None:
    """It is told, as what it is."""
    silenced = TESTS.replace("    assert total([]) == 0\n    assert total(()) == 0\n", "    pass\n").replace(
        "def test_empty():", "def test_empty():  # integrity: ignore[TST001, DIF001, DIF003, DIF005] -- later"
    )
    repository.commit({PATH: silenced})
    found = _diff(repository).json["findings"]
    assert {"medium"} == {one["severity"] for one in found if one["code"] == "DIF019"}
    assert any(one["severity"] in {"high", "critical"} for one in found)


@pytest.mark.parametrize(
    "files",
    [
        {"integrity.toml": str(FILES["integrity.toml"]).replace('"high"', '"medium"').replace("90", "95")},
        {".pre-commit-config.yaml": HOOK + "      - id: ruff\n"},
        {"integrity.toml": "# ours\n" + str(FILES["integrity.toml"])},
        {"notes.md": "integrity scan is gone\n"},
    ],
)
def test_what_does_not_loosen_is_none(repository: GitRepository, files: dict[str, str | bytes]) -> None:
    """Stricter settings, other hooks, comments."""
    repository.commit(files)
    assert (_diff(repository).code, _codes(_diff(repository))) == (0, [])


def test_a_repository_that_begins_to_use_it(tmp_path: Path) -> None:
    """Configuration, hook and baseline come together: nothing was checked before, so nothing is loosened."""
    made = create(tmp_path / "project")
    made.commit({PATH: TESTS})
    made.branch("work")
    made.commit({name: text for name, text in FILES.items() if name != PATH})
    assert _codes(_diff(made)) == []


def test_an_accepted_loosening(repository: GitRepository) -> None:
    """A setting that has to change is accepted like everything else."""
    files: dict[str, str | bytes] = {"integrity.toml": 'exclude = ["/vendor/"]\n' + str(FILES["integrity.toml"])}
    repository.commit(files, "Leave vendored code out\n\nIntegrity-Accept: DIF019 integrity.toml -- code of others\n")
    assert (_diff(repository).code, _codes(_diff(repository))) == (0, [])


@given(st.text(max_size=200))
def test_no_message_is_more_than_a_complaint(text: str) -> None:
    """Whatever a message says."""
    found, faults = trailers(f"x\n\nIntegrity-Accept: {text}", "here", CODES)
    assert all(one.reason and one.code in CODES.values() for one in found)
    assert found or faults


@given(st.sampled_from(["", "test_a", "TestB.test_c"]), st.sampled_from(["", "::test_a", "::TestB", "::TestB::test_c"]))
def test_an_acceptance_covers_a_test_and_what_is_in_it(symbol: str, target: str) -> None:
    """A file stands for all in it, a class for its tests, a test for itself."""
    finding = verdicts.finding(code="DIF002", path="tests/test_a.py", symbol=symbol)
    outcome = hold([finding], [Accepted("DIF002", f"tests/test_a.py{target}", "why", "here")])
    wanted = target.removeprefix("::").replace("::", ".")
    assert bool(outcome.accepted) == (not wanted or (symbol + ".").startswith(wanted + "."))
    assert bool(outcome.unused) != bool(outcome.accepted)
    assert len(outcome.standing) + len(outcome.accepted) == 1
