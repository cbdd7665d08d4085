"""An accepted finding: which rule, where, and why; and which findings of a change are accepted by which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from integrity.globs import compile_globs
from integrity.model import Finding

TRAILER = "Integrity-Accept"
_FORM = f"{TRAILER}: CODE path::test -- reason"
_TRAILER = re.compile(rf"^{TRAILER}[ \t]*:[ \t]*(?P<rest>.*)$", re.IGNORECASE | re.MULTILINE)
_CONTENT = re.compile(r"(?P<rule>[A-Za-z][\w-]*)[ \t]+(?P<target>\S.*?)[ \t]+--[ \t]*(?P<reason>\S.*)")
_SCISSORS = re.compile(r"^. -+ >8 -+$", re.MULTILINE)
_EVERYTHING = frozenset({"*", "**", "/", ".", "/*", "/**", "**/*", "./*"})


class Accepted(NamedTuple):
    """An acceptance.

    Attributes:
        code: of the rule.
        target: a path or a glob of paths, "::" and the name of a test behind it for that test alone.
        reason: why.
        origin: where it stands, for messages.
    """

    code: str
    target: str
    reason: str
    origin: str

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is meant."""
        path, _, symbol = self.target.partition("::")
        if finding.code != self.code or not compile_globs([f"/{path.lstrip('/')}"])(finding.path):
            return False
        wanted, own = symbol.replace("::", "."), finding.symbol
        return not wanted or own == wanted or own.startswith(f"{wanted}.")


def trailers(message: str, origin: str, codes: Mapping[str, str]) -> tuple[list[Accepted], list[str]]:
    """The acceptances in the message of a commit, and what is wrong with those that are not understood.

    Args:
        message: as git hands it to a hook or has stored it; comments and what stands below the scissors do not count.
        origin: where it stands, for messages.
        codes: every code and name of a rule, mapped to the code.
    """
    text = _SCISSORS.split(message.replace("\r\n", "\n"))[0]
    found: list[Accepted] = []
    faults: list[str] = []
    for match in _TRAILER.finditer(text):
        content = _CONTENT.fullmatch(match["rest"].strip())
        fault = _fault(content, codes)
        if content and not fault:
            found.append(Accepted(codes[content["rule"]], content["target"], content["reason"].strip(), origin))
        else:
            faults.append(f"{origin}: {match[0].strip()[:100]!r} accepts nothing: {fault}")
    return found, faults


def _fault(content: re.Match[str] | None, codes: Mapping[str, str]) -> str:
    if content is None:
        return f"write `{_FORM}`"
    return target_fault(content["target"]) or ("" if content["rule"] in codes else f"no rule {content['rule']!r}")


def target_fault(target: str) -> str:
    """What is wrong with the target of an acceptance, "" when nothing is."""
    if target.partition("::")[0].strip() in _EVERYTHING:
        return "it would accept everything; name a path"
    return ""


class Outcome(NamedTuple):
    """Findings held against acceptances.

    Attributes:
        standing: those that are not accepted.
        accepted: the others, each with what accepts it.
        unused: acceptances that no finding needs.
    """

    standing: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Accepted], ...]
    unused: tuple[Accepted, ...]


def hold(findings: Iterable[Finding], acceptances: Sequence[Accepted]) -> Outcome:
    """Sort findings into those that are accepted and the others."""
    standing, accepted = [], []
    for finding in findings:
        cover = next((one for one in acceptances if one.covers(finding)), None)
        if cover is None:
            standing.append(finding)
        else:
            accepted.append((finding, cover))
    needed = {cover for _, cover in accepted}
    return Outcome(tuple(standing), tuple(accepted), tuple(one for one in acceptances if one not in needed))
