"""Documentation as something to run: its files, commands and what those print, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

TOP = Path(__file__).parents[2]
_SCENE = re.compile(r"<!-- scene: (\w+) -->")
_NAMED = re.compile(r"# ([\w./-]+\.(?:py|toml|ya?ml|ini|cfg))\n")
_RUN = re.compile(r"^\s*(?:- )?(?:run|entry): (.+)$|^ +- ((?:pip|integrity) .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """A command, and the lines it must print; without any, what it prints does not matter."""

    line: str
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """A file to write."""

    path: str
    content: str


@dataclass
class Walkthrough:
    """A part of the documentation that is followed from its beginning.

    Attributes:
        name: the file and, for the README, the section.
        scene: the repository that it starts in.
        steps: files and commands in order.
    """

    name: str
    scene: str = "empty"
    steps: list[Command | File] = field(default_factory=list)


def walkthroughs() -> list[Walkthrough]:
    """Every page of the documentation and every section of the README that has a command in it."""
    pages = [page for page in sorted((TOP / "docs").rglob("*.md")) if page.parent.name != "rules"]
    found = [_walk(page.relative_to(TOP).as_posix(), _tokens(page)) for page in pages]
    found += [_walk(f"README.md {title}", tokens) for title, tokens in _sections(_tokens(TOP / "README.md"))]
    return [one for one in found if any(isinstance(step, Command) for step in one.steps)]


def blocks(language: str) -> list[str]:
    """Every block in a language."""
    pages = [*sorted((TOP / "docs").glob("*/*.md")), TOP / "README.md"]
    return [
        token.content
        for page in pages
        if page.parent.name != "rules"
        for token in _tokens(page)
        if token.type == "fence" and token.info == language
    ]


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))


def _sections(tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """The tokens below each heading of the second level."""
    title, found = "", list[Token]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            yield title, found
            title, found = tokens[place + 1].content, []
        found.append(token)
    yield title, found


def _walk(name: str, tokens: list[Token]) -> Walkthrough:
    walk = Walkthrough(name)
    for token in tokens:
        scene = _SCENE.search(token.content) if token.type == "html_block" else None
        if scene:
            walk.scene = scene[1]
        elif token.type == "fence":
            walk.steps += _steps(token.info, token.content)
    return walk


def _steps(language: str, content: str) -> Iterator[Command | File]:
    named = _NAMED.match(content)
    if named:
        yield File(named[1], content[named.end() :])
    if language == "console":
        yield from _commands(content)
    elif language == "yaml":
        yield from (Command(one[1] or one[2]) for one in _RUN.finditer(content))


def _commands(content: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        line, _, rest = part.partition("\n")
        yield Command(line, tuple(rest.rstrip("\n").split("\n")) if rest.strip() else ())
