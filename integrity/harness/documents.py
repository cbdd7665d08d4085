"""YAML documents with the places of their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from integrity.harness.located import HarnessFileError, Located

if TYPE_CHECKING:
    import yaml


def compose(text: str) -> Node:
    """The first document of a text.

    Raises:
        HarnessFileError: it is not YAML, or nested too deeply to read.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = next(iter(yaml.compose_all(text, Loader=loader)), None)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise HarnessFileError(f"line {line}: {error.problem or 'not YAML'}") from None
    except yaml.YAMLError as error:
        raise HarnessFileError(" ".join(str(error).split())[:120]) from None
    except RecursionError:
        raise HarnessFileError("nested too deeply") from None
    return Node(root, text.split("\n"))


class Node:
    """A value of a document, or nothing: every question has an answer.

    Args:
        node: of PyYAML, None for nothing.
        lines: of the text.
    """

    def __init__(self, node: yaml.Node | None, lines: list[str]) -> None:
        self._node: Any = node
        self._lines = lines

    def __bool__(self) -> bool:
        return self._node is not None

    @property
    def kind(self) -> str:
        """What it is: "scalar", "sequence" or "mapping", "" for nothing."""
        return self._node.id if self._node is not None else ""

    @property
    def text(self) -> str:
        """The text of a scalar, "" for anything else."""
        return self._node.value if self.kind == "scalar" else ""

    @property
    def true(self) -> bool:
        """Whether it is the plain value true."""
        return self._plain and self.text.lower() in ("true", "yes", "on")

    @property
    def false(self) -> bool:
        """Whether it is the plain value false."""
        return self._plain and self.text.lower() in ("false", "no", "off")

    @property
    def _plain(self) -> bool:
        return self.kind == "scalar" and not self._node.style

    def __getitem__(self, key: str) -> Node:
        """The value of a key, nothing where there is none."""
        return next((value for name, value in self.items() if name == key), Node(None, self._lines))

    def items(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping."""
        if self.kind == "mapping":
            yield from ((str(key.value), Node(value, self._lines)) for key, value in self._node.value)

    def elements(self) -> Iterator[Node]:
        """The members of a sequence; a single value is a sequence of one."""
        if self.kind == "sequence":
            yield from (Node(one, self._lines) for one in self._node.value)
        elif self:
            yield self

    @property
    def line(self) -> int:
        """The line, from 1, on which it starts."""
        return self._node.start_mark.line + 1 if self._node is not None else 1

    @property
    def located(self) -> Located:
        """The text of a scalar with its place."""
        return Located(self.text, self.line, self._node.start_mark.column + 1 if self._node is not None else 1)

    def line_of(self, number: int) -> int:
        """The line of the file on which a line of the text stands, both from 1.

        Only in a literal block (`|`) do the two run side by side; a folded text is placed where it starts.
        """
        style = self._node.style if self.kind == "scalar" else None
        if style == "|":
            return self.line + number
        return self.line + 1 if style == ">" else self.line

    def column_of(self, line: int) -> int:
        """The column, from 1, at which a line of the file holds something."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(text) - len(text.lstrip()) + 1
