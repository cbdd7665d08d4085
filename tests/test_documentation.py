"""The documentation that is made from the rules themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from integrity.errors import ConfigError
from integrity.registry.documentation import (
    TABLE_BEGIN,
    TABLE_END,
    explain,
    explain_many,
    lookup,
    rules_json,
    rules_list,
    rules_table,
    with_rules_table,
)
from integrity.registry.loader import LoadedRule, Registry, load
from tests.support.packs import Packs, rule_source

REGISTRY = load()
EACH = pytest.mark.parametrize("loaded", REGISTRY.rules, ids=lambda loaded: loaded.rule.code)


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packs]:
    """An empty folder for rule packs."""
    found = Packs(tmp_path, monkeypatch)
    yield found
    found.forget()


def single(packs: Packs, *changes: tuple[str, str]) -> LoadedRule:
    """A rule of an installed pack, changed."""
    packs.install("shown_pack", {"shown.py": rule_source("XDA001", "shown", *changes)})
    return lookup(load(), "XDA001")


def code_blocks(markdown: str) -> list[str]:
    """The contents of the code blocks of a Markdown text, as a Markdown parser sees them."""
    return [token.content for token in MarkdownIt("commonmark").parse(markdown) if token.type == "fence"]


def table(markdown: str) -> list[list[str]]:
    """The texts in the cells of a Markdown table, row by row."""
    rows: list[list[str]] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append("".join(child.content for child in token.children or []))
    return rows


def test_an_explanation_says_everything(packs: Packs) -> None:
    """Code, name, severity, version, whether it can be restored, the documentation, and an example of either kind."""
    declared = 'since="0.1", restorable=True, enabled=False, explained_by=("COR001", "COR002")'
    assert explain(single(packs, ('since="0.1"', declared))) == (
        "# XDA001 shown\n"
        "\n"
        "Severity: low. Since version 0.1. What it finds can be brought back from git history."
        " Folded into a finding of COR001 or COR002 in the same file."
        " Off by default; `--extend-select XDA001` switches it on.\n"
        "\n"
        "Something is shown.\n"
        "\n"
        "Why it matters: a reason.\n"
        "\n"
        "Instead: a remedy.\n"
        "\n"
        "Flagged:\n"
        "\n"
        "```python\n"
        "import os  # <- XDA001\n"
        "```\n"
        "\n"
        "Not flagged:\n"
        "\n"
        "```python\n"
        "x = 1\n"
        "```\n"
    )


@EACH
def test_every_rule_explains_itself(loaded: LoadedRule) -> None:
    """The examples come through a Markdown parser unharmed, with their marks."""
    flagged, left_alone = code_blocks(explain(loaded))
    assert loaded.rule.code in flagged
    assert "# <-" not in left_alone


def test_an_example_that_holds_a_fence_stays_one_block(packs: Packs) -> None:
    """Code that came out of a chat is full of them."""
    source = "```python\\nimport os  # <- XDA001\\n````\\n"
    text = explain(single(packs, ('INVALID = ["import os  # <- XDA001\\n"]', f'INVALID = ["{source}"]')))
    assert code_blocks(text)[0] == "```python\nimport os  # <- XDA001\n````\n"


def test_an_example_cannot_disturb_the_terminal(packs: Packs) -> None:
    """Control characters, undecodable bytes and reversed text are shown, not sent."""
    source = r'[b"import os  # <- XDA001\n# \x00\x1b[31m \xff \xe2\x80\xae \xc3\xa9\n"]'
    text = explain(single(packs, ('["import os  # <- XDA001\\n"]', source)))
    assert code_blocks(text)[0] == "import os  # <- XDA001\n# \\x00\\x1b[31m \\xff \\u202e é\n"


def test_several_explanations_follow_each_other() -> None:
    """In the order asked for."""
    first, second = REGISTRY.rules[:2]
    assert explain_many([second, first]) == f"{explain(second)}\n{explain(first)}"


def test_the_table_lists_every_rule(packs: Packs) -> None:
    """One row a rule, whatever its words hold."""
    changes = (("Something is shown.", "A | or `a | b` is shown."), ('since="0.1"', 'since="0.1", restorable=True'))
    packs.install("shown_pack", {"shown.py": rule_source("XDA001", "shown", *changes)})
    registry = load()
    header, *rows = table(rules_table(registry))
    assert header == ["Code", "Name", "Severity", "Restorable", "What it finds"]
    assert [row[:3] for row in rows] == [
        [loaded.rule.code, loaded.rule.name, loaded.rule.severity.value] for loaded in registry.rules
    ]
    assert rows[-1] == ["XDA001", "shown", "low", "yes", "A | or a | b is shown"]


def test_the_list_is_aligned() -> None:
    """Every rule on one line of its own, whose columns start where those of the others do."""
    lines = rules_list(REGISTRY).splitlines()
    for line, loaded in zip(lines, REGISTRY.rules, strict=True):
        code, name, severity, summary = re.split(r" {2,}", line, maxsplit=3)
        assert (code, name, severity) == (loaded.rule.code, loaded.rule.name, loaded.rule.severity.value)
        assert summary == loaded.summary
    assert len({line.index(loaded.summary) for line, loaded in zip(lines, REGISTRY.rules, strict=True)}) == 1


def test_the_json_list_holds_what_rules_declare(packs: Packs) -> None:
    """For scripts, with the same spelling as in a rule's module."""
    single(packs, ('since="0.1"', 'since="0.1", explained_by=("COR001",)'))
    assert json.loads(rules_json(load()))[-1] == {
        "code": "XDA001",
        "name": "shown",
        "severity": "low",
        "summary": "Something is shown",
        "since": "0.1",
        "restorable": False,
        "enabled": True,
        "explained_by": ["COR001"],
        "pack": "shown_pack",
        "documentation": "Something is shown.\n\nWhy it matters: a reason.\n\nInstead: a remedy.",
    }


def test_the_table_goes_between_its_markers() -> None:
    """What stands around them stays, and doing it again changes nothing."""
    text = f"# Title\n\n{TABLE_BEGIN}\nold\n{TABLE_END}\n\nThe end.\n"
    done = with_rules_table(text, REGISTRY)
    assert done == f"# Title\n\n{TABLE_BEGIN}\n{rules_table(REGISTRY)}{TABLE_END}\n\nThe end.\n"
    assert with_rules_table(done, REGISTRY) == done


@pytest.mark.parametrize("text", ["", TABLE_BEGIN, TABLE_END, f"{TABLE_END} {TABLE_BEGIN}"])
def test_a_text_without_markers_is_refused(text: str) -> None:
    """A table that could not be written must not look up to date."""
    with pytest.raises(ValueError, match="followed by"):
        with_rules_table(text, REGISTRY)


@pytest.mark.parametrize("text", ["SUP001", "unused-suppression"])
def test_a_rule_is_looked_up_by_code_or_name(text: str) -> None:
    """Both are accepted everywhere."""
    assert lookup(REGISTRY, text).rule.code == "SUP001"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SUP01", "did you mean 'SUP001'?"),
        ("sup01", "did you mean 'SUP001'?"),
        ("unused-supression", "did you mean 'unused-suppression'?"),
        ("ALL", "`integrity rules` lists them"),
        ("", "`integrity rules` lists them"),
    ],
)
def test_an_unknown_rule_is_an_error_with_a_hint(text: str, hint: str) -> None:
    """In one line that says what to do."""
    with pytest.raises(ConfigError) as raised:
        lookup(REGISTRY, text)
    assert raised.value.lines == [f"no rule has the code or name {text!r}; {hint}"]


def test_an_empty_registry_has_an_empty_table() -> None:
    """Its header alone, and nothing at all where there is no header."""
    empty = Registry((), {}, "")
    assert rules_table(empty).count("\n") == 2
    assert (rules_list(empty), rules_json(empty)) == ("", "[]\n")
