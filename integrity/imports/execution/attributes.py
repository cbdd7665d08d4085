"""Attributes of modules, classes and instances."""

from __future__ import annotations

import sys

from integrity.imports.execution.constants import DATACLASS, DATACLASSES, known
from integrity.imports.execution.functions import Functions
from integrity.imports.values import (
    MAYBE,
    UNKNOWN,
    Bound,
    Builtin,
    Class,
    Frame,
    Func,
    Instance,
    Module,
    RaisedError,
)

_CIRCULAR = "(most likely due to a circular import)"
_NAMES_FILES = sys.version_info >= (3, 13)
_TELLS_SUBMODULES = sys.version_info >= (3, 11)


class Attributes(Functions):
    """The part of an interpreter that looks attributes up."""

    def _attribute(self, target: object, name: str, frame: Frame) -> object:
        if isinstance(target, Module):
            found = self._get(target, name)
            if found is not None:
                return known(found)
            if self.loader.doubt:
                return UNKNOWN
            self._no_attribute(target, name, frame.module)
        if isinstance(target, Class):
            found = target.find(name)
            return known(found) if isinstance(found, (Func, Class, Module)) else UNKNOWN
        if isinstance(target, Instance):
            found = target.kind.find(name)
            return Bound(found, target) if isinstance(found, Func) else UNKNOWN
        if isinstance(target, Builtin) and (target.name, name) == (DATACLASSES, DATACLASS):
            return Builtin(name)
        self._strange += 1
        return UNKNOWN

    def _no_attribute(self, target: Module, name: str, importer: Module) -> None:
        if "__getattr__" in target.namespace:
            self.loader.fail("AttributeError", "", importer, name=name, culprit=target)
        submodule = self.loader.modules.get(f"{target.name}.{name}")
        uninitialized = submodule is not None and submodule.initializing
        if target.initializing:
            where = f" from {target.path!r}" if _NAMES_FILES else ""
            text = f"partially initialized module {target.name!r}{where} has no attribute {name!r} {_CIRCULAR}"
        elif uninitialized and _TELLS_SUBMODULES:
            text = f"cannot access submodule {name!r} of module {target.name!r} {_CIRCULAR}"
        else:
            text = f"module {target.name!r} has no attribute {name!r}"
        culprit = submodule if uninitialized else target
        self.loader.fail("AttributeError", text, importer, name=name, culprit=culprit)

    def _get(self, module: Module, name: str) -> object | None:
        """The attribute of a module, its `__getattr__` asked for; None when there is none."""
        self.loader.touch(module)
        found = self.loader.attribute(module, name)
        hook = module.namespace.get("__getattr__")
        if found is not None or hook is None:
            return found
        if not isinstance(hook, Func) or self.loader.doubt:
            return MAYBE
        try:
            return self._call(hook, [name])
        except RaisedError as error:
            if error.failure.caught_by(("AttributeError",)):
                return None
            raise
