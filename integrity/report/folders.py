"""Folders as rows of a heat map: the tests in them by what became of them, and the findings."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from integrity.model import Census, Finding, Severity

ROWS = 40


@dataclass
class Folder:
    """A folder with everything below it that has no row of its own.

    Attributes:
        path: "" for the root.
        census: the tests in it.
        findings: numbers by severity.
        folders: the folders directly below that are part of it.
        partial: whether only some of the folders below it are part of it.
    """

    path: str
    census: Census = field(default_factory=Census)
    findings: dict[Severity, int] = field(default_factory=dict)
    folders: list[Folder] = field(default_factory=list)
    partial: bool = False

    @property
    def weight(self) -> int:
        """How much there is to see in it: tests that are not live, and serious findings."""
        serious = self.findings.get(Severity.CRITICAL, 0) + self.findings.get(Severity.HIGH, 0)
        return self.census.known - self.census.live + serious

    def add(self, other: Folder) -> None:
        """Take the numbers of another folder into this one's."""
        self.census += other.census
        for severity, number in other.findings.items():
            self.findings[severity] = self.findings.get(severity, 0) + number


def rows(census: Mapping[str, Census], findings: Iterable[Finding], limit: int = ROWS) -> list[Folder]:
    """The folders to show, the heaviest first; each number is in exactly one of them.

    Args:
        census: the tests in the files of each folder, those below it not included; the root is "." or "".
        findings: of the whole scan.
        limit: how many rows there may be; the heaviest folders are opened first.
    """
    own = _own(census, findings)
    tree = _tree(own)
    shown = {"": tree[""]}
    queue = [(-tree[""].weight, "")]
    while queue and len(shown) < limit:
        _, path = heapq.heappop(queue)
        inner = sorted(shown[path].folders, key=_order)
        opened, rest = inner[: limit - len(shown)], inner[limit - len(shown) :]
        if not opened:
            continue
        shown[path] = _remainder(own.get(path, Folder(path)), rest)
        for folder in opened:
            shown[folder.path] = folder
            heapq.heappush(queue, (-folder.weight, folder.path))
    return sorted((folder for folder in shown.values() if folder.census.known or folder.findings), key=_order)


def _order(folder: Folder) -> tuple[int, int, str]:
    return (-folder.weight, -folder.census.known, folder.path)


def _remainder(own: Folder, rest: Iterable[Folder]) -> Folder:
    """What stays in a folder's row when some of those below it got rows of their own."""
    row = Folder(own.path, own.census, dict(own.findings))
    for folder in rest:
        row.add(folder)
        row.partial = True
    return row


def _own(census: Mapping[str, Census], findings: Iterable[Finding]) -> dict[str, Folder]:
    """Every folder with the numbers of its own files."""
    named = (("" if path == "." else path, numbers) for path, numbers in census.items())
    own = {path: Folder(path, numbers) for path, numbers in named}
    for finding in findings:
        path = finding.path.rpartition("/")[0]
        numbers = own.setdefault(path, Folder(path)).findings
        numbers[finding.severity] = numbers.get(finding.severity, 0) + 1
    return own


def _tree(own: Mapping[str, Folder]) -> dict[str, Folder]:
    """Every folder with the sums of all below it, and the root."""
    tree: dict[str, Folder] = {"": Folder("")}
    for path, folder in sorted(own.items()):
        parent = None
        for above in _line(path):
            node = tree.get(above)
            if node is None:
                node = tree[above] = Folder(above)
                if parent is not None:
                    parent.folders.append(node)
            node.add(folder)
            parent = node
    return tree


def _line(path: str) -> Iterator[str]:
    """The root, and every folder from there down to a path."""
    yield ""
    for place, character in enumerate(path):
        if character == "/":
            yield path[:place]
    if path:
        yield path
