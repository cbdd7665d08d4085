"""How rule packs are found, refused and selected from."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrity.errors import RuleError
from integrity.registry.loader import Registry, load
from integrity.rule import (
    AcceptanceAudit,
    BaselineAudit,
    Change,
    Demands,
    File,
    GateChange,
    Harness,
    IgnoreAudit,
    ImportGraph,
    Structures,
    Suite,
    SuppressionAudit,
)
from tests.support.packs import Packs, rule_source

BUILTIN = load()
CODES = [loaded.rule.code for loaded in BUILTIN.rules]
AUDIT = ("def check(file: File)", "def check(audit: SuppressionAudit)")


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packs]:
    """An empty folder for rule packs."""
    found = Packs(tmp_path, monkeypatch)
    yield found
    found.forget()


def faults() -> list[str]:
    """Every fault of the installed packs."""
    with pytest.raises(RuleError) as raised:
        load()
    return raised.value.lines


def modules(registry: Registry, pack: str) -> list[str]:
    """The modules of the rules of one pack."""
    return [loaded.module for loaded in registry.rules if loaded.pack == pack]


def test_every_rule_file_of_the_builtin_pack_is_loaded() -> None:
    """No file can lie in the folder of the rules without being a rule."""
    folders = [Path(folder) for folder in importlib.import_module("integrity_rules").__path__]
    files = [file.relative_to(folder) for folder in folders for file in folder.rglob("[!_]*.py")]
    expected = sorted(".".join(["integrity_rules", *file.with_suffix("").parts]) for file in files)
    assert sorted(modules(BUILTIN, "integrity_rules")) == expected


def test_rules_are_sorted_by_code_and_known_by_code_and_name() -> None:
    """Both spellings lead to the same rule."""
    assert sorted(CODES) == CODES
    assert BUILTIN.codes["SUP001"] == BUILTIN.codes["unused-suppression"] == "SUP001"
    assert BUILTIN.get("unused-suppression") is BUILTIN.get("SUP001") is not None
    assert BUILTIN.get("SUP") is None


def test_rules_are_found_by_what_they_ask_for() -> None:
    """Every rule has exactly one subject."""
    audits = (SuppressionAudit, IgnoreAudit, BaselineAudit, AcceptanceAudit)
    subjects = (File, ImportGraph, Demands, Change, Suite, Structures, Harness, GateChange, *audits)
    assert sorted(one.rule.code for subject in subjects for one in BUILTIN.for_subject(subject)) == CODES
    assert {loaded.rule.code for loaded in BUILTIN.for_subject(SuppressionAudit)} == {"SUP001", "SUP002", "SUP003"}


def test_an_installed_pack_is_found_with_its_folders(packs: Packs) -> None:
    """Modules at any depth are rules, in folders without `__init__.py` too; what starts with `_` is not imported."""
    packs.install(
        "extra_pack",
        {
            "top_rule.py": rule_source("XAA001", "top-rule"),
            "family/__init__.py": "",
            "family/other_rule.py": rule_source("XAA002", "other-rule", AUDIT),
            "bare/deep/third_rule.py": rule_source("XAA003", "third-rule"),
            "_helper.py": "raise RuntimeError",
            "_private/hidden.py": "raise RuntimeError",
        },
    )
    registry = load()
    assert modules(registry, "extra_pack") == [
        "extra_pack.top_rule",
        "extra_pack.family.other_rule",
        "extra_pack.bare.deep.third_rule",
    ]
    assert [loaded.rule.code for loaded in registry.rules] == [*CODES, "XAA001", "XAA002", "XAA003"]
    assert registry.rules[-2].subject is SuppressionAudit


def test_a_package_that_is_not_announced_is_never_loaded(packs: Packs) -> None:
    """Lying on the search path is not enough: the judged must not choose the judge."""
    packs.write("stray_pack", {"stray_rule.py": rule_source("XAB001", "stray-rule")})
    assert modules(load(), "stray_pack") == []
    assert "stray_pack" not in sys.modules


def test_a_pack_can_be_given_directly(packs: Packs) -> None:
    """An author tests a pack that is not installed."""
    packs.write("given_pack", {"given_rule.py": rule_source("XAC001", "given-rule")})
    registry = load([importlib.import_module("given_pack")])
    assert modules(registry, "given_pack") == ["given_pack.given_rule"]


def test_annotations_may_be_real_types(packs: Packs) -> None:
    """Postponed evaluation of annotations is usual, not required."""
    change = ("from __future__ import annotations\n", "")
    packs.install("typed_pack", {"typed_rule.py": rule_source("XAD001", "typed-rule", change)})
    assert [loaded.subject for loaded in load().rules if loaded.pack == "typed_pack"] == [File]


DOCSTRING = rule_source("XAE001", "imports").partition("from __future__")[0]
FAULTS = {
    "no docstring": ((DOCSTRING, ""), "has no docstring"),
    "no first line": (("imports.\n\nWhy", "imports.\nAnd more.\n\nWhy"), "followed by a blank line"),
    "no reason": (("Why it matters:", "Why:"), "no paragraph that starts with 'Why it matters:'"),
    "no remedy": (("Instead: a remedy.", "A remedy."), "no paragraph that starts with 'Instead:'"),
    "empty remedy": (("Instead: a remedy.", "Instead:"), "no paragraph that starts with 'Instead:'"),
    "no declaration": (("RULE = Rule(", "SPARE = Rule("), "RULE is missing or no Rule"),
    "lower-case code": (('code="XAE001"', 'code="xae001"'), "'xae001' is not three capitals and three digits"),
    "long code": (('code="XAE001"', 'code="XAE0011"'), "'XAE0011' is not three capitals and three digits"),
    "name in capitals": (('name="imports"', 'name="Imports"'), "'Imports' is not kebab-case"),
    "name in snake case": (('name="imports"', 'name="all_imports"'), "'all_imports' is not kebab-case"),
    "severity as text": (("severity=Severity.LOW", 'severity="low"'), "RULE.severity must be of type Severity"),
    "codes in a list": (('since="0.1"', 'since="0.1", explained_by=["COR001"]'), "RULE.explained_by must be of type"),
    "no version": (('since="0.1"', 'since="next"'), "since='next' is not a version"),
    "empty message": (('message="found"', 'message=" "'), "the message must be one line"),
    "two lines": (('message="found"', 'message="a\\nb"'), "the message must be one line"),
    "broken message": (('message="found"', 'message="{"'), "is no template for str.format"),
    "nameless field": (('message="found"', 'message="{}"'), "the message field {} has no name"),
    "numbered field": (('message="found"', 'message="{0}"'), "the message field {0} has no name"),
    "taken field": (('message="found"', 'message="{symbol.x}"'), "can never be filled"),
    "no check": (("def check(", "def look("), "check is missing or no function"),
    "not a generator": (("        yield RULE.at(one.span)", "        one.span\n    return iter(())"), "be a generator"),
    "two parameters": (("(file: File)", "(file: File, other: File)"), "exactly one parameter"),
    "any number": (("(file: File)", "(*file: File)"), "exactly one parameter"),
    "keyword alone": (("(file: File)", "(*, file: File)"), "exactly one parameter"),
    "no annotation": (
        ("(file: File)", "(file)"),
        "must be annotated with File or ImportGraph or Demands or Change or Suite or",
    ),
    "other subject": (
        ("(file: File)", "(file: Context)"),
        "must be annotated with File or ImportGraph or Demands or Change or Suite or",
    ),
    "unknown name": (("(file: File)", "(file: Fiel)"), "cannot be evaluated (NameError: name 'Fiel' is not defined)"),
    "no valid": (('VALID = ["x', 'SPARE = ["x'), "VALID must be a list with at least one source"),
    "empty valid": (('VALID = ["x = 1\\n"]', "VALID = []"), "VALID must be a list with at least one source"),
    "valid is text": (('VALID = ["x = 1\\n"]', 'VALID = "x"'), "VALID must be a list with at least one source"),
    "valid of numbers": (('VALID = ["x = 1\\n"]', "VALID = [1]"), "VALID[0] is neither str, bytes nor an Example"),
    "example of a number": (('VALID = ["x = 1\\n"]', "VALID = [Example(1)]"), "VALID[0] is neither str, bytes nor"),
    "valid with mark": (('VALID = ["x = 1', 'VALID = ["x = 1  # <- ABC123'), "VALID[0] marks a line with ABC123"),
    "empty invalid": (('INVALID = ["import os  # <- XAE001\\n"]', "INVALID = []"), "INVALID must be a list"),
    "no mark": (("os  # <- XAE001", "os"), "INVALID[0] marks no line with # <- XAE001"),
    "other mark": (("# <- XAE001", "# <- XAE009"), "INVALID[0] marks no line with # <- XAE001"),
    "unknown explanation": (('since="0.1"', 'since="0.1", explained_by=("XAE7",)'), "'XAE7', which no loaded rule has"),
    "own explanation": (('since="0.1"', 'since="0.1", explained_by=("XAE001",)'), "XAE001 is explained by itself"),
    "import fails": (("from integrity.model", "from integrity.nowhere"), "cannot be imported (ModuleNotFoundError"),
    "syntax error": (("def check(", "def check(("), "cannot be imported (SyntaxError"),
    "exits": (('VALID = ["x', 'raise SystemExit(3)\nVALID = ["x'), "cannot be imported (SystemExit: 3)"),
}


@pytest.mark.parametrize(("change", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_wrong_declaration_is_refused(packs: Packs, change: tuple[str, str], fault: str) -> None:
    """The one thing that is wrong gives one line that names the module."""
    packs.install("wrong_pack", {"imports.py": rule_source("XAE001", "imports", change)})
    (line,) = faults()
    assert line.startswith("wrong_pack.imports: ")
    assert fault in line


def test_every_fault_of_every_pack_is_reported_at_once(packs: Packs) -> None:
    """Nobody mends one fault to be told of the next, and one broken pack does not hide another."""
    for number, (change, _) in enumerate(FAULTS.values()):
        packs.install(f"pack{number}", {"imports.py": rule_source("XAE001", "imports", change)})
    lines = faults()
    for number, (_, fault) in enumerate(FAULTS.values()):
        assert [line for line in lines if line.startswith(f"pack{number}.imports: ") and fault in line], fault


def test_codes_and_names_are_unique_across_packs(packs: Packs) -> None:
    """Both modules are named; so is a builtin one."""
    packs.install("one_pack", {"first.py": rule_source("XAF001", "first")})
    packs.install("two_pack", {"other.py": rule_source("XAF001", "unknown-code")})
    assert faults() == [
        "one_pack.first, two_pack.other: the code 'XAF001' is used more than once",
        "integrity_rules.sup.unknown_code, two_pack.other: the name 'unknown-code' is used more than once",
    ]


def test_explanations_cannot_go_round_in_circles(packs: Packs) -> None:
    """Each would be folded into the other, and nothing would be left."""
    one = rule_source("XAG001", "one", ('since="0.1"', 'since="0.1", explained_by=("XAG002",)'))
    two = rule_source("XAG002", "two", ('since="0.1"', 'since="0.1", explained_by=("XAG001",)'))
    packs.install("round_pack", {"one.py": one, "two.py": two})
    assert [line.partition(": ")[2] for line in faults()] == [
        "XAG001 is explained by itself, directly or through others",
        "XAG002 is explained by itself, directly or through others",
    ]


OF = " of the distribution "
REMEDY = "repair or uninstall the distribution"
DIVIDED = "ZeroDivisionError: division by zero"
NOWHERE = "ModuleNotFoundError: No module named 'not_there'"
PACKAGE = "a package of rule modules"


def test_packs_that_cannot_be_had_are_named_with_a_remedy(packs: Packs) -> None:
    """One line a pack: its name, what went wrong, what to do."""
    packs.install("bad_init", {"__init__.py": "1 / 0", "rule.py": ""})
    packs.install("missing", {}, value="not_there")
    packs.install("no_package", {"one.py": ""}, value="no_package.one")
    packs.install("attribute", {}, value="a:b")
    packs.install("nothing", {"_private.py": ""})
    assert [line.partition(" of the distribution ") for line in faults()] == [
        ("rule pack 'attribute'", OF, f"'attribute': its entry point 'a:b' does not name a package; {REMEDY}"),
        ("rule pack 'bad_init'", OF, f"'bad_init': the package 'bad_init' cannot be imported ({DIVIDED}); {REMEDY}"),
        ("rule pack 'no_package'", OF, f"'no_package': 'no_package.one' is a module, not {PACKAGE}; {REMEDY}"),
        ("rule pack 'missing'", OF, f"'missing': the package 'not_there' cannot be imported ({NOWHERE}); {REMEDY}"),
        ("rule pack 'nothing' holds no rule modules", "", ""),
    ]


def test_the_version_follows_the_content_of_the_packs(packs: Packs) -> None:
    """Stored findings are out of date when a rule or one of its private helpers changes, and only then."""
    helper = {"one.py": rule_source("XAH001", "one"), "_helper.py": "X = 1"}
    packs.install("some_pack", helper)
    first = load().version
    assert first == load().version != BUILTIN.version
    packs.write("some_pack", helper | {"_helper.py": "X = 2"})
    assert load().version != first
    packs.write("some_pack", helper)
    assert load().version == first


def test_docstrings_that_python_was_told_to_drop_are_not_missed() -> None:
    """`python -OO` is a setting of the machine, not a fault of the rules."""
    code = "from integrity.registry.loader import load; print(len(load().rules))"
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(CODES)


def test_a_part_of_the_rules_holds_what_was_asked_for_and_nothing_else() -> None:
    """By family and by subject, and each rule is the same as among all of them."""
    part = load(families=["COR", "DIF", "HAR", "TST"], subjects=["File", "Change"])
    expected = [
        one.rule
        for one in BUILTIN.rules
        if one.rule.code.startswith(("COR", "DIF", "HAR", "TST")) and one.subject in (File, Change)
    ]
    assert [one.rule for one in part.rules] == expected
    assert part.version != BUILTIN.version


@pytest.mark.parametrize("subject", sorted({one.subject.__name__ for one in BUILTIN.rules}))
def test_the_subject_of_a_builtin_rule_stands_in_its_text(subject: str) -> None:
    """Rules about other subjects are left out before they are imported."""
    expected = [one.rule for one in BUILTIN.rules if one.subject.__name__ == subject]
    assert [one.rule for one in load(subjects=[subject]).rules] == expected


def test_foreign_packs_are_whole_in_any_part(packs: Packs) -> None:
    """Only builtin rules are known by their place."""
    packs.install("pack_x", {"one_rule.py": rule_source("XYZ001", "one-rule")})
    assert "XYZ001" in load(families=["TST"], subjects=["Suite"]).codes


def test_an_edit_is_judged_without_importing_what_is_about_whole_repositories() -> None:
    """Start-up counts where a coding agent waits for every edit."""
    program = (
        "import sys; from integrity.registry.loader import load;"
        "load(families=['COR', 'DIF', 'HAR', 'TST'], subjects=['File', 'Change']);"
        "print([name for name in ('integrity.collection.suite', 'integrity.imports.graph', 'integrity.imports.defects',"
        " 'integrity.harness.subject', 'git') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
