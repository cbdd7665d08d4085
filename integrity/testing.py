"""Runs the examples of rules, for their authors' test suites and for `integrity rules --verify`.

In the tests of a rule pack:

    from integrity import testing
    from integrity.registry import loader as registry

    def test_the_examples_hold():
        assert testing.verify(registry.load()) == []
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from integrity.acceptance.document import NAME as ACCEPTANCE
from integrity.acceptance.document import audit_of
from integrity.acceptance.loosening import loosenings, relevant
from integrity.baseline.audits import audited, unused_ignores
from integrity.baseline.document import parse as parse_baseline
from integrity.baseline.entries import tally
from integrity.config.config import Config
from integrity.config.detect import detect
from integrity.config.options import settings
from integrity.config.toml import parse as parse_toml
from integrity.errors import RuleError
from integrity.examine import anchored, checkers, examine, full_code, hits_across
from integrity.facts.model import FileFacts
from integrity.facts.program import Program
from integrity.facts.structure import structure_of
from integrity.harness.extract import facts_of
from integrity.harness.kinds import kind_of
from integrity.imports.declared import read as read_settings
from integrity.imports.graph import ImportGraph
from integrity.imports.resolver import Resolver
from integrity.model import Finding
from integrity.policy import FileHits, Outcome, judge
from integrity.registry.loader import LoadedRule, Registry
from integrity.repository_harness import harness_of
from integrity.repository_imports import demands_of
from integrity.repository_tests import settled, suite_of
from integrity.result import Result
from integrity.roles import Roles
from integrity.rule import (
    AcceptanceAudit,
    BaselineAudit,
    Change,
    Example,
    GateChange,
    IgnoreAudit,
    StaleEntry,
    Structures,
    Suite,
)
from integrity.source import decode

if TYPE_CHECKING:
    from integrity.examine import Whole

_PATH = "example.py"
_SETTINGS = "integrity.toml"
_TODAY = datetime.date(2024, 1, 1)
_BASELINE = ".integrity-baseline.json"
_Examined = tuple[Result, FileFacts, Program | None]
_Marks = Sequence[tuple[int, str]]


def verify(registry: Registry) -> list[str]:
    """Run every example of every rule; one line for each that does not give exactly its marks, and none is good."""
    if not registry.rules:
        return ["there are no rules, so that nothing can be found"]
    return [fault for loaded in registry.rules for fault in check_examples(registry, loaded)]


def check_examples(registry: Registry, loaded: LoadedRule) -> list[str]:
    """Run the examples of one rule; one line for each that does not give exactly its marks.

    The rules of other packs stay out of it, and so do those that are off by default, except for the rule itself and
    those that explain its findings.
    """
    active = companions(registry, loaded)
    faults = []
    for name, examples in (("VALID", loaded.valid), ("INVALID", loaded.invalid)):
        for number, example in enumerate(examples):
            fault = _fault(registry, example, active)
            faults += [f"{loaded.rule.code} {loaded.module}: {name}[{number}]: {fault}"] if fault else []
    return faults


def run_example(registry: Registry, example: Example, active: frozenset[str]) -> list[tuple[int, str]]:
    """The sorted (line, code) of every finding in an example, after folding and suppression.

    Args:
        registry: the rules.
        example: the source.
        active: the codes of the rules to run.

    Raises:
        RuleError: the example cannot be checked, or a rule fails on it.
    """
    if example.before:
        return _run_change(registry, example, active)
    # A rule that does not take part cannot disturb by failing either.
    registry = replace(registry, rules=tuple(loaded for loaded in registry.rules if loaded.rule.code in active))
    everything = {_PATH: example.content, **{path: other.content for path, other in example.others.items()}}
    contents = {path: content for path, content in everything.items() if path.endswith(".py")}
    told = read_settings(everything, everything.get)
    examined = {path: examine(content, example.context, registry) for path, content in contents.items()}
    programs = {path: program for path, (_, _, program) in examined.items() if program}
    graph = ImportGraph(programs, Resolver(contents), lambda path: full_code(contents[path]))
    contexts = dict.fromkeys(contents, example.context)
    config = _config(example)
    subjects: list[Whole] = [graph, demands_of(graph, contexts, config, settings=told)]
    suite = _suite(example, everything, examined, config)
    subjects += [suite] if example.files else []
    subjects += [_structures(contents, config)] if registry.for_subject(Structures) else []
    across = hits_across(subjects, registry, active)
    results = settled({path: result for path, (result, _, _) in examined.items()}, suite)
    files = _harness_hits(everything, registry, active)
    files += [
        FileHits(
            path,
            [*result.hits, *anchored(contents[path], across.hits.get(path, ()))],
            result.suppressions,
            complete=not result.gaps,
        )
        for path, result in results.items()
    ]
    config = replace(config, select=tuple(sorted(active)), extend_select=tuple(sorted(active)))
    outcome = judge(files, config, registry, active)
    gaps = [reason for result, _, _ in examined.values() for reason in result.gaps]
    gaps += [*across.failures, *(gap.reason for gap in outcome.gaps)]
    if gaps:
        raise RuleError(gaps)
    tolerated = _audits(example, config, outcome, registry)
    return sorted((finding.line, finding.code) for finding in (*outcome.findings, *tolerated))


def _structures(contents: Mapping[str, bytes], config: Config) -> Structures:
    """The structure of the files of an example, measured only where a rule asks for it."""
    files = {path: structure_of(decode(content).text) for path, content in sorted(contents.items())}
    return Structures(files, config.max_complexity, config.min_maintainability)


def _audits(example: Example, config: Config, outcome: Outcome, registry: Registry) -> tuple[Finding, ...]:
    """What the rules about per-file ignores and baselines find in the files of an example that hold such."""
    texts = {path: other.content.decode("utf-8", "replace") for path, other in example.others.items()}
    audits: list[IgnoreAudit | BaselineAudit | AcceptanceAudit] = []
    if _SETTINGS in texts:
        unused = unused_ignores(config, texts[_SETTINGS], sorted(outcome.ignored), registry)
        audits.append(IgnoreAudit(_SETTINGS, tuple(unused)))
    if _BASELINE in texts:
        entries = parse_baseline(texts[_BASELINE].encode(), _BASELINE)
        known = Counter(entry.key for entry in entries) - tally(outcome.findings)
        stale = [StaleEntry(one.line, one.key.code, one.key.path, one.key.symbol, known[one.key]) for one in entries]
        audits.append(BaselineAudit(_BASELINE, tuple(entry for entry in stale if entry.missing)))
    if ACCEPTANCE in texts:
        audits.append(audit_of(texts[ACCEPTANCE].encode(), ACCEPTANCE, registry.codes, _TODAY))
    return audited(audits, texts, config, registry).findings


def _suite(
    example: Example, everything: Mapping[str, bytes], examined: Mapping[str, _Examined], config: Config
) -> Suite:
    """The tests of an example, whose own file is always visited."""
    programs = {path: program for path, (_, _, program) in examined.items() if program}
    told = detect(Path(), config, everything.get, everything)
    told = replace(told, python_files=(*told.python_files, _PATH))
    roles = Roles(told, everything)
    contexts = {path: example.context if path == _PATH else roles.context(path) for path in programs}
    return suite_of(
        programs,
        contexts,
        paths=everything,
        config=told,
        resolver=Resolver(everything, read_settings(everything, everything.get)),
        results={path: result for path, (result, _, _) in examined.items()},
        checkers=lambda path: checkers(everything[path]),
    )


def _run_change(registry: Registry, example: Example, active: frozenset[str]) -> list[tuple[int, str]]:
    """The findings about what happened between `example.before` and the example; no other rules are asked.

    Raises:
        RuleError: a rule fails on it.
    """
    from integrity.diff.examples import compare_example

    before = {path: other.content for path, other in example.former.items()}
    after = {path: other.content for path, other in example.others.items()}
    if example.content.strip():
        after[_PATH] = example.content
    rules = tuple(one for one in registry.rules if one.rule.code in active and one.subject is Change)
    old, new = [{path: one for path, one in side.items() if _compared(path)} for side in (before, after)]
    comparison = compare_example(old, new, example.context, replace(registry, rules=rules))
    if comparison.verdict.gaps:
        raise RuleError([gap.reason for gap in comparison.verdict.gaps])
    texts = [{path: one.decode("utf-8", "replace") for path, one in side.items()} for side in (before, after)]
    change = GateChange(tuple(loosenings(texts[0], texts[1], Path(), registry)))
    config = Config(select=tuple(sorted(active)), extend_select=tuple(sorted(active)))
    gate = audited([change], texts[1], config, registry).findings
    return sorted((finding.line, finding.code) for finding in (*comparison.findings, *gate))


def _compared(path: str) -> bool:
    """Whether a file is part of what is compared: of those that only configure the gate nobody asks for tests."""
    return bool(kind_of(path)) or not relevant(path, _BASELINE)


def _harness_hits(contents: Mapping[str, bytes], registry: Registry, active: frozenset[str]) -> list[FileHits]:
    """What the rules find in files of configuration.

    Raises:
        RuleError: one of them cannot be read, or a rule fails on it.
    """
    facts = {path: facts_of(content, kind) for path, content in contents.items() if (kind := kind_of(path))}
    found = hits_across([harness_of(facts, tuple(sorted(contents)))], registry, active)
    problems = [f"{path}: {one.problem}" for path, one in facts.items() if one.problem]
    if problems or found.failures:
        raise RuleError([*problems, *found.failures])
    return [
        FileHits(path, anchored(contents[path], found.hits.get(path, ())), one.suppressions)
        for path, one in facts.items()
    ]


def _config(example: Example) -> Config:
    """The configuration of an example.

    Raises:
        RuleError: it is wrong.
    """
    faults: list[str] = []
    file = example.others.get(_SETTINGS)
    table = {**(parse_toml(file.content) if file else {}), **example.settings}
    fields = settings(table, lambda key, fault: faults.append(f"settings: {key}: {fault}"))
    if faults:
        raise RuleError(faults)
    return replace(Config(), **fields)  # type: ignore[arg-type]


def companions(registry: Registry, loaded: LoadedRule) -> frozenset[str]:
    """The codes that run when the examples of a rule are checked."""
    pack = {one.rule.code for one in registry.rules if one.pack == loaded.pack and one.rule.enabled}
    return frozenset({*pack, loaded.rule.code, *loaded.rule.explained_by})


def _fault(registry: Registry, example: Example, active: frozenset[str]) -> str:
    """How the findings in an example differ from its marks, "" when they do not."""
    try:
        found = run_example(registry, example, active)
    except RuleError as error:
        return "; ".join(error.lines)
    return "; ".join(_differences(found, example.marks))


def _differences(found: _Marks, marked: _Marks) -> Iterator[str]:
    missed, extra = Counter(marked) - Counter(found), Counter(found) - Counter(marked)
    yield from (f"line {line} is marked {code}, but it is not found there" for line, code in sorted(missed.elements()))
    yield from (f"{code} is found in line {line}, which has no mark" for line, code in sorted(extra.elements()))
