"""The command group, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

import click

from integrity import __version__
from integrity.errors import IntegrityError

COMMANDS = (
    *("scan", "diff", "restore", "incident", "score", "history"),
    *("baseline", "lock", "hook", "explain", "rules", "init"),
)

CLEAN, FINDINGS, ERROR, INTERRUPTED = 0, 1, 2, 130
_BROKEN_PIPE = 141


class _Commands(click.Group):
    """Imports a command's module only when the command is asked for: start-up counts."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"integrity.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from integrity.errors import did_you_mean

            hint = did_you_mean(args[0], COMMANDS) or f"; there are {', '.join(COMMANDS)}"
            ctx.fail(f"no such command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="integrity %(version)s")
def group() -> None:
    """Find tests that have been made to lie.

    Exit codes: 0 clean, 1 findings at or above the failing severity or a gate not met, 2 usage, configuration or
    internal error, nothing scanned, or something could not be checked, 130 interrupted.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    _write_whatever_comes()
    try:
        code = group.main(arguments, prog_name="integrity", standalone_mode=False)
        sys.stdout.flush()
    except IntegrityError as error:
        return _fail(error.lines)
    except click.ClickException as error:
        return _refuse(error)
    except (KeyboardInterrupt, click.Abort):
        _fail(["interrupted; what was checked so far is in the cache"])
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the boundary: a traceback is not a message
        return _fail([_internal(error)])
    return code if isinstance(code, int) else CLEAN


def _write_whatever_comes() -> None:
    """Let streams escape what their encoding lacks, as the bars of a curve on Windows; closed ones swallow all."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    """A stream that swallows everything."""
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _fail(lines: Sequence[str]) -> int:
    for line in lines:
        click.echo(f"integrity: {line}", err=True)
    return ERROR


def _refuse(error: click.ClickException) -> int:
    """Say what is wrong in one line; a command without any argument shows its help instead."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        click.echo(error.format_message(), err=True)
        return ERROR
    return _fail([_one_line(error)])


def _one_line(error: click.ClickException) -> str:
    """Click's message with the command that helps."""
    message = " ".join(error.format_message().split()).rstrip(".")
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "integrity"
    return f"{message}{'' if message.endswith('?') else ';'} see `{path} --help`"


def _internal(error: Exception) -> str:
    """What failed and where, for a bug report; a full disk is none."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"cannot write: {(error.strerror or 'the disk is full').lower()}"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error: {text} ({place}); this is a bug, please report it with the command you ran"
