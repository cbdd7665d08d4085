"""The laws that hold for every rule, beyond what the registry refuses."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
from pathlib import Path

import pytest

import integrity
from integrity.registry.loader import LoadedRule, load
from integrity.rule import Example
from integrity.source import decode

RULES = load().rules
BUILTIN = [loaded for loaded in RULES if loaded.pack == "integrity_rules"]
EACH = pytest.mark.parametrize("loaded", BUILTIN, ids=lambda loaded: loaded.rule.code)
ALLOWED = (
    "integrity.rule",
    "integrity.changes",
    "integrity.facts",
    "integrity.collection",
    "integrity.harness",
    "integrity.imports",
    "integrity.model",
    "__future__",
)
FORBIDDEN = frozenset(
    {"os", "pathlib", "io", "subprocess", "socket", "shutil", "tempfile", "random", "time", "datetime", "importlib"}
)
SECTIONS = ("Why it matters:", "Instead:", "Known limits:")
LINE = 120


def tree(loaded: LoadedRule) -> ast.Module:
    """The syntax tree of a rule's module."""
    file = importlib.import_module(loaded.module).__file__
    assert file
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def imported(loaded: LoadedRule) -> list[str]:
    """The modules that a rule's module imports, relative ones with their dots."""
    found = []
    for node in ast.walk(tree(loaded)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
    return found


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare."""
    return tuple(map(int, re.findall(r"[0-9]+", version)))


def test_there_is_a_rule_of_every_promised_family() -> None:
    """An empty folder, or one that is not packaged, would otherwise pass every other law."""
    assert {"COR", "CYC", "ENV", "SUP"} <= {loaded.rule.code[:3] for loaded in BUILTIN}


@pytest.mark.parametrize("part", ["code", "name", "message"])
def test_what_tells_rules_apart_is_unique(part: str) -> None:
    """Two rules with the same message could not be told apart by who reads only that."""
    values = [getattr(loaded.rule, part) for loaded in RULES]
    assert sorted(set(values)) == sorted(values)


def test_summaries_are_unique() -> None:
    """Each rule says in its own words what it finds."""
    summaries = [loaded.summary for loaded in BUILTIN]
    assert sorted(set(summaries)) == sorted(summaries)


def test_rules_are_grouped_by_family() -> None:
    """In order of code, so that the rules of a family stand together everywhere."""
    codes = [loaded.rule.code for loaded in RULES]
    families = [family for family, _ in itertools.groupby(codes, key=lambda code: code[:3])]
    assert codes == sorted(codes)
    assert len(set(families)) == len(families)


@EACH
def test_the_docstring_follows_the_form(loaded: LoadedRule) -> None:
    """One sentence that fits into a table, then the three sections in their order, each once."""
    paragraphs = loaded.documentation.split("\n\n")
    starts = [section for paragraph in paragraphs[1:] for section in SECTIONS if paragraph.startswith(section)]
    assert starts == list(SECTIONS)
    assert re.fullmatch(r"[A-Z].{10,99}\.", paragraphs[0])


@EACH
def test_a_rule_is_not_older_than_the_tool(loaded: LoadedRule) -> None:
    """`since` names a version that exists."""
    assert numbers(loaded.rule.since) <= numbers(integrity.__version__)


@EACH
def test_the_message_is_a_clause(loaded: LoadedRule) -> None:
    """It follows "path:line:column: CODE", so that it neither starts with a capital word nor ends in a full stop."""
    message = loaded.rule.message
    assert not re.match(r"[A-Z][a-z]", message)
    assert not message.endswith(".")


@EACH
def test_a_rule_imports_the_interface_alone(loaded: LoadedRule) -> None:
    """Nothing of the engine, no other rule, and nothing that reads or writes outside of memory."""
    for module in imported(loaded):
        root = module.partition(".")[0]
        if root == "integrity":
            assert module.startswith(ALLOWED), module
        elif module.startswith("."):
            assert module.rpartition(".")[2].startswith("_"), f"{module} is another rule"
        else:
            assert root not in FORBIDDEN | {"integrity_rules"}, module


@EACH
def test_a_rule_does_no_input_or_output(loaded: LoadedRule) -> None:
    """A pure function of its subject: no `open`, no `print`, no code from text."""
    names = {node.id for node in ast.walk(tree(loaded)) if isinstance(node, ast.Name)}
    assert not names & {"open", "print", "input", "eval", "exec", "__import__", "compile", "globals"}


def parses(example: Example) -> bool:
    """Whether Python accepts an example."""
    try:
        ast.parse(decode(example.content).text)
    except (SyntaxError, ValueError):
        return False
    return True


@EACH
def test_examples_parse(loaded: LoadedRule) -> None:
    """Only rules about corruption may show broken text, and even they show sound code that they leave alone."""
    corruption = loaded.rule.code.startswith("COR")
    examples = loaded.valid[:1] if corruption else (*loaded.valid, *loaded.invalid)
    assert [example.source for example in examples if not parses(example)] == []


@EACH
def test_examples_fit_the_page(loaded: LoadedRule) -> None:
    """The first of each kind is documentation: short enough to read, in lines that fit."""
    for example in (loaded.invalid[0], loaded.valid[0]):
        lines = example.shown.strip("\n").split("\n")
        assert max(map(len, lines)) <= LINE
        assert len(lines) <= 40


@EACH
def test_examples_differ(loaded: LoadedRule) -> None:
    """The same source twice shows nothing new."""
    sources = [(example.content, example.context, example.files) for example in (*loaded.valid, *loaded.invalid)]
    assert [one for number, one in enumerate(sources) if one in sources[:number]] == []
