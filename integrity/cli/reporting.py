"""What reports may know beside the verdict, collected from the command line and the scan."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from integrity.cli.environment import use_color, width
from integrity.cli.exitcode import failures
from integrity.cli.options import Prepared
from integrity.errors import IntegrityError
from integrity.model import Verdict
from integrity.report.options import Options
from integrity.snapshot.snapshot import Snapshot


def report_options(prepared: Prepared, verdict: Verdict, options: dict[str, Any]) -> Options:
    """The options of every report of one scan.

    Args:
        prepared: the scan.
        verdict: its result.
        options: those of the command line; `color` and `allow_gaps` are looked at.
    """
    return Options(
        width=width(),
        color=use_color(options["color"]),
        project=prepared.snapshot.root.name,
        failures=failures(verdict, prepared.config, allow_gaps=options["allow_gaps"]),
        failing=prepared.config.fail_severity,
        rules=prepared.registry.rules,
        read=lambda paths: _contents(prepared.snapshot, paths),
    )


def _contents(snapshot: Snapshot, paths: Collection[str]) -> dict[str, bytes]:
    """The scanned files among `paths` that can still be read, by path."""
    found: dict[str, bytes] = {}
    with snapshot.reader.open() as reader:
        for entry in snapshot.entries:
            if entry.path in paths:
                try:
                    found[entry.path] = reader.read(entry)
                except IntegrityError:  # an excerpt less; what could not be checked is a gap of the verdict already
                    continue
    return found
