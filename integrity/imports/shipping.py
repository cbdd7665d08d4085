"""What a built artefact leaves out though its entry points import it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from integrity.facts.symbols import Use
from integrity.globs import compile_globs
from integrity.imports.dockerignore import decisive, patterns, taken
from integrity.imports.settings import Settings
from integrity.imports.wheel import Wheel

_INCLUDE = "#!include:"
Missing = Callable[[str], str]
"""Gives the rule that leaves a path out of an artefact, in words, "" when it is in."""


class Artefact(NamedTuple):
    """Something that is built and shipped.

    Attributes:
        name: what the configuration calls it.
        entry_points: dotted names or paths of what it runs.
        context: the folder that it is built from, "." for the root.
        dockerfile: path of the Dockerfile, relative to the root, "" for none.
        ignore: path of its `.dockerignore` or `.gcloudignore`, "" for that of Docker's rules.
    """

    name: str
    entry_points: tuple[str, ...]
    context: str = "."
    dockerfile: str = ""
    ignore: str = ""


class Unshipped(NamedTuple):
    """An import of a module that an artefact leaves out.

    Attributes:
        artefact: its name.
        path: the importing file, which is shipped.
        use: the import.
        target: the file that is left out.
        why: the rule that leaves it out.
    """

    artefact: str
    path: str
    use: Use
    target: str
    why: str


def unshipped(
    artefacts: Sequence[Artefact],
    settings: Settings,
    start: Callable[[str], str],
    imports: Callable[[str], Iterator[tuple[Use, str]]],
) -> Iterator[Unshipped]:
    """The files that an artefact lacks, each at the first import that leads to it, the outermost for each import.

    Args:
        artefacts: those of the configuration.
        settings: holds the texts of ignore files and Dockerfiles.
        start: the path of an entry point, "" when there is none.
        imports: the imports of a file with each file they run.
    """
    for artefact in artefacts:
        starts = [path for path in map(start, artefact.entry_points) if path]
        yield from _lacking(artefact.name, starts, left_out(artefact, settings), imports)


def unshipped_by_wheels(
    wheels: Sequence[Wheel], files: Sequence[str], imports: Callable[[str], Iterator[tuple[Use, str]]]
) -> Iterator[Unshipped]:
    """The files that a wheel lacks although what it ships imports them, likewise.

    Args:
        wheels: what the projects list.
        files: the modules that are production code.
        imports: the imports of a file with each file they run.
    """
    for one in wheels:
        place = one.project or "this project"
        yield from _lacking(f"the wheel of {place}", [path for path in files if one.ships(path)], one.lacks, imports)


def _lacking(
    name: str, starts: Sequence[str], missing: Missing, imports: Callable[[str], Iterator[tuple[Use, str]]]
) -> Iterator[Unshipped]:
    queue = list(starts)
    seen = set(queue)
    told: set[tuple[str, Use]] = set()
    for path in queue:
        for use, target in imports(path):
            if target in seen:
                continue
            seen.add(target)
            why = missing(target)
            if why and (path, use) not in told:
                told.add((path, use))
                yield Unshipped(name, path, use, target, why)
            elif not why:
                queue.append(target)


def left_out(artefact: Artefact, settings: Settings) -> Missing:
    """What an artefact leaves out; a file that is not there leaves nothing out."""
    texts = settings.shipping
    ignore = artefact.ignore or _ignore_of(artefact, texts)
    git = ignore.rpartition("/")[2] == ".gcloudignore"
    ignored = _by_git(ignore, settings) if git else _by_docker(ignore, texts.get(ignore, ""))
    copied = taken(texts[artefact.dockerfile]) if artefact.dockerfile in texts else bool
    prefix = "" if artefact.context == "." else f"{artefact.context}/"

    def why(path: str) -> str:
        inner = path[len(prefix) :]
        if not path.startswith(prefix):
            return f"it is outside the build context {artefact.context}"
        reason = ignored(inner)
        return reason or ("" if copied(inner) else f"no COPY or ADD of {artefact.dockerfile} takes it")

    return why


def _ignore_of(artefact: Artefact, texts: Mapping[str, str]) -> str:
    """The ignore file that Docker reads: the one named after the Dockerfile, else that of the context."""
    own = f"{artefact.dockerfile}.dockerignore"
    common = ".dockerignore" if artefact.context == "." else f"{artefact.context}/.dockerignore"
    return own if artefact.dockerfile and own in texts else common


def _by_docker(path: str, text: str) -> Missing:
    found = patterns(text)

    def why(inner: str) -> str:
        one = decisive(found, inner)
        return f"{path}:{one.line} `{one.text}` leaves it out" if one else ""

    return why


def _by_git(path: str, settings: Settings) -> Missing:
    lines = list(_gcloud_lines(path, settings))
    excluded = compile_globs(text for _, text in lines)

    def why(inner: str) -> str:
        if not excluded(inner):
            return ""
        alone = [(place, text) for place, text in lines if compile_globs([text])(inner)]
        return f"{alone[-1][0]} `{alone[-1][1]}` leaves it out" if alone else f"{path} leaves it out"

    return why


def _gcloud_lines(path: str, settings: Settings) -> Iterator[tuple[str, str]]:
    """The patterns of a `.gcloudignore` with their places, those of an included file in place."""
    folder = path.rpartition("/")[0]
    for number, line in enumerate(settings.shipping.get(path, "").splitlines(), 1):
        if line.startswith(_INCLUDE):
            included = f"{folder}/{line[len(_INCLUDE) :].strip()}".lstrip("/")
            for count, inner in enumerate(settings.shipping.get(included, "").splitlines(), 1):
                yield f"{included}:{count}", inner
        else:
            yield f"{path}:{number}", line
