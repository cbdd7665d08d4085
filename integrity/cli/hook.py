"""`integrity hook`: judge one edit at the moment it is made."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from integrity.errors import ConfigError, IntegrityError
from integrity.hook.event import Edit, read_event

if TYPE_CHECKING:
    from integrity.model import Finding
    from integrity.registry.loader import Registry

_FAMILIES = ("COR", "DIF", "HAR", "TST")  # the others find nothing that an edit is refused for
_SUBJECTS = ("File", "Change")  # what an edit of one file is

PASSED, UNJUDGED, REFUSED = 0, 1, 2


@click.command("hook", short_help="Judge an edit of a coding agent or an editor.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Read this configuration file.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
def command(config: Path | None, isolated: bool) -> int:
    """Judge an edit, read as JSON from standard input, before or after it is made.

    Understands the events PreToolUse and PostToolUse of Claude Code for the tools Write, Edit and MultiEdit, and a
    plain form: {"path": ..., "before": ..., "after": ...}, null where there is no file. Exit codes: 0 the edit passes,
    or the event is about something else; 2 it is refused, with the reason on standard error and the decision on
    standard output; 1 it could not be judged, which refuses nothing.
    """
    try:
        return _judged(config, isolated=isolated)
    except IntegrityError as error:
        for line in error.lines:
            click.echo(f"integrity hook: the edit was not judged: {line}", err=True)
    except Exception as error:  # noqa: BLE001 - an exit code of 2 would refuse the edit
        text = " ".join(f"{type(error).__name__}: {error}".split())
        click.echo(f"integrity hook: the edit was not judged: internal error: {text}; please report it", err=True)
    return UNJUDGED


def _judged(config: Path | None, *, isolated: bool) -> int:
    edit = read_event(sys.stdin.buffer.read().decode("utf-8", "surrogateescape"), Path.cwd())
    if edit is None:
        return PASSED
    from integrity.hook.answer import answer
    from integrity.registry.loader import load as load_rules

    registry = load_rules(families=_FAMILIES, subjects=_SUBJECTS)
    found = _objections(edit, registry, config, isolated=isolated)
    said = answer(found, edit.event, registry)
    sys.stdout.write(said.document)
    if said.reason:
        click.echo(said.reason, err=True)
    return REFUSED if said.refused else PASSED


def _objections(edit: Edit, registry: Registry, file: Path | None, *, isolated: bool) -> tuple[Finding, ...]:
    """Why the edit is to be refused.

    Raises:
        IntegrityError: the configuration is wrong, or the repository cannot be read.
    """
    from integrity.cache import Cache
    from integrity.codeversion import code_version
    from integrity.config.config import code_faults, load
    from integrity.config.detect import detect
    from integrity.diff.compare import Terms
    from integrity.diff.looking import Looker
    from integrity.globs import compile_globs
    from integrity.hook.judge import cache_folder, committed, configured, objections, place_of
    from integrity.nested import above
    from integrity.registry.loader import load as load_rules

    place = place_of(Path(os.path.realpath(edit.path)))
    if place is None:
        return ()
    config = load(place.root, place.root, file, isolated=isolated) if file or isolated else configured(place)
    if code_faults(config, registry.codes):  # it speaks of rules of other families, or of none that exists
        registry = load_rules()
        faults = code_faults(config, registry.codes)
        if faults:
            raise ConfigError(faults)
    if compile_globs(config.exclude)(place.path):
        return ()
    config = detect(place.root, config, paths=above(place.path))
    before = committed(place) if edit.guessed else edit.before
    with Cache(cache_folder(place, config), code_version(registry)) as cache:
        return objections(place, before, edit.after, Terms(config, registry, Looker(registry, cache)))
