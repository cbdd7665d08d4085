"""Runs import-time programs: an interpreter for the few values that decide whether an import fails.

What is unknown never fails. Of a branch that nobody can decide on, every arm is gone through in doubt: names become
"maybe bound", and modules that it would load are tainted.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from integrity.facts.importtime import ALWAYS_BOUND
from integrity.facts.program import (
    Assign,
    Attribute,
    Call,
    Choice,
    Closure,
    Code,
    Def,
    Function,
    Group,
    Guard,
    If,
    Import,
    Imported,
    ImportSite,
    Literal,
    Name,
    Not,
    Perhaps,
    Raise,
    Return,
    Run,
    SetAttribute,
    Step,
    Texts,
    Try,
    Unbind,
    Value,
    Walrus,
    With,
)
from integrity.facts.program import (
    Class as ClassStep,
)
from integrity.imports.loading import Loader, Sources
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
    Place,
    RaisedError,
    UnknowableError,
)

_BY_NAME = frozenset({"getattr", "hasattr", "setattr"})
_DEEPEST_CALL = 30
_NEVER_RUN = int(Guard.TYPE_CHECKING | Guard.NEVER)
_LAZY = int(Guard.LAZY)


class Interpreter:
    """Imports modules of a repository into a fresh, simulated interpreter.

    Args:
        sources: the repository.
    """

    def __init__(self, sources: Sources) -> None:
        self.loader = Loader(sources, self._module)
        self._calls = 0
        self._strange = 0  # operations so far on values that nobody knows
        self._doubted: set[Func] = set()

    def enter(self, name: str, search: tuple[str, ...]) -> None:
        """Import a module as the first one.

        Raises:
            RaisedError: the import fails.
            UnknowableError: nobody can tell.
        """
        host = Module("", "", "", (), search, None)
        try:
            self.loader.load(name, host)
        except RecursionError:
            raise UnknowableError("nests too deep") from None

    def _module(self, module: Module, code: Code) -> None:
        self._in_frame(Frame(module, module.namespace, "module", code), code.steps)

    def _in_frame(self, frame: Frame, steps: Sequence[Step]) -> bool:
        """Run the body of a frame, which then stands in the traces; whether it returned."""
        module, stack = frame.module, self.loader.stack
        if stack:
            stack[-1] = (stack[-1][0], stack[-1][0].line)
        line = module.line
        stack.append((module, 0))
        try:
            return self._block(steps, frame)
        finally:
            stack.pop()
            module.line = line

    # Steps

    def _block(self, steps: Sequence[Step], frame: Frame) -> bool:
        """Run steps; whether a `return` ended them."""
        for number, step in enumerate(steps):
            self.loader.tick()
            if frame.doubtful and not self.loader.doubt:
                self._perhaps(steps[number:], frame)
                return False
            if self._STEPS[type(step)](self, step, frame):
                return True
        return False

    @contextmanager
    def _in_doubt(self) -> Iterator[None]:
        self.loader.doubt += 1
        try:
            yield
        finally:
            self.loader.doubt -= 1

    def _perhaps(self, steps: Sequence[Step], frame: Frame) -> None:
        """Go through steps that may not run."""
        with self._in_doubt():
            if self._block(steps, frame):
                frame.doubtful = True

    def _bind(self, name: str, value: object, frame: Frame) -> None:
        names = frame.names
        if frame.kind == "function" and name not in frame.local:
            names = self._owner(name, frame)
        if not self.loader.doubt:
            names[name] = value
        elif names.get(name, MAYBE) is MAYBE:
            names[name] = MAYBE
        else:
            names[name] = UNKNOWN

    def _owner(self, name: str, frame: Frame) -> dict[str, object]:
        """The namespace of a name that a function shares with what is around it."""
        outer = self._outer(name, frame)
        return outer.names if outer else frame.module.namespace

    def _outer(self, name: str, frame: Frame) -> Frame | None:
        """The frame around a function that a name belongs to, None when it is the module's."""
        if name in frame.shared:
            return None
        return next((one for one in frame.enclosing if name in one.local), None)

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
        if site.module == _DATACLASSES:
            for name, bound in site.names:
                if name == _DATACLASS:
                    self._bind(bound, Builtin(name), frame)

    def _import_in_doubt(self, site: ImportSite, frame: Frame) -> None:
        module = frame.module
        base = self.loader.sources.resolver.absolute(site.module, site.level, module.package)
        if base:
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
        if name == _DATACLASSES and value is UNKNOWN:
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
        if source.assumed and full not in self.loader.tainted:
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
            if found is None and full in self.loader.tainted:
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

    def _bind_maybe(self, name: str, frame: Frame) -> None:
        with self._in_doubt():
            self._bind(name, UNKNOWN, frame)

    def _assign(self, step: Assign, frame: Frame) -> bool:
        value = self._value(step.value, frame)
        for name in step.names:
            self._bind(name, value, frame)
        for name in step.unpacked:
            self._bind(name, UNKNOWN, frame)
        return False

    def _set_attribute(self, step: SetAttribute, frame: Frame) -> bool:
        assigned = self._value(step.assigned, frame)
        target = self._value(step.value, frame)
        if isinstance(target, Module):
            found = self.loader.attribute(target, step.name)
            doubtful = UNKNOWN if found is not None and found is not MAYBE else MAYBE
            self.loader.touch(target)
            self.loader.set_attribute(target, step.name, doubtful if self.loader.doubt else assigned)
        elif isinstance(target, Class):
            names = target.namespace
            if not self.loader.doubt:
                names[step.name] = assigned
            else:
                names[step.name] = UNKNOWN if names.get(step.name, MAYBE) is not MAYBE else MAYBE
        return False

    def _unbind(self, step: Unbind, frame: Frame) -> bool:
        names = frame.names
        if frame.kind == "function" and step.name not in frame.local:
            names = self._owner(step.name, frame)
        if self.loader.doubt:
            if step.name in names:
                names[step.name] = MAYBE
            return False
        found = names.pop(step.name, None)
        if found is None and frame.kind != "function" and not frame.module.open:
            frame.module.line = step.line
            self.loader.fail("NameError", f"name {step.name!r} is not defined", frame.module, name=step.name)
        return False

    def _run(self, step: Run, frame: Frame) -> bool:
        self._value(step.value, frame)
        return False

    def _if(self, step: If, frame: Frame) -> bool:
        for number, (test, body) in enumerate(step.arms):
            truth = _truth(self._value(test, frame))
            if truth:
                return self._block(body, frame)
            if truth is None:
                self._undecided(body, step.arms[number + 1 :], step.orelse, frame)
                return False
        return self._block(step.orelse, frame)

    def _undecided(
        self,
        body: Sequence[Step],
        arms: Sequence[tuple[Value, tuple[Step, ...]]],
        orelse: Sequence[Step],
        frame: Frame,
    ) -> None:
        self._perhaps(body, frame)
        with self._in_doubt():
            for test, other in arms:
                self._value(test, frame)
                self._perhaps(other, frame)
        self._perhaps(orelse, frame)

    def _try(self, step: Try, frame: Frame) -> bool:
        try:
            returned = self._try_body(step, frame)
        except RaisedError:
            if self._block(step.final, frame):
                return True
            raise
        return self._block(step.final, frame) or returned

    def _try_body(self, step: Try, frame: Frame) -> bool:
        foreign, strange = self.loader.foreign, self._strange
        try:
            returned = self._block(step.body, frame)
        except RaisedError as error:
            return self._handle(step, error, frame)
        for handler in step.handlers:
            imports_only = handler.catches and _IMPORT_ERRORS.issuperset(handler.catches)
            if self.loader.foreign > foreign or (self._strange > strange and not imports_only):
                self._perhaps(handler.body, frame)
        return returned or self._block(step.orelse, frame)

    def _handle(self, step: Try, error: RaisedError, frame: Frame) -> bool:
        failure = error.failure
        for handler in step.handlers:
            caught = failure.caught_by(handler.catches)
            if caught is None:
                raise UnknowableError("an exception is caught by a type nobody knows")
            if not caught:
                continue
            self.loader.masked.append((failure, Place(frame.module.name, frame.module.path, handler.line)))
            if handler.name:
                self._bind(handler.name, UNKNOWN, frame)
            frame.handled = failure
            returned = self._block(handler.body, frame)
            if handler.name:
                frame.names.pop(handler.name, None)
            return returned
        raise error

    def _with(self, step: With, frame: Frame) -> bool:
        for value in step.items:
            self._value(value, frame)
        for name in step.names:
            self._bind(name, UNKNOWN, frame)
        try:
            return self._block(step.body, frame)
        except RaisedError as error:
            caught = None if step.swallows is None else bool(step.swallows) and error.failure.caught_by(step.swallows)
            if caught is None:
                raise UnknowableError("a context manager may end an exception") from None
            if not caught:
                raise
            self.loader.masked.append((error.failure, Place(frame.module.name, frame.module.path, frame.module.line)))
            return False

    def _loop(self, step: Perhaps, frame: Frame) -> bool:
        for value in step.head:
            self._value(value, frame)
        self._perhaps(step.body, frame)
        return False

    def _def(self, step: Def, frame: Frame) -> bool:
        decorators = [self._value(one, frame) for one in step.decorators]
        signature = [self._value(value, frame) for value in step.signature]
        function = frame.code.functions[step.function]
        enclosing = (frame, *frame.enclosing) if frame.kind == "function" else frame.enclosing
        defaults = {} if self.loader.doubt else dict(zip(step.defaults, signature, strict=False))
        made = Func(function, frame.module, enclosing, defaults)
        self._bind(step.name, self._decorated(decorators, made, frame), frame)
        return False

    def _decorated(self, decorators: Sequence[object], value: object, frame: Frame) -> object:
        for decorator in reversed(decorators):
            value = self._call_value(decorator, [value], frame)
        return value

    def _class(self, step: ClassStep, frame: Frame) -> bool:
        decorators = [self._value(one, frame) for one in step.decorators]
        bases = [self._value(one, frame) for one in step.bases]
        for value in step.keywords:
            self._value(value, frame)
        enclosing = (frame, *frame.enclosing) if frame.kind == "function" else frame.enclosing
        inner = Frame(frame.module, {}, "class", frame.code, enclosing=enclosing)
        self._in_frame(inner, step.body)
        known = tuple(one for one in bases if isinstance(one, Class))
        unknown = len(known) < len(bases) or bool(step.keywords) or any(one.open for one in known)
        made = Class(step.name, frame.module, inner.names, known, unknown)
        self._announce(made)
        self._bind(step.name, self._decorated(decorators, made, frame), frame)
        return False

    def _announce(self, made: Class) -> None:
        """`type.__new__` tells the bases: `__init_subclass__`."""
        for base in made.bases:
            hook = base.find("__init_subclass__")
            if isinstance(hook, Func):
                self._call(hook, [made, *_ANY], ("*",))
                return

    def _return(self, step: Return, frame: Frame) -> bool:
        value = self._value(step.value, frame)
        frame.result = UNKNOWN if self.loader.doubt else value
        return True

    def _raise(self, step: Raise, frame: Frame) -> bool:
        frame.module.line = step.line
        self._value(step.value, frame)
        if self.loader.doubt:
            return False
        frame.module.line = step.line
        if not step.kind and step.value is None and frame.handled:
            raise RaisedError(frame.handled)
        known = isinstance(getattr(builtins, step.kind, None), type)
        if not known:
            raise UnknowableError("raises an exception of a type nobody knows")
        self.loader.fail(step.kind, "", frame.module)
        return False

    # Values

    def _value(self, value: Value, frame: Frame) -> object:
        if value is None:
            return UNKNOWN
        return self._VALUES[type(value)](self, value, frame)

    def _name(self, value: Name, frame: Frame) -> object:
        name = value.name
        if frame.kind == "function" and name in frame.local:
            return _known(frame.names[name]) if name in frame.names else self._unbound(value, frame, _UNBOUND_LOCAL)
        if frame.kind == "class" and name in frame.names:
            return _known(frame.names[name])
        outer = self._outer(name, frame)
        if outer:
            return _known(outer.names[name]) if name in outer.names else self._unbound(value, frame, _UNBOUND_FREE)
        return self._global(value, frame.module)

    def _global(self, value: Name, module: Module) -> object:
        """A name of the module, or a builtin."""
        name = value.name
        found = self.loader.attribute(module, name) if name not in ALWAYS_BOUND else module.namespace.get(name)
        if found is not None:
            return _known(found)
        if name in ALWAYS_BOUND:
            return Builtin(name) if not module.open else UNKNOWN
        if self.loader.doubt:
            return UNKNOWN
        module.line = value.line
        self.loader.fail("NameError", f"name {name!r} is not defined", module, name=name, culprit=self._early(module))
        return UNKNOWN

    def _unbound(self, value: Name, frame: Frame, error: tuple[str, str]) -> object:
        """A name of a function that has no value yet."""
        kind, text = error
        if not self.loader.doubt:
            frame.module.line = value.line
            self.loader.fail(kind, text.format(value.name), frame.module, name=value.name)
        return UNKNOWN

    def _early(self, module: Module) -> Module | None:
        """The module, when its function runs before its own code has come to the end."""
        active = [one for one, _ in self.loader.stack]
        return module if module.initializing and active.index(module) < len(active) - 1 else None

    def _attribute_of(self, value: Attribute, frame: Frame) -> object:
        target = self._value(value.value, frame)
        frame.module.line = value.line
        return self._attribute(target, value.name, frame)

    def _attribute(self, target: object, name: str, frame: Frame) -> object:
        if isinstance(target, Module):
            found = self._get(target, name)
            if found is not None:
                return _known(found)
            if self.loader.doubt:
                return UNKNOWN
            self._no_attribute(target, name, frame.module)
        if isinstance(target, Class):
            found = target.find(name)
            return _known(found) if isinstance(found, (Func, Class, Module)) else UNKNOWN
        if isinstance(target, Instance):
            found = target.kind.find(name)
            return Bound(found, target) if isinstance(found, Func) else UNKNOWN
        if isinstance(target, Builtin) and (target.name, name) == (_DATACLASSES, _DATACLASS):
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

    def _literal(self, value: Literal, frame: Frame) -> object:
        _ = frame
        return value.value if value.value is not None else NONE

    def _texts(self, value: Texts, frame: Frame) -> object:
        _ = frame
        return value.values

    def _group(self, value: Group, frame: Frame) -> object:
        for part in value.parts:
            self._value(part, frame)
        return UNKNOWN

    def _choice(self, value: Choice, frame: Frame) -> object:
        return self._CHOICES[value.kind](self, value.parts, frame)

    def _and(self, parts: Sequence[Value], frame: Frame) -> object:
        return self._until(False, parts, frame)

    def _or(self, parts: Sequence[Value], frame: Frame) -> object:
        return self._until(True, parts, frame)

    def _until(self, truth: bool, parts: Sequence[Value], frame: Frame) -> object:
        """The first part of that truth, else the last; from an undecided one on the rest is in doubt."""
        for number, part in enumerate(parts):
            found = self._value(part, frame)
            known = _truth(found)
            if known is truth or number == len(parts) - 1:
                return found
            if known is None:
                with self._in_doubt():
                    for other in parts[number + 1 :]:
                        self._value(other, frame)
                return UNKNOWN
        return UNKNOWN

    def _conditional(self, parts: Sequence[Value], frame: Frame) -> object:
        truth = _truth(self._value(parts[0], frame))
        if truth is not None:
            return self._value(parts[1 if truth else 2], frame)
        with self._in_doubt():
            self._value(parts[1], frame)
            self._value(parts[2], frame)
        return UNKNOWN

    def _maybe(self, parts: Sequence[Value], frame: Frame) -> object:
        self._value(parts[0], frame)
        with self._in_doubt():
            for part in parts[1:]:
                self._value(part, frame)
        return UNKNOWN

    def _equal(self, parts: Sequence[Value], frame: Frame) -> object:
        left, right = (self._value(part, frame) for part in parts)
        if isinstance(left, str) and isinstance(right, str):
            return left == right
        return UNKNOWN

    def _is_none(self, parts: Sequence[Value], frame: Frame) -> object:
        found = self._value(parts[0], frame)
        return found is NONE if found is not UNKNOWN else UNKNOWN

    def _last(self, parts: Sequence[Value], frame: Frame) -> object:
        found: object = UNKNOWN
        for part in parts:
            found = self._value(part, frame)
        return found

    def _not(self, value: Not, frame: Frame) -> object:
        truth = _truth(self._value(value.value, frame))
        return UNKNOWN if truth is None else not truth

    def _closure(self, value: Closure, frame: Frame) -> object:
        enclosing = (frame, *frame.enclosing) if frame.kind == "function" else frame.enclosing
        return Func(frame.code.functions[value.function], frame.module, enclosing)

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

    def _walrus(self, value: Walrus, frame: Frame) -> object:
        found = self._value(value.value, frame)
        self._bind(value.name, found, frame)
        return found

    # Calls

    def _call_step(self, value: Call, frame: Frame) -> object:
        function = self._value(value.function, frame)
        arguments = [self._value(one, frame) for one in value.arguments]
        frame.module.line = value.line
        return self._call_value(function, arguments, frame, value.keywords)

    def _call_value(
        self, function: object, arguments: list[object], frame: Frame, keywords: Sequence[str] = ()
    ) -> object:
        if isinstance(function, Func):
            return self._call(function, arguments, keywords)
        if isinstance(function, Bound):
            return self._call(function.function, [function.first, *arguments], keywords)
        if isinstance(function, Class):
            return self._instance(function, arguments, keywords)
        if isinstance(function, Builtin) and function.name in _BY_NAME:
            return self._by_name(function.name, arguments, frame)
        if isinstance(function, Builtin) and function.name == _DATACLASS:
            return self._dataclass(function, arguments)
        self._strange += 1
        if isinstance(function, Builtin) and function.name in _CALLING:
            self._hand_over(arguments)
        return UNKNOWN

    def _hand_over(self, arguments: Sequence[object]) -> None:
        """A builtin calls the functions that it is given, if it comes to that."""
        with self._in_doubt():
            for argument in arguments:
                if isinstance(argument, Func):
                    self._call(argument, _ANY, ("*",))

    def _dataclass(self, decorator: Builtin, arguments: Sequence[object]) -> object:
        """`dataclasses.dataclass`, applied to a class or called with its options first."""
        decorated = next((one for one in arguments if isinstance(one, Class)), None)
        if decorated is not None:
            decorated.data = True
        return decorated or decorator

    def _instance(self, kind: Class, arguments: list[object], keywords: Sequence[str]) -> object:
        made = Instance(kind)
        if kind.open:
            hook = kind.find("__init__")
            if isinstance(hook, Func):
                with self._in_doubt():
                    self._call(hook, [made, *_ANY], ("*",))
            return UNKNOWN
        for name in ("__new__", "__init__"):
            hook = kind.find(name)
            if isinstance(hook, Func):
                self._call(hook, [made if name == "__init__" else kind, *arguments], keywords)
        hook = kind.find("__post_init__") if kind.data else None
        if isinstance(hook, Func):
            self._call(hook, [made, *_ANY], ("*",))
        return made

    def _by_name(self, name: str, arguments: list[object], frame: Frame) -> object:
        target, wanted = (*arguments, UNKNOWN, UNKNOWN)[:2]
        if name == "setattr" or not isinstance(wanted, str) or not isinstance(target, Module):
            if isinstance(target, Module):
                target.open = True
            return UNKNOWN
        found = self._get(target, wanted)
        if name == "hasattr":
            return (
                UNKNOWN
                if found is MAYBE or (found is UNKNOWN and wanted not in target.namespace)
                else found is not None
            )
        if found is not None:
            return _known(found)
        if len(arguments) > 2:  # noqa: PLR2004 - getattr with a default
            return arguments[2]
        return self._attribute(target, wanted, frame)

    def _call(self, called: Func, arguments: Sequence[object], keywords: Sequence[str] = ()) -> object:
        """Run the body of a function; the last arguments are for the parameters that `keywords` names."""
        function = self._with_body(called)
        if function is None or function.body is None or function.deferred or self._calls > _DEEPEST_CALL:
            return UNKNOWN
        names = _given(function, called.defaults, arguments, keywords)
        code = called.module.full or called.module.code or Code()
        local, shared = frozenset(function.local), frozenset(function.shared)
        inner = Frame(called.module, names, "function", code, local, called.enclosing, shared=shared)
        if self.loader.doubt:
            if called in self._doubted:
                return UNKNOWN
            self._doubted.add(called)
        self._calls += 1
        try:
            returned = self._in_frame(inner, function.body)
        finally:
            self._calls -= 1
        if inner.doubtful:
            return UNKNOWN
        return _known(inner.result) if returned else NONE

    def _with_body(self, called: Func) -> Function | None:
        """The function with its body, which is fetched when it was left out."""
        function, module = called.function, called.module
        if function.body is not None or function.deferred:
            return function
        if module.full is None:
            module.full = self.loader.sources.full(module.path) or Code()
        same = (one for one in module.full.functions if one.line == function.line and one.name == function.name)
        return next(same, None)

    _STEPS: ClassVar[dict[type, Callable[[Interpreter, Any, Frame], bool]]] = {
        Import: _import,
        Assign: _assign,
        SetAttribute: _set_attribute,
        Unbind: _unbind,
        Run: _run,
        If: _if,
        Try: _try,
        With: _with,
        Perhaps: _loop,
        Def: _def,
        ClassStep: _class,
        Return: _return,
        Raise: _raise,
    }
    _VALUES: ClassVar[dict[type, Callable[[Interpreter, Any, Frame], object]]] = {
        Name: _name,
        Attribute: _attribute_of,
        Call: _call_step,
        Literal: _literal,
        Texts: _texts,
        Group: _group,
        Choice: _choice,
        Not: _not,
        Closure: _closure,
        Imported: _imported,
        Walrus: _walrus,
    }
    _CHOICES: ClassVar[dict[str, Callable[[Interpreter, Any, Frame], object]]] = {
        "and": _and,
        "or": _or,
        "if": _conditional,
        "maybe": _maybe,
        "==": _equal,
        "is None": _is_none,
        "last": _last,
    }


class _Nothing:
    """None, as a value that is known."""


NONE = _Nothing()
_ANY = (UNKNOWN,)  # with the keyword "*": arguments that nobody knows
_CALLING = frozenset({"map", "filter", "sorted", "min", "max", "iter"})
_DATACLASSES, _DATACLASS = "dataclasses", "dataclass"
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_CIRCULAR = "(most likely due to a circular import)"
_UNBOUND_LOCAL = (
    "UnboundLocalError",
    "cannot access local variable {!r} where it is not associated with a value"
    if sys.version_info >= (3, 11)
    else "local variable {!r} referenced before assignment",
)
_UNBOUND_FREE = (
    "NameError",
    "cannot access free variable {!r} where it is not associated with a value in enclosing scope"
    if sys.version_info >= (3, 11)
    else "free variable {!r} referenced before assignment in enclosing scope",
)
_NAMES_FILES = sys.version_info >= (3, 13)
_TELLS_SUBMODULES = sys.version_info >= (3, 11)


def _given(
    function: Function, defaults: Mapping[str, object], arguments: Sequence[object], keywords: Sequence[str]
) -> dict[str, object]:
    """The values of a function's parameters when it is called."""
    names = dict.fromkeys(function.parameters, cast("object", UNKNOWN))
    if "*" not in keywords:
        names.update((name, value) for name, value in defaults.items() if name in names)
    placed = len(arguments) - len(keywords)
    names.update(zip(function.parameters[: function.positional], arguments[:placed], strict=False))
    names.update((name, value) for name, value in zip(keywords, arguments[placed:], strict=False) if name in names)
    return names


def _known(value: object) -> object:
    return UNKNOWN if value is MAYBE else value


def _truth(value: object) -> bool | None:
    """Whether a value is true, None when nobody knows."""
    if isinstance(value, bool):
        return value
    if value is NONE:
        return False
    if isinstance(value, (str, tuple)):
        return bool(value)
    return True if isinstance(value, (Module, Func, Class, Builtin)) else None
