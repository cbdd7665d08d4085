"""Runs the rules about what is tolerated: ignores that ignore nothing, entries of a baseline that are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from integrity.config.config import Config
from integrity.examine import hits_across
from integrity.globs import compile_globs
from integrity.model import Gap, Verdict
from integrity.policy import FileHits, Outcome, judge
from integrity.registry.loader import Registry
from integrity.result import Anchored
from integrity.rule import AcceptanceAudit, BaselineAudit, GateChange, Ignore, IgnoreAudit


def audited(
    audits: Sequence[IgnoreAudit | BaselineAudit | AcceptanceAudit | GateChange],
    texts: Mapping[str, str],
    config: Config,
    registry: Registry,
) -> Outcome:
    """What the rules about these audits find.

    Args:
        audits: what became of ignores and of the baseline.
        texts: the files the audits name, by path.
        config: whose selection and ignores hold for these findings, too.
        registry: the rules.
    """
    active = registry.select(config.select, config.extend_select, config.ignore)
    found = hits_across(audits, registry, active)
    files = []
    for path, hits in found.hits.items():
        lines = ["", *texts.get(path, "").split("\n")]
        anchors = (" ".join(lines[hit.span.line].split()) if hit.span.line < len(lines) else "" for hit in hits)
        files.append(FileHits(path, [Anchored(hit, text) for hit, text in zip(hits, anchors, strict=True)], ()))
    outcome = judge(files, config, registry, active)
    return outcome._replace(gaps=(*outcome.gaps, *(Gap(".", reason) for reason in found.failures)))


def joined(verdict: Verdict, outcome: Outcome) -> Verdict:
    """A verdict together with further findings, in order."""
    return msgspec.structs.replace(
        verdict,
        findings=tuple(sorted((*verdict.findings, *outcome.findings), key=lambda one: one.order)),
        gaps=tuple(sorted({*verdict.gaps, *outcome.gaps})),
        suppressed=verdict.suppressed + outcome.suppressed,
    )


def unused_ignores(config: Config, text: str, ignored: Sequence[tuple[str, str]], registry: Registry) -> list[Ignore]:
    """The selectors of the per-file ignores of a configuration file that silenced nothing in a whole scan.

    Args:
        config: as the file says, without what flags add.
        text: of the file.
        ignored: path and code of every finding that was silenced.
        registry: the rules; one that did not run leaves the ignores that name it alone.
    """
    active = registry.select(config.select, config.extend_select, config.ignore)
    optional = frozenset(loaded.rule.code for loaded in registry.rules if not loaded.rule.enabled)
    found = []
    for glob, selectors in config.per_file_ignores.items():
        matches = compile_globs([glob])
        silenced = {code for path, code in ignored if matches(path)}
        for selector in selectors:
            codes = registry.expand([selector])
            if codes & active and codes - optional <= active and not codes & silenced:
                found.append(Ignore(glob, selector, _line_of(text, glob)))
    return found


def _line_of(text: str, glob: str) -> int:
    """The line of a TOML text in which a glob is the key, 1 when it is spelt in a way that hides it."""
    return next((number for number, line in enumerate(text.split("\n"), 1) if _begins(line, glob)), 1)


def _begins(line: str, glob: str) -> bool:
    stripped = line.strip().replace("'", '"')
    quoted = '"' + glob.replace("\\", "\\\\") + '"'
    return any(stripped.startswith(key) for key in _keys(quoted)) or f"{{ {quoted}" in stripped


def _keys(quoted: str) -> Iterator[str]:
    yield quoted
    yield f"per-file-ignores.{quoted}"
