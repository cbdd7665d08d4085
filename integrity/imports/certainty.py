"""When a crash is certain though nobody knows what else has been loaded on the way.

Say that a module `a` is imported first; a line of its own imports `b`, which imports `c`, and so on to a last one that
asks `a` for a name that `a` binds further down. Whatever undecided branches load before that line: none of those
modules can have been loaded in full, for each needs the next one, and the last one fails as long as `a` has not come
so far. So it is enough that each of these imports runs whenever its module does.
"""

from __future__ import annotations

from integrity.facts.program import Import, Unbind
from integrity.imports.loading import Loader
from integrity.imports.values import Failure, Place


def is_certain(failure: Failure, loader: Loader, entry: str) -> bool:
    """Whether a module that is imported first cannot be imported, whichever way undecided branches go.

    Args:
        failure: how its import ends if those have loaded nothing.
        loader: what was loaded until then.
        entry: the name of the module.
    """
    chain = failure.trace
    if failure.kind != "ImportError" or failure.culprit != entry or not chain or chain[0].module != entry:
        return False
    if chain[0].path.endswith("/__init__.py") or any(one.module in loader.doubted_before for one in chain[1:]):
        return False
    return not _unbinds(chain[0], failure.name, loader) and all(_always_imports(one, loader) for one in chain)


def _unbinds(place: Place, name: str, loader: Loader) -> bool:
    return any(type(one) is Unbind and one.name == name for one in loader.sources.code(place.path).steps)


def _always_imports(place: Place, loader: Loader) -> bool:
    """Whether the line is an import that runs whenever its module does."""
    sites = loader.sources.programs[place.path].sites
    steps = [sites[one.site].span for one in loader.sources.code(place.path).steps if type(one) is Import]
    return any(span.line <= place.line <= (span.end_line or span.line) for span in steps)
