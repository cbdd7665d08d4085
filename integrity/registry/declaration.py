"""What a rule module must declare: reads one into a `LoadedRule`, or says everything that is wrong with it."""

from __future__ import annotations

import inspect
import re
import string
import sys
import typing
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from integrity import rule as interface
from integrity.model import Severity
from integrity.rule import VERDICTS, Example, Hit, Rule

if TYPE_CHECKING:
    from integrity.rule import (
        AcceptanceAudit,
        BaselineAudit,
        Change,
        Demands,
        File,
        GateChange,
        Harness,
        IgnoreAudit,
        ImportGraph,
        Structures,
        Suite,
        SuppressionAudit,
    )

    Subject = (
        type[File]
        | type[ImportGraph]
        | type[Demands]
        | type[Change]
        | type[GateChange]
        | type[AcceptanceAudit]
        | type[Suite]
        | type[Structures]
        | type[Harness]
        | type[SuppressionAudit]
        | type[IgnoreAudit]
        | type[BaselineAudit]
    )

_SUBJECTS = (
    *("File", "ImportGraph", "Demands", "Change", "Suite", "Structures", "Harness", "SuppressionAudit", "IgnoreAudit"),
    *("BaselineAudit", "GateChange", "AcceptanceAudit"),
)
_SECTIONS = ("Why it matters:", "Instead:")
_CODE = re.compile(r"[A-Z]{3}[0-9]{3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)+")
_FIELD_TYPES = {
    "code": str, "name": str, "severity": Severity, "message": str, "since": str,
    "restorable": bool, "explained_by": tuple, "enabled": bool, "verdict": str,
}  # fmt: skip
_TAKEN_FIELDS = frozenset(
    {"self", "span", "symbol", "severity", "related", "path", "trace", "verdict", "evidence", "fix"}
)  # parameters of `Rule.at`


@dataclass(frozen=True)
class LoadedRule:
    """A rule as its module declares it.

    Attributes:
        rule: the declaration.
        check: the generator function that finds.
        subject: the type of its parameter.
        documentation: the module's docstring.
        module: the module's dotted name.
        pack: the dotted name of the package it was found in.
        valid: examples in which it finds nothing.
        invalid: examples with marked findings.
    """

    rule: Rule
    check: Callable[[Any], Iterator[Hit]]
    subject: Subject
    documentation: str
    module: str
    pack: str
    valid: tuple[Example, ...]
    invalid: tuple[Example, ...]

    @property
    def summary(self) -> str:
        """What the rule finds: the first line of its documentation, without a full stop."""
        return self.documentation.partition("\n")[0].rstrip(".")


def declared(module: ModuleType, pack: str) -> LoadedRule | list[str]:
    """The rule that a module of a pack declares, or every fault of the declaration, one line each."""
    faults = [f"{module.__name__}: {fault}" for fault in _faults(module)]
    return faults or LoadedRule(
        rule=module.RULE,
        check=module.check,
        subject=_subjects(module.check)[0],
        documentation=(module.__doc__ or "").strip(),
        module=module.__name__,
        pack=pack,
        valid=tuple(map(_example, module.VALID)),
        invalid=tuple(map(_example, module.INVALID)),
    )


def clashes(modules: Iterable[ModuleType]) -> list[str]:
    """The faults that only show when all rules are seen together, one line each."""
    candidates = [(module.__name__, getattr(module, "RULE", None)) for module in modules]
    rules = [(name, rule) for name, rule in candidates if isinstance(rule, Rule) and not _wrong_types(rule)]
    return [*_duplicates(rules), *_explanations(rules)]


def _faults(module: ModuleType) -> Iterator[str]:
    yield from _documentation_faults(module)
    rule = getattr(module, "RULE", None)
    if isinstance(rule, Rule):
        yield from _rule_faults(rule)
    else:
        yield "RULE is missing or no Rule; write RULE = Rule(...)"
    yield from _check_faults(getattr(module, "check", None))
    code = str(getattr(rule, "code", ""))
    yield from _example_faults(module, code if _CODE.fullmatch(code) else "")


def _documentation_faults(module: ModuleType) -> Iterator[str]:
    if sys.flags.optimize > 1:  # Python itself took the docstrings away
        return
    text = (module.__doc__ or "").strip()
    if not text:
        yield "has no docstring; its first line says what the rule finds"
        return
    paragraphs = text.split("\n\n")
    if "\n" in paragraphs[0]:
        yield "the docstring's first line must be followed by a blank line"
    for section in _SECTIONS:
        if not any(paragraph.startswith(section) and paragraph != section for paragraph in paragraphs[1:]):
            yield f"the docstring has no paragraph that starts with {section!r}"


def _rule_faults(rule: Rule) -> Iterator[str]:
    wrong = _wrong_types(rule)
    yield from (f"RULE.{name} must be of type {_FIELD_TYPES[name].__name__}" for name in wrong)
    if wrong:
        return
    if not _CODE.fullmatch(rule.code):
        yield f"the code {rule.code!r} is not three capitals and three digits, as in 'COR001'"
    if not _NAME.fullmatch(rule.name):
        yield f"the name {rule.name!r} is not kebab-case, as in 'rule-name'"
    if not _VERSION.fullmatch(rule.since):
        yield f"since={rule.since!r} is not a version, as in '0.1.0'"
    if rule.verdict and rule.verdict not in VERDICTS:
        yield f"verdict={rule.verdict!r} is none of {', '.join(VERDICTS)}"
    yield from _message_faults(rule.message)


def _wrong_types(rule: Rule) -> list[str]:
    """The fields of a declaration that hold a value of another type than declared."""
    return [name for name, kind in _FIELD_TYPES.items() if not isinstance(getattr(rule, name), kind)]


def _message_faults(message: str) -> Iterator[str]:
    if not message.strip() or "\n" in message:
        yield "the message must be one line of text"
        return
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(message) if field is not None]
    except ValueError as error:
        yield f"the message {message!r} is no template for str.format: {error}"
        return
    for field in fields:
        name = re.split(r"[.\[]", field)[0]
        if not name.isidentifier():
            yield f"the message field {{{field}}} has no name; Rule.at fills fields by keyword"
        elif name in _TAKEN_FIELDS:
            yield f"the message field {{{field}}} can never be filled: Rule.at has a parameter of that name"


def _check_faults(check: object) -> Iterator[str]:
    if not inspect.isfunction(check):
        yield "check is missing or no function; write def check(file: File) -> Iterator[Hit]"
        return
    if not inspect.isgeneratorfunction(check):
        yield "check must be a generator: it yields hits instead of returning them"
    try:
        yield from _parameter_faults(check)
    except Exception as error:  # noqa: BLE001 - an annotation is any expression
        yield f"the annotations of check cannot be evaluated ({type(error).__name__}: {error}); import their names"


def _parameter_faults(check: Callable[..., object]) -> Iterator[str]:
    parameters = list(inspect.signature(check).parameters.values())
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    if len(parameters) != 1 or not positional:
        yield "check must have exactly one parameter, its subject"
    elif not _subjects(check):
        names = " or ".join(_SUBJECTS)
        yield f"the parameter {parameters[0].name!r} of check must be annotated with {names}"


def _subjects(check: Callable[..., object]) -> list[Subject]:
    """The subjects among the annotations of the parameters of `check`.

    Nearly all are the plain name of an imported class, for which evaluating annotations is ten times too slow.
    """
    names = [name for name in check.__annotations__ if name != "return"]
    hints: dict[str, Any] = {name: check.__globals__.get(hint, hint) for name, hint in check.__annotations__.items()}
    if any(isinstance(hints[name], str) for name in names):
        hints = typing.get_type_hints(check)
    return [hints[name] for subject in _SUBJECTS for name in names if _is_subject(hints[name], subject)]


def _is_subject(hint: object, name: str) -> bool:
    """Whether an annotation is the subject of this name; only then that is imported."""
    return getattr(hint, "__name__", "") == name and hint is getattr(interface, name)


def _example_faults(module: ModuleType, code: str) -> Iterator[str]:
    for name in ("VALID", "INVALID"):
        examples = getattr(module, name, None)
        if not isinstance(examples, (list, tuple)) or not examples:
            yield f"{name} must be a list with at least one source"
            continue
        for number, example in enumerate(examples):
            yield from (f"{name}[{number}] {fault}" for fault in _marking_faults(example, name, code))


def _marking_faults(example: object, name: str, code: str) -> Iterator[str]:
    source = example.source if isinstance(example, Example) else example
    if not isinstance(source, (str, bytes)):
        yield "is neither str, bytes nor an Example of these"
        return
    codes = {marked for _, marked in _example(example).marks}  # type: ignore[arg-type]
    if name == "VALID" and codes:
        yield f"marks a line with {', '.join(sorted(codes))}, but nothing is to be found in it"
    if name == "INVALID" and not ({code} & codes if code else codes):
        yield f"marks no line with # <- {code or 'CODE'}"


def _example(example: str | bytes | Example) -> Example:
    return example if isinstance(example, Example) else Example(example)


def _duplicates(rules: Iterable[tuple[str, Rule]]) -> Iterator[str]:
    users: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module, rule in rules:
        users["code", rule.code].append(module)
        users["name", rule.name].append(module)
    for (what, value), modules in sorted(users.items()):
        if len(modules) > 1:
            yield f"{', '.join(sorted(modules))}: the {what} {value!r} is used more than once"


def _explanations(rules: Sequence[tuple[str, Rule]]) -> Iterator[str]:
    explained_by = {rule.code: rule.explained_by for _, rule in rules}
    for module, rule in rules:
        missing = [code for code in rule.explained_by if code not in explained_by]
        yield from (f"{module}: is explained by {code!r}, which no loaded rule has" for code in missing)
        if _explains_itself(rule.code, {**explained_by, rule.code: rule.explained_by}):
            yield f"{module}: {rule.code} is explained by itself, directly or through others"


def _explains_itself(code: str, explained_by: dict[str, tuple[str, ...]]) -> bool:
    """Whether following `explained_by` from a code leads back to it."""
    seen: set[str] = set()
    ahead = list(explained_by[code])
    while ahead:
        current = ahead.pop()
        if current not in seen:
            seen.add(current)
            ahead += explained_by.get(current, ())
    return code in seen
