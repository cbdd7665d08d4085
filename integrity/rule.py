"""The interface for rule authors: everything a rule module may import from the engine, besides the facts.

A rule module holds a docstring (its documentation), `RULE`, `VALID`, `INVALID`, and `check`, a pure generator whose
annotated parameter says which subject it asks for: `File`, `ImportGraph`, `Demands`, `Change`, `Suite`,
`Harness`, `SuppressionAudit`, `IgnoreAudit`, `BaselineAudit`, `AcceptanceAudit` or `GateChange`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from integrity.changes.model import Change
from integrity.errors import did_you_mean
from integrity.facts.model import Definition, FileFacts, Suppression
from integrity.model import Severity, Span

if TYPE_CHECKING:
    from integrity.collection.suite import Suite
    from integrity.facts.structure import Structure
    from integrity.harness.subject import Harness
    from integrity.imports.defects import Demands
    from integrity.imports.graph import ImportGraph

__all__ = [
    "FIXES",
    "SUSPENDED",
    "UNCHECKED",
    "VERDICTS",
    "AcceptanceAudit",
    "BaselineAudit",
    "Change",
    "Context",
    "Demands",
    "Evidence",
    "Example",
    "ExpiredEntry",
    "File",
    "GateChange",
    "Harness",
    "Hit",
    "Ignore",
    "IgnoreAudit",
    "ImportGraph",
    "Loosening",
    "Place",
    "Policy",
    "Rule",
    "StaleEntry",
    "Structures",
    "Suite",
    "SuppressionAudit",
    "did_you_mean",
]  # fmt: skip

_ELSEWHERE = {
    "Demands": "integrity.imports.defects",
    "Harness": "integrity.harness.subject",
    "ImportGraph": "integrity.imports.graph",
    "Suite": "integrity.collection.suite",
}


def __getattr__(name: str) -> object:
    """A subject that is about the whole repository, imported when a rule asks for it.

    Together they take as long to import as all else that the check of a single edit needs.
    """
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_ELSEWHERE[name]), name)
    return found


VERDICTS = ("hollow", "disabled", "uncollected", "lost")
"""What may become of a test, else it is live."""


UNCHECKED = "unchecked"
"""The premise of a hit that holds unless something in another file checks for the test."""

SUSPENDED = "suspended"
"""The premise of a hit that holds only if what looks like a check for the test, in another file, is none."""


FIXES = {"drop-suppression": True, "strict-xfail": False, "call": False, "untuple": False}
"""The repairs there are: by name whether they are safe, so that no run of the tests can tell the difference."""


class Policy(msgspec.Struct, frozen=True, array_like=True):
    """What the owners of a project ask of the tests of a file.

    Attributes:
        no_mocks: whether nothing in it may be a mock.
        no_mock_markers: marks of tests in which nothing may be a mock.
        required: base classes, and marks with an `@` in front, of which each test must have one.
        forbidden: dotted names of modules that it must not import.
    """

    no_mocks: bool = False
    no_mock_markers: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class Context(msgspec.Struct, frozen=True, array_like=True):
    """What a file's path and the configuration say about it; the only thing beside its content that rules may know.

    Attributes:
        test: whether it belongs to the tests (else it is production code).
        collected: whether the runner collects it by its name.
        data: whether it lies in a folder of test data or templates, which holds damaged code on purpose.
        accessor: whether it is configured as an accessor of the environment.
        python_classes: prefixes or globs of collected classes, as pytest's option of that name.
        python_functions: prefixes or globs of collected functions, likewise.
        minimum_python: the lowest Python the project supports, as in "3.10", "" when unknown.
        assertion_functions: globs of functions that are configured as assertions.
        strict_xfail: whether the runner fails a test that passes although it is expected to fail.
        policy: what the project asks of its tests.
    """

    test: bool = False
    collected: bool = False
    data: bool = False
    accessor: bool = False
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    minimum_python: str = ""
    assertion_functions: tuple[str, ...] = ()
    strict_xfail: bool = False
    policy: Policy = Policy()


class Place(NamedTuple):
    """A line of any file, with a remark."""

    path: str
    line: int
    message: str


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """What a change did, for findings about changes.

    Attributes:
        before: the source as it was, "" when there was none.
        after: the source as it is, "" when there is none.
        why: why it is serious, "" when the change may have a reason.
    """

    before: str = ""
    after: str = ""
    why: str = ""


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """What a rule found, before the engine adds the fingerprint.

    Attributes:
        code: of the rule.
        severity: how serious it is.
        message: what is wrong.
        span: where.
        symbol: the definition it lies in, "" at module level.
        related: lines of the same file that explain it, each with a remark.
        path: the file it lies in; "" for the file that the rule was given.
        trace: lines of any file that explain it, in order.
        verdict: what becomes of the tests that `symbol` names; "" when it spoils none. See `Rule.verdict`.
        fix: which of `FIXES` repairs it, "" for none; for `drop-suppression` with a colon and the codes to drop.
        evidence: what was there before and what is there now, for findings about changes.
        premise: what else must be true of the test that `symbol` and the line of `span` name: `UNCHECKED` or
            `SUSPENDED`, "" when nothing must.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    symbol: str = ""
    related: tuple[tuple[int, str], ...] = ()
    path: str = ""
    trace: tuple[Place, ...] = ()
    verdict: str = ""
    evidence: Evidence | None = None
    fix: str = ""
    premise: str = ""


@dataclass(frozen=True)
class Rule:
    """The declaration of a rule.

    Attributes:
        code: family and three digits, as in "COR001".
        name: kebab-case, unique.
        severity: the severity of its hits unless a hit says otherwise.
        message: a template for `str.format`, filled with the keyword arguments of `at`.
        since: the version that brought the rule.
        restorable: whether git history helps: an older version of the file holds what is lost.
        explained_by: codes of rules whose finding in the same file explains this one, which is then folded into it.
        enabled: whether it runs without being selected by its own code.
        verdict: what a hit makes of the tests that its symbol names, one of `VERDICTS`, "" when nothing: "hollow" ones
            cannot fail, "disabled" ones are never run, "uncollected" ones are found by no runner, "lost" ones stand in
            damaged text. The symbol is that of a test, of a class (all its tests), or "" (all tests of the file). A hit
            that is no certainty says `verdict=""`.
    """

    code: str
    name: str
    severity: Severity
    message: str
    since: str
    restorable: bool = False
    explained_by: tuple[str, ...] = ()
    enabled: bool = True
    verdict: str = ""

    def at(
        self,
        span: Span,
        *,
        symbol: str = "",
        severity: Severity | None = None,
        related: tuple[tuple[int, str], ...] = (),
        path: str = "",
        trace: tuple[Place, ...] = (),
        verdict: str | None = None,
        evidence: Evidence | None = None,
        fix: str = "",
        premise: str = "",
        **fields: object,
    ) -> Hit:
        """A hit at `span`, its message filled with `fields`.

        Raises:
            KeyError: the message names a field that was not given.
        """
        text = self.message.format(**fields)
        said = self.verdict if verdict is None else verdict
        level = severity or self.severity
        return Hit(self.code, level, text, span, symbol, related, path, trace, said, evidence, fix, premise)


@dataclass(frozen=True)
class File:
    """The subject of file rules: one file's facts and what its path says about it."""

    facts: FileFacts
    context: Context

    def qualified(self, definition: Definition) -> str:
        """The symbol of a definition, as findings name it."""
        return definition.qualname


@dataclass(frozen=True)
class Structures:
    """The subject of rules about structure: that of every file of production code.

    Attributes:
        files: by path, sorted.
        max_complexity: the greatest cyclomatic complexity that a function may have.
        min_maintainability: the least maintainability index that a file may have.
    """

    files: Mapping[str, Structure]
    max_complexity: int = 20
    min_maintainability: float = 10.0

    @property
    def problems(self) -> dict[str, str]:
        """Why the structure of a file is not known, by path."""
        return {path: f"structure: {one.problem}" for path, one in self.files.items() if one.problem}


@dataclass(frozen=True)
class SuppressionAudit:
    """The subject of rules about suppressions: the comments of one file and what became of them.

    Attributes:
        suppressions: every suppression comment of the file.
        used: per suppression (same order) the codes that silenced at least one finding.
        known: every code and name the registry knows, mapped to the code.
        active: the codes that ran and were selected, so that "unused" can be said of them.
    """

    suppressions: tuple[Suppression, ...]
    used: tuple[frozenset[str], ...]
    known: Mapping[str, str]
    active: frozenset[str]


class Ignore(NamedTuple):
    """One selector of one per-file ignore that silenced nothing.

    Attributes:
        glob: the files it is for.
        selector: a code, the beginning of one, a name, or "ALL".
        line: of the configuration file.
    """

    glob: str
    selector: str
    line: int


@dataclass(frozen=True)
class IgnoreAudit:
    """The subject of rules about per-file ignores.

    Attributes:
        path: of the configuration file.
        unused: the ignores of which a whole scan could tell that they silence nothing, in the order of the file.
    """

    path: str
    unused: tuple[Ignore, ...]


class ExpiredEntry(NamedTuple):
    """An entry of the acceptance file past its day: its line, what it accepted, and the day, as in "2030-12-31"."""

    line: int
    code: str
    target: str
    day: str


@dataclass(frozen=True)
class AcceptanceAudit:
    """The subject of rules about the acceptance file.

    Attributes:
        path: of the file.
        expired: the entries past their day, in the order of the file.
    """

    path: str
    expired: tuple[ExpiredEntry, ...]


class Loosening(NamedTuple):
    """Something in a change by which the check itself would find less.

    Attributes:
        path: of the file that was changed.
        line: in it; 1 when the file is gone.
        what: what was loosened, in words.
        grave: whether it lets anything through, and not one finding whose place is named.
    """

    path: str
    line: int
    what: str
    grave: bool


@dataclass(frozen=True)
class GateChange:
    """The subject of rules about what a change does to the check itself.

    Attributes:
        loosenings: in order of path and line.
    """

    loosenings: tuple[Loosening, ...]


class StaleEntry(NamedTuple):
    """An entry of a baseline that tolerates more than there is.

    Attributes:
        line: of the baseline, 1 when its layout hides it.
        code: of the rule.
        path: of the file it tolerates a finding in.
        symbol: the definition that finding lay in, "" at module level.
        missing: how many findings fewer there are than it counts.
    """

    line: int
    code: str
    path: str
    symbol: str
    missing: int


@dataclass(frozen=True)
class BaselineAudit:
    """The subject of rules about the baseline.

    Attributes:
        path: of the baseline.
        stale: the entries that no longer match, in the order of the file.
    """

    path: str
    stale: tuple[StaleEntry, ...]


_CODE = "[A-Z]{3}[0-9]{3}"
_MARK = re.compile(rf"[ \t]*#[ \t]*<-[ \t]*(?P<codes>{_CODE}(?:[ \t]*,[ \t]*{_CODE})*)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A source that a rule must flag, or must not.

    Attributes:
        source: the text, or bytes where the encoding matters; `# <- CODE` at the end of a line marks a finding's line
            and is removed before the source is analysed.
        context: what its path would say about it.
        files: further files of the same repository, path to text, for rules about the whole of it; marks count in
            these, too. The source itself is `example.py`.
        settings: what the configuration would hold, as the table `[tool.integrity]`.
        before: for rules about changes, the files as they were, path to text; marks in these show what is gone. A file
            that is not among `files` either is new, or gone.
    """

    source: str | bytes
    context: Context = field(default_factory=Context)
    files: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes to analyse: common indentation and marks removed."""
        return _MARK.sub("", self._text).encode("latin-1")

    @property
    def marks(self) -> list[tuple[int, str]]:
        """The expected (line, code) pairs, sorted."""
        own = _marks(self._text)
        others = (*self.others.values(), *self.former.values())
        return sorted([*own, *(mark for other in others for mark in other.marks)])

    @property
    def others(self) -> dict[str, Example]:
        """The further files as examples of their own."""
        return {path: Example(text, self.context) for path, text in self.files.items()}

    @property
    def former(self) -> dict[str, Example]:
        """The files as they were, as examples of their own."""
        return {path: Example(text, self.context) for path, text in self.before.items()}

    @property
    def shown(self) -> str:
        """The source as documentation shows it: common indentation removed, marks kept, undecodable bytes escaped."""
        text = self._text.encode("latin-1").decode("utf-8", "backslashreplace")
        if self.before:
            former = (f"# {path}, before\n{other.shown.strip()}\n" for path, other in self.former.items())
            now = [f"# example.py, after\n{text.strip()}\n"] if text.strip() else []
            text = "\n".join([*former, *now])
        others = (f"# {path}\n{other.shown.strip()}\n" for path, other in self.others.items())
        return "\n".join([*([text] if text.strip() or not self.files else []), *others])

    @property
    def _text(self) -> str:
        """The source with one character a byte, so that any bytes survive."""
        if isinstance(self.source, bytes):
            return self.source.decode("latin-1")
        return _dedent(self.source).encode().decode("latin-1")


def _marks(text: str) -> list[tuple[int, str]]:
    found = [
        (number, match["codes"]) for number, line in enumerate(text.split("\n"), 1) if (match := _MARK.search(line))
    ]
    return [(number, code.strip()) for number, codes in found for code in codes.split(",")]


def _dedent(source: str) -> str:
    """Remove the indentation of the first non-blank line from every line, and a leading newline."""
    text = source.removeprefix("\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(margin) for line in text.split("\n"))
