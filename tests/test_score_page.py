"""The README's page about the score: its worked example is run, and every fault of the incident's score is a test."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.config.options import GROUPS as CONFIGURED_GROUPS
from integrity.registry.loader import load
from integrity.score import GROUPS, group_of
from tests.support.program import integrity, scan
from tests.support.readme import README
from tests.support.repository import create

_CORRUPT = "# REMOVED_SYNTAX_ERROR: def test_cart():\n# REMOVED_SYNTAX_ERROR:     assert cart() == 1\n"
_BROKEN = "def test_cart(:\n    assert cart()\n"
_HEALTHY = "from app.orders import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
_WITHOUT_PART = {"SUP", "GAP"}


def _page() -> str:
    text = README.read_text(encoding="utf-8")
    return text[text.index("### A worked example") : text.index("### What holds whatever")]


def _project(folder: Path, files: dict[str, str]) -> Path:
    made = create(folder)
    for path, text in {"app/orders.py": "def total(prices):\n    return sum(prices)\n", **files}.items():
        made.write(path, text)
    return folder


def _score(folder: Path, *flags: str) -> dict[str, object]:
    score: dict[str, object] = integrity(folder, "score", "--output-format", "json", *flags).json["score"]
    return score


def _shares(folder: Path, kind: str = "groups") -> dict[str, tuple[int, int]]:
    shares = scan(folder).json["score"][kind]
    return {name: (share["compliant"], share["files"]) for name, share in shares.items()}


def test_the_worked_example_is_what_the_program_prints(tmp_path: Path) -> None:
    """Its files, its command, its output, to the last digit."""
    (tmp_path / "app").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "app/__init__.py").touch()
    for path, text in re.findall(r"```python\n# (\S+)\n(.*?)```", _page(), re.DOTALL):
        (tmp_path / path).write_text(f"# {path}\n{text}", encoding="utf-8")
    command, _, shown = _page().split("```console\n")[1].split("```")[0].partition("$ integrity ")[2].partition("\n")
    ran = integrity(tmp_path, *command.split())
    assert ran.stdout == shown
    assert ran.code == 1


def test_every_finding_counts_not_the_first_fifteen(tmp_path: Path) -> None:
    """The incident's score cut the violations to 15 first."""
    files = {f"tests/test_{number}.py": _CORRUPT.replace("cart", f"cart_{number}") for number in range(40)}
    assert _shares(_project(tmp_path, files))["corruption"] == (1, 41)


def test_both_numbers_are_of_the_same_files(tmp_path: Path) -> None:
    """Folders such as `backups/` are in both numbers or, when excluded, in neither."""
    _project(tmp_path, {"backups/tests/test_cart.py": _CORRUPT, "tests/test_total.py": _HEALTHY})
    assert _shares(tmp_path)["corruption"] == (2, 3)
    (tmp_path / "integrity.toml").write_text('exclude = ["/backups/"]\n')
    assert _shares(tmp_path)["corruption"] == (2, 2)


@pytest.mark.parametrize("folder", ["env_tools", "library", "rebuild", "backend/environment", "lib", "build", "env"])
def test_no_folder_is_skipped_for_its_name(tmp_path: Path, folder: str) -> None:
    """Skips of substrings (`env`, `lib`, `build`) dropped production files, and the product was never in scope."""
    _project(tmp_path, {f"{folder}/service.py": _BROKEN})
    assert _shares(tmp_path, "scopes")["production"] == (1, 2)


@pytest.mark.parametrize("text", [_BROKEN, _CORRUPT, "x = '\x00'\n"])
def test_what_does_not_parse_or_is_all_comments_is_not_clean(tmp_path: Path, text: str) -> None:
    """Files that did not parse were skipped and thus clean; a wholly commented file was clean, and smaller."""
    _project(tmp_path, {"tests/test_cart.py": _HEALTHY})
    healthy = scan(tmp_path).json["score"]["overall"]
    (tmp_path / "tests/test_cart.py").write_text(text)
    assert _shares(tmp_path)["corruption"] == (1, 2)
    assert scan(tmp_path).json["score"]["overall"] < healthy


def test_every_family_has_its_place_in_the_score() -> None:
    """Sections looked for violations of types that were no longer emitted, and printed PASS."""
    families = {loaded.rule.code[:3] for loaded in load().rules}
    assert {family for family in families if not group_of(family)} <= _WITHOUT_PART
    assert tuple(GROUPS) == CONFIGURED_GROUPS


def test_a_group_without_rules_is_named_and_not_called_perfect(tmp_path: Path) -> None:
    """It takes no part, and the arithmetic says so."""
    _project(tmp_path, {})
    text = integrity(tmp_path, "score", "--explain", "--select", "COR").stdout
    assert "severity high or above runs): tests, imports, environment, structure\n" in text
    assert set(_shares(tmp_path)) >= {"corruption", "tests", "imports", "environment"}


def test_a_group_whose_rules_never_cost_a_file_takes_no_part(tmp_path: Path) -> None:
    """With its only rule lowered to medium a group would always have 100 %."""
    _project(tmp_path, {"tests/test_total.py": _HEALTHY})
    (tmp_path / "integrity.toml").write_text('severity = { ENV001 = "medium" }\n')
    assert "environment" not in _shares(tmp_path)


def test_no_file_is_an_error(tmp_path: Path) -> None:
    """Zero files scored 100 %."""
    made = create(tmp_path)
    made.write("app/__init__.py", "")
    ran = integrity(tmp_path, "score")
    assert (ran.code, ran.stdout) == (2, "")
    assert "nothing to score" in ran.stderr


def test_the_number_of_tests_has_no_part_in_it(tmp_path: Path) -> None:
    """Counts grew with the number of tests: a file with more of them cost, and earned, more."""
    one = _score(_project(tmp_path / "one", {"tests/test_total.py": _HEALTHY, "tests/test_cart.py": _CORRUPT}))
    more = _HEALTHY + "".join(f"\n\ndef test_{n}():\n    assert total([{n}]) == {n}\n" for n in range(50))
    assert _score(_project(tmp_path / "more", {"tests/test_total.py": more, "tests/test_cart.py": _CORRUPT * 9}))[
        "overall"
    ] == pytest.approx(one["overall"], abs=0)


def test_switches_do_not_move_it(tmp_path: Path) -> None:
    """Seven different percentages were reported on one tree, depending on switches."""
    _project(tmp_path, {"tests/test_cart.py": _CORRUPT, "tests/test_total.py": _HEALTHY})
    switches = [("--jobs", "1"), ("--no-cache", "--quiet"), ("--fail-severity", "critical", "--exit-zero")]
    scores = [scan(tmp_path, *flags).json["score"] for flags in switches]
    scores += [scan(tmp_path / "app", "..").json["score"], _score(tmp_path)]
    assert [one for one in scores if one != scores[0]] == []


def test_a_critical_finding_fails_whatever_the_percentage(tmp_path: Path) -> None:
    """No threshold lets it pass."""
    _project(tmp_path, {"tests/test_cart.py": _CORRUPT})
    (tmp_path / "integrity.toml").write_text('fail-severity = "critical"\n[score]\nfail-under = 0\n')
    assert integrity(tmp_path, "score").code == 1


_GATES = """
fail-severity = "critical"
ignore = ["COR001", "COR002"]
[severity]
TST003 = "high"
[score]
fail-under = {overall}
thresholds = {{ tests = {tests}, structure = 50 }}
scope-thresholds = {{ production = 100, tests = {scope} }}
"""


def test_thresholds_by_group_and_scope_fail_and_say_by_how_much(tmp_path: Path) -> None:
    """One line a missed threshold on standard error, with both figures; a group that did not run is not judged."""
    hollow = "def test_login():\n    assert True\n\n\ndef test_other():\n    assert 1 + 1 == 2, sum([1])\n"
    _project(tmp_path, {"tests/test_total.py": _HEALTHY, "tests/test_login.py": hollow})
    (tmp_path / "integrity.toml").write_text(_GATES.format(overall=80, tests=66, scope=50))
    assert scan(tmp_path).code == 0
    (tmp_path / "integrity.toml").write_text(_GATES.format(overall=99.5, tests=66.67, scope=50.5))
    ran = scan(tmp_path, "--quiet")
    assert ran.code == 1
    assert ran.stderr.splitlines() == [
        "integrity: gate not met: score 90.0 % is below 99.5 %",
        "integrity: gate not met: group tests 66.666 % (2 of 3 files) is below 66.67 %",
        "integrity: gate not met: scope tests 50.0 % (1 of 2 files) is below 50.5 %",
    ]
    assert "note: group structure not judged" in scan(tmp_path).stderr
    assert "GATE NOT MET  group tests 66.666 % (2 of 3 files) is below 66.67 %" in integrity(tmp_path, "score").stdout


def test_a_scope_without_files_misses_its_threshold(tmp_path: Path) -> None:
    """Deleting every test must not open the gate."""
    _project(tmp_path, {})
    (tmp_path / "integrity.toml").write_text("[score]\nscope-thresholds = { tests = 1 }\n")
    ran = scan(tmp_path)
    assert ran.code == 1
    assert "gate not met: scope tests has no files, which shows nothing; its threshold is 1 %" in ran.stderr


def test_wrong_thresholds_are_told_all_at_once(tmp_path: Path) -> None:
    """With the word that was meant."""
    _project(tmp_path, {})
    text = (
        "[score]\nthresholds = { coruption = 100, tests = 101 }\nscope-thresholds = { prodution = 9, tests = true }\n"
    )
    (tmp_path / "integrity.toml").write_text(text)
    ran = scan(tmp_path)
    assert ran.code == 2
    assert [line.partition("score.")[2] for line in ran.stderr.splitlines()] == [
        "thresholds.coruption: is no score group; did you mean 'corruption'?",
        "thresholds.tests: 101 is no percentage; give a number from 0 to 100",
        "scope-thresholds.prodution: is no scope; did you mean 'production'?",
        "scope-thresholds.tests: true or false is no percentage; give a number from 0 to 100",
    ]


_TEXTS = st.lists(
    st.sampled_from([_HEALTHY, _CORRUPT, _BROKEN, "import os\n\nDEBUG = os.environ['DEBUG']\n", "x = 1\n"]),
    min_size=1,
    max_size=4,
)
_SPACED = [
    ("\n\n\n", "\n"),  # a blank line more or less
    ("    ", "        "),  # another indentation
    (", ", ","),
    ("'", '"'),
]


@settings(max_examples=5, deadline=None)
@given(_TEXTS, st.sampled_from(_SPACED), st.sampled_from(["", "\n\n", "  \n"]))
def test_formatting_moves_and_empty_files_change_nothing(
    texts: list[str], spacing: tuple[str, str], empty: str
) -> None:
    """The same files laid out otherwise, elsewhere in their scope and beside empty ones, have the same score."""
    with TemporaryDirectory() as place:
        plain, other = Path(place) / "plain", Path(place) / "other"
        files = {f"tests/test_{number}.py": text for number, text in enumerate(texts)}
        moved = {f"tests/deep/er/test_{number}.py": text.replace(*spacing) for number, text in enumerate(texts)}
        scores = [
            scan(_project(plain, files)).json["score"],
            scan(_project(other, {**moved, "app/__init__.py": empty, "tests/__init__.py": empty})).json["score"],
        ]
    assert scores[0] == scores[1]
