"""Finds the rules: imports every rule pack, refuses wrong declarations all at once, and resolves selections.

A pack is a package named by an entry point of the group `integrity.rules`; every module in it, at any depth, whose name
does not start with `_`, is a rule. Packs come from installed distributions only: configuration can never name one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from integrity.errors import ConfigError, RuleError, did_you_mean
from integrity.registry.declaration import LoadedRule, clashes, declared
from integrity.rule import Rule

if TYPE_CHECKING:
    from integrity.registry.declaration import Subject

__all__ = ["LoadedRule", "Registry", "load"]

GROUP = "integrity.rules"
BUILTIN = "integrity_rules"

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_ASKED = re.compile(rb"^def check\(\w+: (\w+)\)", re.MULTILINE)
_BY_OWN_NAME = 100  # outranks a prefix of any length


@dataclass(frozen=True)
class Registry:
    """Every rule of every installed pack.

    Attributes:
        rules: sorted by code.
        codes: every code and every name, mapped to the code.
        version: digest of the packs' files; another digest means that stored findings are out of date.
    """

    rules: tuple[LoadedRule, ...]
    codes: Mapping[str, str]
    version: str

    def for_subject(self, subject: Subject) -> tuple[LoadedRule, ...]:
        """The rules whose check asks for this subject."""
        return self._by_subject.get(subject, ())

    @cached_property
    def _by_subject(self) -> dict[Subject, tuple[LoadedRule, ...]]:
        subjects = dict.fromkeys(loaded.subject for loaded in self.rules)
        return {one: tuple(loaded for loaded in self.rules if loaded.subject is one) for one in subjects}

    def get(self, text: str) -> LoadedRule | None:
        """The rule with this code or name."""
        code = self.codes.get(text)
        return next((loaded for loaded in self.rules if loaded.rule.code == code), None)

    def select(
        self, select: Iterable[str], extend_select: Iterable[str] = (), ignore: Iterable[str] = ()
    ) -> frozenset[str]:
        """The codes that a selection leaves running.

        The closest selector decides, as in ruff: a code or name before a prefix, a longer prefix before a shorter one,
        "ALL" last; `ignore` wins a tie. A rule that is off by default needs its own code or name, or `extend_select`.

        Raises:
            ConfigError: with every selector that selects nothing.
        """
        chosen = {"select": tuple(select), "extend-select": tuple(extend_select), "ignore": tuple(ignore)}
        faults = [fault for where, selectors in chosen.items() for fault in self._unknown(where, selectors)]
        if faults:
            raise ConfigError(faults)
        selected = (
            loaded.rule.code
            for loaded in self.rules
            if _wanted(loaded.rule, chosen["select"], chosen["extend-select"]) > _closest(loaded.rule, chosen["ignore"])
        )
        return frozenset(selected)

    def expand(self, selectors: Iterable[str]) -> frozenset[str]:
        """The codes of all rules that any of the codes, prefixes, names or "ALL" stands for."""
        wanted = tuple(selectors)
        return frozenset(loaded.rule.code for loaded in self.rules if _closest(loaded.rule, wanted))

    def _unknown(self, where: str, selectors: Iterable[str]) -> list[str]:
        return [_unknown(where, text, {*self.codes, "ALL"}) for text in selectors if not self._stands(text)]

    def _stands(self, selector: str) -> bool:
        """Whether a selector stands for at least one rule."""
        return selector == "ALL" or any(_closeness(loaded.rule, selector) for loaded in self.rules)


def load(extra: Iterable[ModuleType] = (), families: Iterable[str] = (), subjects: Iterable[str] = ()) -> Registry:
    """The rules of every installed pack.

    Args:
        extra: further packs, already imported.
        families: of the builtin rules only those of these families, as in "TST", for whom start-up counts; all when
            none is given. Rules may then be explained by rules that are not among them.
        subjects: of the builtin rules only those whose check asks for one of these, as in "File"; likewise.

    Raises:
        RuleError: with every fault of every pack.
    """
    packs, faults = _packs()
    packs |= {package.__name__: package for package in extra}
    modules: list[tuple[str, ModuleType]] = []
    digest = hashlib.sha256()
    unwanted = _unwanted(families)
    asked = frozenset(subjects)
    for name, package in sorted(packs.items()):
        specs = [one for one in _specs(package.__path__, f"{name}.") if not unwanted(one.name)]
        _add_to_digest(digest, [spec for spec in (package.__spec__, *specs) if spec])
        found, missing = _modules(name, [one for one in specs if not (asked and _asks_for_another(one, asked))])
        modules += [(name, module) for module in found]
        faults += missing
    rules = _declared(modules, faults, whole=not (families or asked))
    codes = {key: loaded.rule.code for loaded in rules for key in (loaded.rule.code, loaded.rule.name)}
    return Registry(rules, codes, digest.hexdigest())


def _unwanted(families: Iterable[str]) -> Callable[[str], object]:
    """Tells the modules of builtin rules of other families by their names; of none when no family is given."""
    folders = "|".join(family.lower() for family in families)
    return re.compile(rf"{BUILTIN}\.(?!_|(?:{folders})(?:\.|$))" if folders else r"(?!)").match


def _declared(
    modules: Iterable[tuple[str, ModuleType]], faults: Iterable[str], *, whole: bool
) -> tuple[LoadedRule, ...]:
    """The rules that (pack, module) pairs declare, sorted by code; `whole` says whether they are all there are.

    Raises:
        RuleError: the faults given and found.
    """
    loaded: list[LoadedRule] = []
    everything = [*faults, *(clashes(module for _, module in modules) if whole else ())]
    for pack, module in modules:
        rule = declared(module, pack)
        if isinstance(rule, LoadedRule):
            loaded.append(rule)
        everything += _misplaced(rule) if isinstance(rule, LoadedRule) else rule
    if everything:
        raise RuleError(everything)
    return tuple(sorted(loaded, key=lambda one: one.rule.code))


def _packs() -> tuple[dict[str, ModuleType], list[str]]:
    """The installed packs by package name, and the faults of those that cannot be had."""
    points = {point.value.strip(): point for point in entry_points(group=GROUP)}
    packs: dict[str, ModuleType] = {}
    faults: list[str] = []
    for value, point in sorted(points.items()):
        package = _package(point, value)
        if isinstance(package, str):
            faults.append(package)
        else:
            packs[value] = package
    return packs, faults


def _package(point: EntryPoint, value: str) -> ModuleType | str:
    """The package that an entry point names, or why it cannot be had and what to do."""
    pack = f"rule pack {point.name!r}" + (f" of the distribution {point.dist.name!r}" if point.dist else "")
    remedy = "repair or uninstall the distribution"
    if not _DOTTED.fullmatch(value):
        return f"{pack}: its entry point {value!r} does not name a package; {remedy}"
    package = _imported(value)
    if isinstance(package, str):
        return f"{pack}: the package {value!r} cannot be imported ({package}); {remedy}"
    if not hasattr(package, "__path__"):
        return f"{pack}: {value!r} is a module, not a package of rule modules; {remedy}"
    return package


def _imported(name: str) -> ModuleType | str:
    """The module of a name, or what its import raised."""
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of strangers runs here
        return f"{type(error).__name__}: {error}"


def _specs(locations: Iterable[str], prefix: str) -> Iterator[ModuleSpec]:
    """Every module below a package, sorted by folder and name, without importing any."""
    places = list(locations)
    for finder, name, _ in iter_modules(places, prefix):
        spec = finder.find_spec(name, None)
        if spec is not None:
            yield spec
            yield from _specs(spec.submodule_search_locations or (), f"{name}.")
    for folder in _bare_folders(places):
        yield from _specs([str(folder)], f"{prefix}{folder.name}.")


def _bare_folders(locations: Iterable[str]) -> list[Path]:
    """The folders without `__init__.py`, which Python imports from all the same but does not list."""
    folders = [entry for location in locations for entry in _entries(Path(location)) if entry.name.isidentifier()]
    bare = [folder for folder in folders if folder.is_dir() and not (folder / "__init__.py").exists()]
    return sorted(folder for folder in bare if folder.name != "__pycache__")


def _entries(folder: Path) -> list[Path]:
    """What a folder holds; nothing when it is no folder or cannot be read, as `iter_modules` has it."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _modules(pack: str, specs: Iterable[ModuleSpec]) -> tuple[list[ModuleType], list[str]]:
    """The rule modules of a pack, and the faults of those that cannot be imported; a pack without any is a fault."""
    names = [spec.name for spec in specs if spec.submodule_search_locations is None]
    names = [name for name in names if not any(part.startswith("_") for part in name[len(pack) + 1 :].split("."))]
    outcomes = {name: _imported(name) for name in names}
    found = [outcome for outcome in outcomes.values() if isinstance(outcome, ModuleType)]
    faults = [
        f"{name}: cannot be imported ({outcome}); repair it or uninstall the rule pack {pack!r}"
        for name, outcome in outcomes.items()
        if isinstance(outcome, str)
    ]
    return found, faults if names else [f"rule pack {pack!r} holds no rule modules"]


def _misplaced(loaded: LoadedRule) -> list[str]:
    """A fault unless a builtin module is named as its rule is, in a folder named as its family is."""
    expected = f"{BUILTIN}.{loaded.rule.code[:3].lower()}.{loaded.rule.name.replace('-', '_')}"
    if loaded.pack != BUILTIN or loaded.module == expected:
        return []
    return [f"{loaded.module}: must be the module {expected}"]


def _asks_for_another(spec: ModuleSpec, subjects: Container[str]) -> bool:
    """Whether a builtin rule is about none of the subjects, which its text tells: to import it would import those."""
    asked = _ASKED.search(_content(spec)) if spec.name.startswith(f"{BUILTIN}.") else None
    return asked is not None and asked[1].decode() not in subjects


def _content(spec: ModuleSpec) -> bytes:
    """The text of a module, empty when it has no readable file."""
    get_data = getattr(spec.loader, "get_data", None)
    try:
        return bytes(get_data(spec.origin)) if get_data and spec.origin else b""
    except OSError:
        return b""


def _add_to_digest(digest: hashlib._Hash, specs: Iterable[ModuleSpec]) -> None:
    """Feed the names and contents of modules to a digest; a module without a readable file counts by its name."""
    for spec in specs:
        content = _content(spec)
        digest.update(f"{spec.name} {len(content)}\n".encode() + content)


def _wanted(rule: Rule, select: Iterable[str], extend_select: Iterable[str]) -> int:
    """How closely a rule is asked for, 0 when it is not."""
    selected = _closest(rule, select)
    if not rule.enabled and selected < _BY_OWN_NAME:
        selected = 0
    return max(selected, _closest(rule, extend_select))


def _closest(rule: Rule, selectors: Iterable[str]) -> int:
    return max((_closeness(rule, selector) for selector in selectors), default=0)


def _closeness(rule: Rule, selector: str) -> int:
    """How closely a selector stands for a rule: 0 not at all, 1 for "ALL", more for each letter of a prefix."""
    if selector in (rule.code, rule.name):
        return _BY_OWN_NAME
    if selector == "ALL":
        return 1
    return 1 + len(selector) if selector and rule.code.startswith(selector) else 0


def _unknown(where: str, text: str, known: Iterable[str]) -> str:
    return f"{where}: no rule has the code or name {text!r}{did_you_mean(text, known)}"
