"""Whether a class still has a test that it no longer defines itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from integrity.changes.model import Change, FilePair, Test

_DEPTH = 5


def is_inherited(change: Change, test: Test) -> bool:
    """Whether a base class of the class of a test that is gone defines a test of that name now."""
    owner, _, name = test.symbol.rpartition(".")
    files = [*change.files, *change.around.bases]
    todo = [(test.file, owner)]
    for _ in range(_DEPTH):
        todo = [found for file, one in todo for found in _bases(file, one, files)]
        if any(_defines(file, one, name) for file, one in todo):
            return True
    return False


def _bases(file: FilePair, owner: str, files: Iterable[FilePair]) -> Iterator[tuple[FilePair, str]]:
    """The files and names of the base classes of a class, as far as they are known."""
    for base in file.after.bases.get(owner, ()):
        module, _, last = base.rpartition(".")
        if base in file.after.bases or any(one.qualname.startswith(f"{base}.") for one in file.after.functions):
            yield file, base
        path = module.replace(".", "/")
        yield from ((one, last) for one in files if path and f"/{one.after_path}".endswith(f"/{path}.py"))


def _defines(file: FilePair, owner: str, name: str) -> bool:
    return any(one.qualname == f"{owner}.{name}" for one in file.after.functions)
