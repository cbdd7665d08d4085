"""By what a change makes the check itself find less: its configuration, its baseline, its comments, its hook, its CI.

The judge must not be chosen by the one who is judged, so what loosens the gate is told, whatever else the change does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from integrity.acceptance.document import NAME as ACCEPTANCE
from integrity.acceptance.hooks import limits
from integrity.acceptance.settings import differences
from integrity.baseline.document import BaselineError
from integrity.baseline.document import parse as parse_baseline
from integrity.baseline.matching import counted
from integrity.config.config import Config, from_texts
from integrity.config.files import SETTINGS
from integrity.errors import ConfigError
from integrity.registry.loader import Registry
from integrity.rule import Loosening

HOOKS = (".pre-commit-config.yaml", ".pre-commit-config.yml", "lefthook.yml", "prek.toml")
_RUNNERS = re.compile(
    r"\.github/(?:workflows|actions)/.+\.ya?ml|\.gitlab-ci\.yml|\.gitlab/.+\.yml|ci/.+\.ya?ml|\.circleci/.+\.yml"
    r"|azure-pipelines\.yml|Jenkinsfile|(?:GNU)?[Mm]akefile|justfile|tox\.ini|noxfile\.py|\.claude/settings[^/]*\.json"
)
_RUN = re.compile(
    r"\bintegrity\s+(?:scan|diff|score|lock|baseline|hook)\b|\bid:\s*[\"']?integrity\b|\buses:\s*\S*\bintegrity\b"
)
_SPARED = re.compile(
    r"--exit-zero\b|(?<!\S)-e(?!\S)|\|\|\s*(?:true|:|exit 0)|--allow-gaps\b|--isolated\b|--no-error-stale\b"
)
_COMMENT = re.compile(r"#\s*integrity:\s*(?:file-)?ignore\[([^\]\n]*)\]")
Texts = Mapping[str, str]


def relevant(path: str, baseline: str) -> bool:
    """Whether a file that is no Python may be part of the gate.

    Args:
        path: relative to the root.
        baseline: where the configuration says the baseline lies.
    """
    return path in (*SETTINGS, *HOOKS, ACCEPTANCE, baseline) or bool(_RUNNERS.fullmatch(path))


def loosenings(before: Texts, after: Texts, root: Path, registry: Registry) -> list[Loosening]:
    """What a change loosens.

    Args:
        before: text of each changed file before, for those that there were.
        after: likewise after; those of both sides that are unchanged and part of the configuration, too.
        root: of the repository.
        registry: the rules.
    """
    old, new = _configuration(before, root), _configuration(after, root)
    found: list[Loosening] = []
    if old is not None:
        found += _settings(old, new or Config(), after, registry)
    baseline = new.baseline if new else ""
    for path in sorted({*before, *after}):
        texts = before.get(path, ""), after.get(path, "")
        if path in HOOKS or _RUNNERS.fullmatch(path):
            found += [*_runs(path, *texts), *_limited(path, *texts)]
        elif path == baseline and old is not None:
            found += _grown(path, *texts)
        elif path == ACCEPTANCE:
            found += _more_accepted(path, *texts)
        elif path.endswith((".py", ".pyi", ".pyw")):
            found += _silenced(path, *texts)
    return sorted(found)


def _configuration(texts: Texts, root: Path) -> Config | None:
    """The configuration of a side, None when there is none or it is no use."""
    contents = {name: texts[name].encode("utf-8", "surrogateescape") for name in SETTINGS if name in texts}
    try:
        return from_texts(contents, root)
    except ConfigError:
        return None


def _settings(old: Config, new: Config, after: Texts, registry: Registry) -> Iterator[Loosening]:
    path = new.source.name if new.source else old.source.name if old.source else SETTINGS[0]
    lines = after.get(path, "").split("\n")
    for key, what in differences(old, new, registry):
        line = next((number for number, text in enumerate(lines, 1) if _names(text, key)), 1)
        yield Loosening(path, line, what, grave=True)


def _names(line: str, key: str) -> bool:
    return line.strip().lstrip("[\"'").startswith((key, f"tool.integrity.{key}"))


def _runs(path: str, before: str, after: str) -> Iterator[Loosening]:
    """Fewer calls of this program, or calls whose result no longer counts."""
    old, new = _calls(before), _calls(after)
    if len(old) > len(new):
        number = len(old) - len(new)
        yield Loosening(path, 1, f"{number} of {len(old)} places that ran integrity no longer do", grave=True)
    spared = Counter(mark for _, text in old for mark in _SPARED.findall(text))
    for line, text in new:
        for mark in _SPARED.findall(text):
            spared[mark] -= 1
            if spared[mark] < 0:
                yield Loosening(path, line, f"integrity is run with `{mark.strip()}` now", grave=True)


def _limited(path: str, before: str, after: str) -> Iterator[Loosening]:
    """Hooks and steps that run this program less often than before, or whose failure no longer counts."""
    known = limits(path, before)
    for what, line in limits(path, after).items():
        if what not in known and _calls(before):
            yield Loosening(path, line, what, grave=True)


def _calls(text: str) -> list[tuple[int, str]]:
    """The lines that run this program, with their numbers."""
    lines = ((number, line) for number, line in enumerate(text.split("\n"), 1) if not line.lstrip().startswith("#"))
    return [(number, line) for number, line in lines if _RUN.search(line)]


def _grown(path: str, before: str, after: str) -> Iterator[Loosening]:
    """Entries of the baseline that were not there."""
    try:
        old = counted(parse_baseline(before.encode("utf-8", "surrogateescape"), path)) if before else Counter()
        new = counted(parse_baseline(after.encode("utf-8", "surrogateescape"), path)) if after else Counter()
    except BaselineError:
        return
    more = new - old
    if more:
        example = next(iter(sorted(more)))
        what = f"the baseline tolerates {more.total():,} more, such as {example.code} in {example.path}"
        yield Loosening(path, 1, what, grave=True)


def _more_accepted(path: str, before: str, after: str) -> Iterator[Loosening]:
    number = after.count("[[accept]]") - before.count("[[accept]]")
    if number > 0:
        yield Loosening(path, 1, f"{number} more accepted from the next change on", grave=False)


def _silenced(path: str, before: str, after: str) -> Iterator[Loosening]:
    """Suppression comments that were not there."""
    left = Counter(_COMMENT.findall(before))
    for number, line in enumerate(after.split("\n"), 1):
        for codes in _COMMENT.findall(line):
            left[codes] -= 1
            if left[codes] < 0:
                yield Loosening(
                    path, number, f"a comment silences {codes.strip()}, from the next change on", grave=False
                )
