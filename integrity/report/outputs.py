"""Which report goes where: `-o FORMAT:DEST`, and writing a report whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from integrity.errors import ConfigError, IntegrityError, did_you_mean
from integrity.model import Verdict
from integrity.report import census, concise, contract, github, statistics, text
from integrity.report.options import FILE_WIDTH, Options
from integrity.report.printable import printable

__all__ = ["FILE_WIDTH", "FORMATS", "Options", "Output", "deliver", "parse", "render", "write"]

STDOUT = "-"


@dataclass(frozen=True)
class Output:
    """A report that was asked for; without a destination it goes to standard output."""

    format: str
    destination: Path | None = None


def _sarif(verdict: Verdict, options: Options) -> str:
    from integrity.report import sarif, sarif_rules

    return sarif.render(verdict, [sarif_rules.describe(rule) for rule in options.rules])


def _rdjson(verdict: Verdict, _: Options) -> str:
    from integrity.report import rdjson

    return rdjson.render(verdict)


def _gitlab(verdict: Verdict, _: Options) -> str:
    from integrity.report import gitlab

    return gitlab.render(verdict)


def _junit(verdict: Verdict, options: Options) -> str:
    from integrity.report import junit

    return junit.render(verdict, options.failing)


def _markdown(verdict: Verdict, options: Options) -> str:
    from integrity.report import markdown

    return markdown.render(verdict, options)


def _csv(verdict: Verdict, _: Options) -> str:
    from integrity.report import table_csv

    return table_csv.render(verdict)


def _badge(verdict: Verdict, options: Options) -> str:
    from integrity.report import badge

    return badge.render(verdict, None if options.failures is None else bool(options.failures))


def _html(verdict: Verdict, options: Options) -> str:
    from integrity.report import html

    return html.render(verdict, options)


FORMATS: Mapping[str, Callable[[Verdict, Options], str]] = {
    "text": lambda verdict, options: text.render(
        verdict, width=options.width, color=options.color, mendable=options.mendable
    ),
    "concise": lambda verdict, _: concise.render(verdict),
    "json": lambda verdict, options: contract.render(verdict, options.command),
    "github": lambda verdict, _: github.render(verdict),
    "census": lambda verdict, _: census.render(verdict),
    "statistics": lambda verdict, _: statistics.render(verdict),
    "sarif": _sarif,
    "gitlab": _gitlab,
    "junit": _junit,
    "rdjson": _rdjson,
    "markdown": _markdown,
    "csv": _csv,
    "badge": _badge,
    "html": _html,
}
_DEFAULTS = Options()


def render(verdict: Verdict, format: str, options: Options = _DEFAULTS) -> str:  # noqa: A002 - the option's own name
    """The verdict in one of `FORMATS`.

    Raises:
        ConfigError: there is no such format.
    """
    if format not in FORMATS:
        raise ConfigError([_unknown(format)])
    return FORMATS[format](verdict, options)


def parse(specifications: Iterable[str]) -> list[Output]:
    """What `-o FORMAT:DEST` asks for; only the first colon separates, `-` or nothing means standard output.

    Raises:
        ConfigError: unknown formats, or several reports for one destination; every fault at once.
    """
    outputs = [_parse(specification) for specification in specifications]
    faults = [_unknown(output.format) for output in outputs if output.format not in FORMATS]
    places = Counter(printable(str(output.destination or "standard output")) for output in outputs)
    faults += [f"{number} reports for {place}, one is possible" for place, number in places.items() if number > 1]
    if faults:
        raise ConfigError(faults)
    return outputs


def deliver(verdict: Verdict, outputs: Iterable[Output], stdout: TextIO, options: Options = _DEFAULTS) -> None:
    """Render and write every report; `options` hold for standard output, files are never coloured.

    Raises:
        IntegrityError: a file cannot be written.
    """
    for output in outputs:
        if output.destination is None:
            _print(render(verdict, output.format, options), stdout)
        else:
            plain = replace(options, width=FILE_WIDTH, color=False)
            write(output.destination, render(verdict, output.format, plain))


def write(destination: Path, content: str) -> None:
    """Write a file as UTF-8, atomically; devices and pipes are written to directly.

    Raises:
        IntegrityError: it cannot be written; nothing is left behind, and what was there before stays.
    """
    try:
        _write(destination, content.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise IntegrityError(f"cannot write {printable(str(destination))}: {_reason(error, destination)}") from error
    except ValueError as error:  # a NUL in the name
        raise IntegrityError(f"cannot write {printable(str(destination))}: {error}") from error


def _parse(specification: str) -> Output:
    name, _, destination = specification.partition(":")
    return Output(name, Path(destination) if destination not in {"", STDOUT} else None)


def _unknown(name: str) -> str:
    hint = did_you_mean(name, FORMATS) or f"; there are {', '.join(FORMATS)}"
    return f"unknown output format {name!r}{hint}"


def _print(content: str, stdout: TextIO) -> None:
    """Write what the stream's encoding can hold, and escapes for the rest."""
    encoding = stdout.encoding or "utf-8"
    stdout.write(content.encode(encoding, "backslashreplace").decode(encoding))


def _reason(error: OSError, destination: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {printable(str(destination.parent))}"
    return (error.strerror or str(error)).lower()


def _write(path: Path, content: bytes) -> None:
    exists = path.exists()
    if exists and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if exists and not path.is_file():
        path.write_bytes(content)  # before any link is resolved: those of /dev/fd lead to no path
        return
    target = Path(os.path.realpath(path))  # a link keeps its place, what it points to is replaced
    _replace(target, content, stat.S_IMODE(target.stat().st_mode) if exists else None)


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    """Put a complete file in the place of `path`, with the permissions `mode` or those of a new file."""
    temporary = path.with_name(
        f".integrity-{os.getpid()}.tmp"
    )  # short: the name of the file may be the longest possible
    stream = temporary.open("xb")
    try:
        with stream:
            stream.write(content)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink()
        raise
