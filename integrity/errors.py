"""Errors a user can cause and can mend; each prints as one line and ends the command with exit code 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class IntegrityError(Exception):
    """What went wrong, where, and what to do next, in one line."""

    @property
    def lines(self) -> list[str]:
        """The lines to print on standard error, without a prefix."""
        return [" ".join(str(self).split())]


class TargetError(IntegrityError):
    """What was to be scanned cannot be: no such path, no such revision, not a repository, nothing to scan."""


class GitError(IntegrityError):
    """Git refused, is not installed, or answered what cannot be understood."""


class UnreadableError(IntegrityError):
    """One file's bytes cannot be had; the engine turns it into a gap."""


class FaultsError(IntegrityError):
    """Several faults of one kind, all reported at once.

    Args:
        faults: one line each; never empty.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)

    @property
    def lines(self) -> list[str]:
        """One line a fault."""
        return [" ".join(fault.split()) for fault in self.faults]


class ConfigError(FaultsError):
    """Unknown keys, wrong types, unknown rule codes, unreadable files: every fault of the configuration."""


class RuleError(FaultsError):
    """Rule modules that fail to import or declare themselves wrongly: every fault of every pack."""


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """The end of an error message that offers the closest of the known words, "" when none comes close."""
    from difflib import get_close_matches

    words = {word.casefold(): word for word in sorted(known)}
    close = get_close_matches(text.casefold(), words, n=1)
    return f"; did you mean {words[close[0]]!r}?" if close else ""
