"""Import statements: `IMPORT_NAME`, `IMPORT_FROM`, star imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from integrity.facts.program import (
    Guard,
    Import,
    Imported,
    ImportSite,
)
from integrity.imports.execution.attributes import Attributes
from integrity.imports.execution.constants import DATACLASS, DATACLASSES
from integrity.imports.execution.machine import Steps, Values
from integrity.imports.values import (
    MAYBE,
    UNKNOWN,
    Builtin,
    Frame,
    Module,
    RaisedError,
)

_NEVER_RUN = int(Guard.TYPE_CHECKING | Guard.NEVER)
_LAZY = int(Guard.LAZY)


class Imports(Attributes):
    """The part of an interpreter that imports."""

    def _import(self, step: Import, frame: Frame) -> bool:
        module = frame.module
        site = cast("Any", module.program).sites[step.site]
        if site.guard & _NEVER_RUN:
            return False
        module.line = site.span.line
        if site.guard & _LAZY or (module.path, step.site) in self.loader.sources.cut:
            self._bind_unknown(site, frame)
        elif self.loader.doubt:
            self._import_in_doubt(site, frame)
        elif site.names:
            self._import_from(site, step.site, frame)
        else:
            self._import_plain(site, step.site, frame)
        return False

    def _bind_unknown(self, site: ImportSite, frame: Frame) -> None:
        names = [bound for _, bound in site.names] or [site.bound or site.module.partition(".")[0]]
        for name in names:
            if name == "*":
                frame.module.open = True
            else:
                self._bind(name, UNKNOWN, frame)

    def _bind_foreign(self, site: ImportSite, frame: Frame) -> None:
        """Bind what comes from a module that is not the repository's."""
        self._bind_unknown(site, frame)
        if site.module == DATACLASSES:
            for name, bound in site.names:
                if name == DATACLASS:
                    self._bind(bound, Builtin(name), frame)

    def _import_in_doubt(self, site: ImportSite, frame: Frame) -> None:
        module = frame.module
        base = self.loader.sources.resolver.absolute(site.module, site.level, module.package)
        if base:
            located = self.loader.sources.resolver.locate_on(base, module.search)
            self.loader.perilous += located.found and located.path not in self.loader.sources.alone
            self.loader.taint(base, module)
            for name, _ in site.names:
                self.loader.taint(f"{base}.{name}", module)
        self._bind_unknown(site, frame)

    def _absolute(self, site: ImportSite, index: int, module: Module) -> str:
        name = self.loader.sources.resolver.absolute(site.module, site.level, module.package)
        if name is None:
            known = "beyond top-level package" if module.package else "with no known parent package"
            self.loader.fail("ImportError", f"attempted relative import {known}", module, name=site.module, site=index)
        return cast("str", name)

    def _import_plain(self, site: ImportSite, index: int, frame: Frame) -> None:
        module = frame.module
        name = site.module
        found = self.loader.load(name, module, index)
        top, *rest = name.split(".")
        value = self.loader.load(top, module, index)
        if name == DATACLASSES and value is UNKNOWN:
            value = Builtin(name)
        if not site.bound:
            self._bind(top, value, frame)
            return
        for part in rest:  # IMPORT_FROM, as `import a.b as c` compiles to
            if found is UNKNOWN or not isinstance(value, Module):
                value = UNKNOWN
                break
            value = self._imported_name(value, part, module, index)
        self._bind(site.bound, value, frame)

    def _import_from(self, site: ImportSite, index: int, frame: Frame) -> None:
        module = frame.module
        base = self._absolute(site, index, module)
        source = self.loader.load(base, module, index)
        if not isinstance(source, Module):
            self._bind_foreign(site, frame)
            return
        for name in self._asked(source, site):
            self._handle_from(source, name, module, index)
        for name, bound in site.names:
            if name == "*":
                self._import_star(source, frame)
            else:
                self._bind(bound, self._imported_name(source, name, module, index), frame)

    def _asked(self, source: Module, site: ImportSite) -> Sequence[str]:
        """The names that an import asks for; for a star those in `__all__`."""
        if site.names[0][0] != "*":
            return [name for name, _ in site.names]
        exported = self.loader.attribute(source, "__all__")
        return exported if isinstance(exported, tuple) else ()

    def _handle_from(self, source: Module, name: str, importer: Module, index: int) -> None:
        """`importlib._bootstrap._handle_fromlist`: import submodules that are asked for by name."""
        if not source.folders:
            return
        found = self._get(source, name)
        full = f"{source.name}.{name}"
        if found is MAYBE or found is UNKNOWN:
            if name not in source.namespace or found is MAYBE:
                self._load_perhaps(source, full, importer)
        elif found is None:
            try:
                self.loader.load(full, importer, index)
            except RaisedError as error:
                if error.failure.kind != "ModuleNotFoundError" or error.failure.name != full:
                    raise

    def _load_perhaps(self, source: Module, full: str, importer: Module) -> None:
        """A submodule of a module of which nobody knows whether it has the name itself."""
        if source.assumed and not self.loader.is_tainted(full):
            located = self.loader.sources.resolver.locate_on(full, importer.search)
            if located.found and not source.open:
                self.loader.load(full, importer)
                return
        self.loader.taint(full, importer)

    def _imported_name(self, source: Module, name: str, importer: Module, index: int) -> object:
        """`IMPORT_FROM`: the attribute, else the module of that name in `sys.modules`."""
        found = self._get(source, name)
        if found is None:
            full = f"{source.name}.{name}"
            found = self.loader.modules.get(full)
            if found is None and self.loader.is_tainted(full):
                found = UNKNOWN
        if found is not None:
            return UNKNOWN if found is MAYBE else found
        partially = "partially initialized module " if source.initializing else ""
        place = source.path or "unknown location"
        hint = "(most likely due to a circular import) " if partially else ""
        text = f"cannot import name {name!r} from {partially}{source.name!r} {hint}({place})"
        located = self.loader.sources.resolver.locate_on(f"{source.name}.{name}", importer.search)
        if located.kind is not located.kind.MISSING and not located.found and source.folders:
            return UNKNOWN
        self.loader.fail("ImportError", text, importer, name=name, site=index, culprit=source)
        return UNKNOWN

    def _import_star(self, source: Module, frame: Frame) -> None:
        source.asked.add("*")
        self.loader.touch(source)
        exported = self.loader.attribute(source, "__all__") if "__all__" in source.namespace else None
        if isinstance(exported, tuple):
            for name in exported:
                self._bind(name, self._attribute(source, name, frame), frame)
            return
        if exported is not None:
            for name in source.namespace:
                self._bind_maybe(name, frame)
            frame.module.open = True
            return
        for name, value in {**source.namespace, **self.loader.attached.get(source.name, {})}.items():
            if name.startswith("_"):
                continue
            if value is MAYBE:
                self._bind_maybe(name, frame)
            else:
                self._bind(name, value, frame)
        frame.module.open = frame.module.open or source.open

    def _imported(self, value: Imported, frame: Frame) -> object:
        module = frame.module
        site = cast("Any", module.program).sites[value.site] if value.site >= 0 else frame.code.calls[-1 - value.site]
        module.line = site.span.line
        if self.loader.doubt:
            self.loader.taint(site.module, module)
            return UNKNOWN
        name = self._absolute(site, value.site, module)
        if (module.path, value.site) in self.loader.sources.cut:
            return UNKNOWN
        found = self.loader.load(name, module, value.site)
        return self.loader.load(name.partition(".")[0], module, value.site) if value.top else found

    steps: ClassVar[Steps] = {
        Import: _import,
    }
    values: ClassVar[Values] = {
        Imported: _imported,
    }
