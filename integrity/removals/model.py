"""What is asked of a history, and what it answers."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Thing(NamedTuple):
    """Something that may have been there once.

    Attributes:
        paths: the files that it was, or that defined it.
        name: what they defined, "" for the files themselves.
    """

    paths: tuple[str, ...]
    name: str


class Removal(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A commit that took something away; a later one is greater.

    Attributes:
        time: when it was committed, in seconds since 1970.
        commit: its id.
        path: the file that it removed, or that no longer defines the name.
        blob: the content of the file before.
        heir: where the file was moved, or what the name was changed to; "" when nothing says that it was.
    """

    time: int
    commit: str
    path: str
    blob: str
    heir: str = ""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What a part of a history says about a thing.

    Attributes:
        removal: the last one, None when there is none, or none that is certain.
        versions: how many changes of the files it holds that can have removed a name.
        whole: whether all of them were looked at.
        unread: whether that is because some version is not there.
    """

    removal: Removal | None = None
    versions: int = 0
    whole: bool = True
    unread: bool = False
