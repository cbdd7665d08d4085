"""What a repository's own files say about importing, as data; `declared` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrity.imports.wheel import Wheel

PROJECT_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})


@dataclass(frozen=True)
class Settings:
    """What the files of a repository say.

    Attributes:
        sources: folders that the projects name as homes of their packages, or pytest as `pythonpath`.
        packages: top-level import name to the folder that a build file maps it to.
        dependencies: import names that declared dependencies provide, lower case, sorted.
        scripts: the entry points of the projects' commands, as `module:function`.
        ignored: per folder with a `.gitignore` its patterns, "" for the root.
        compiled: dotted names of modules that a build makes from other languages.
        shipping: the texts of Dockerfiles and of files that say what a build leaves out, by path.
        wheels: what the projects list for their wheels.
    """

    sources: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shipping: Mapping[str, str] = field(default_factory=dict)
    compiled: tuple[str, ...] = ()
    wheels: tuple[Wheel, ...] = ()
