"""Find tests that have been made to lie, name the commit that did it, and bring the tests back.

Data flows one way, and each arrow is one module's job:

    snapshot -> source -> facts -> rules -> findings -> policy -> score -> verdict -> report

`git` and `snapshot` list what is there, `source` turns bytes into text, `facts` describes one file as plain data,
`rule` is the interface of the rules (which live in the package `integrity_rules` and in third-party packs), `registry`
finds them, `engine` runs them over a snapshot with `workers` and `cache`, `policy` applies configuration and
suppressions, `score` does the arithmetic, `report` renders, `cli` is the command line.
"""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Read the version only when asked for: the metadata look-up costs more than the rest of this package."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("test-integrity")
    except PackageNotFoundError:
        return "0+unknown"
