"""Puts the story together: the history, the state of every version, and everything that is needed to read both."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property

from integrity.engine import Scan
from integrity.errors import TargetError
from integrity.examination import Examination
from integrity.git.format import LINK_MODE, SUBMODULE_MODE
from integrity.git.grep import files_with
from integrity.git.log import Change, Log, read_log
from integrity.git.messages import read_messages
from integrity.git.objects import BlobReader, ObjectStore
from integrity.git.repository import Repository
from integrity.globs import compile_globs
from integrity.history.condition import Examiner
from integrity.incident.fates import told
from integrity.incident.harms import harms, markers
from integrity.incident.scripts import Hunt
from integrity.incident.story import Deed, Harm, Script, Story
from integrity.incident.survey import Survey, survey
from integrity.incident.tools import tools
from integrity.incident.waves import waves
from integrity.roles import Roles
from integrity.snapshot.readers import Entry, ReaderSpec
from integrity.snapshot.snapshot import SUFFIXES

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Assembly:
    """What a story is made from.

    Attributes:
        scan: of the head; its cache must be open.
        repository: where the history lies.
        since: a date (ISO 8601, UTC) or revision after which commits count, "" for all.
        paths: files and folders that count, relative to the root; none for all.
    """

    scan: Scan
    repository: Repository
    since: str = ""
    paths: Sequence[str] = ()

    def story(self) -> Story:
        """The story.

        Raises:
            TargetError: there is no such revision.
            GitError: git cannot read the history.
        """
        looked = survey(self._log, self._examiner, self._store, self._today, self._asked())
        found = told(looked, harms(self._log, looked))
        standing = [
            path for path, entry in looked.today.items() if (state := looked.states.get(entry)) and state.damaged
        ]
        return Story(
            head=self._head,
            commits=self._log.commits,
            waves=waves(self._deeds(found)),
            scripts=self._scripts(looked, markers(found)),
            examined=looked.examined,
            unread=looked.unread,
            standing=sorted(standing),
            since=self.since,
            notes=self._notes,
        )

    @cached_property
    def _head(self) -> str:
        return self.scan.snapshot.revision or self.repository.resolve("HEAD")

    @cached_property
    def _store(self) -> ObjectStore:
        return ObjectStore.of(self.repository)

    @cached_property
    def _log(self) -> Log:
        return read_log(self.repository, [self._head], SUFFIXES)

    @cached_property
    def _tree(self) -> dict[str, Entry]:
        """Every file of the head."""
        listed = self._store.tree(self._head)
        return {one.path: Entry(one.path, one.blob) for one in listed if one.mode not in {LINK_MODE, SUBMODULE_MODE}}

    @property
    def _today(self) -> Mapping[str, Entry]:
        """The Python files of the head."""
        return {path: entry for path, entry in self._tree.items() if path.endswith(SUFFIXES)}

    @cached_property
    def _examiner(self) -> Examiner:
        scan, limit = self.scan, self.scan.config.max_file_size
        reader = ReaderSpec(self.repository.root, limit, self.repository.object_format, self._store)
        examination = Examination(reader, scan.registry, scan.cache, scan.jobs, scan.progress, imports=False)
        return Examiner(examination, scan.config, Roles(scan.config, scan.snapshot.packages))

    def _asked(self) -> Callable[[Change], bool]:
        """Whether a change counts."""
        excluded = compile_globs(self.scan.config.exclude)
        orders = self._orders()
        wanted = {path: self._below(path) and not excluded(path) for path in self._log.paths()}
        return lambda change: wanted[change.path] and change.order in orders

    def _below(self, path: str) -> bool:
        return not self.paths or any(not one or path == one or path.startswith(f"{one}/") for one in self.paths)

    def _orders(self) -> frozenset[int] | range:
        """The places in the log of the commits that count."""
        if not self.since:
            return range(len(self._log.commits))
        moment = date_of(self.since)
        if moment is not None:
            return frozenset(order for order, one in enumerate(self._log.commits) if one.time >= moment)
        return frozenset(range(len(self._log.commits))) - self._ancestors(self._since())

    def _since(self) -> str:
        """The commit to begin after.

        Raises:
            TargetError: it is neither a date nor a revision.
        """
        try:
            return self.repository.resolve(self.since)
        except TargetError as error:
            raise TargetError(f"{self.since!r} is neither a date, as in 2025-09-06, nor a revision") from error

    def _ancestors(self, commit: str) -> set[int]:
        """The places in the log of a commit and of all before it.

        Raises:
            TargetError: the history does not hold it.
        """
        start = self._log.order_of(commit)
        if start is None:
            raise TargetError(f"{self.since} is not in the history of HEAD, so nothing can be told since then")
        found, todo = {start}, [start]
        while todo:
            parents = {self._log.order_of(parent) for parent in self._log.commits[todo.pop()].parents}
            fresh = [order for order in parents if order is not None and order not in found]
            found.update(fresh)
            todo += fresh
        return found

    def _deeds(self, found: Sequence[Harm]) -> list[Deed]:
        """The harms by commit, with what else its message says."""
        grouped: dict[int, list[Harm]] = {}
        for harm in found:
            grouped.setdefault(harm.order, []).append(harm)
        commits = self._log.commits
        messages = read_messages(self.repository, (commits[order].id for order in grouped))
        return [
            Deed(commit, tuple(sorted(done)), message, tools(commit, message))
            for order, done in grouped.items()
            for commit in [commits[order]]
            for message in [messages.get(commit.id)]
        ]

    def _scripts(self, looked: Survey, named: Mapping[str, int]) -> list[Script]:
        """The files whose live text names a marker."""
        mentioned = files_with(self.repository, self._head, named)
        others = [path for path in mentioned if not path.endswith(SUFFIXES)]
        log = read_log(self.repository, [self._head], SUFFIXES, others) if others else self._log
        with BlobReader(self._store) as blobs:
            hunt = Hunt(log, looked, named, blobs.read)
            return hunt.scripts([self._tree[path] for path in mentioned if path in self._tree])

    @property
    def _notes(self) -> list[str]:
        notes = []
        if self.repository.shallow:
            notes.append("the clone is shallow: damage done before its oldest commits is blamed on these; "
                         "`git fetch --unshallow` brings the rest")  # fmt: skip
        if self._log.complaint:
            notes.append(f"the history could not be read to its end ({self._log.complaint}): "
                         "`git fetch --refetch` may mend it")  # fmt: skip
        return notes


def date_of(text: str) -> float | None:
    """A date as in "2025-09-06" or "2025-09-06T12:00:00Z" (ISO 8601, UTC unless it says otherwise).

    Returns:
        Seconds since 1970; None when the text is no date, as a short id of digits alone is none.
    """
    if not _DATE.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
