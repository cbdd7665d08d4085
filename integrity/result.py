"""What examining one file yields; plain data that the cache stores and the policy reads."""

from __future__ import annotations

import msgspec

from integrity.facts.collection import DefinedTest
from integrity.facts.model import Suppression
from integrity.facts.verdicts import Open
from integrity.model import Census
from integrity.rule import Hit


class Anchored(msgspec.Struct, frozen=True, array_like=True):
    """A hit and the normalised text of its first line, from which its fingerprint is made."""

    hit: Hit
    anchor: str


class Result(msgspec.Struct, frozen=True, array_like=True):
    """What a scan needs to know of one file.

    Attributes:
        counted: whether the file is a unit of the score.
        hits: what the file rules found.
        suppressions: its suppression comments.
        census: its tests.
        gaps: why something could not be checked.
        defined: the functions named like tests of a file that belongs to the tests and is no data.
        lost: names of the tests in damaged text, unless the file is data.
        open: the tests of which other files decide whether anything checks for them.
        suspended: hits that hold only if nothing does.
        lasting: whether the result may be stored, because it follows from the content alone.
    """

    counted: bool
    hits: tuple[Anchored, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    census: Census = Census()
    gaps: tuple[str, ...] = ()
    lasting: bool = True
    defined: tuple[DefinedTest, ...] = ()
    lost: tuple[str, ...] = ()
    open: tuple[Open, ...] = ()
    suspended: tuple[Anchored, ...] = ()
