"""The documentation tells the truth: every command in it runs, and prints what it says."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from integrity.registry.loader import load
from tests.support.environment import inherited, without_git
from tests.support.repository import IDENTITY, ISOLATION, GitRepository, create
from tests.support.walkthrough import TOP, Command, File, Walkthrough, blocks, walkthroughs

HEALTHY = """\
from app.orders import total


def test_total():
    assert total([1, 2]) == 3


def test_empty():
    assert total([]) == 0
"""
CART = "def test_cart():\n    cart = [1]\n    assert len(cart) == 1\n"
FILES: dict[str, str | bytes] = {
    "app/__init__.py": "",
    "app/orders.py": "def total(prices):\n    return sum(prices)\n",
    "tests/test_orders.py": HEALTHY,
    "tests/test_cart.py": CART,
}


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """An empty repository."""
    made = create(tmp_path / "shop")
    made.git("checkout", "--quiet", "-B", "main")
    return made


def empty(_: GitRepository) -> None:
    """Nothing but what the documentation writes."""


def damaged(repository: GitRepository) -> None:
    """A tool commented a test module out, and the branch moved on."""
    repository.commit(FILES, "shop")
    commented = "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" for line in CART.split("\n") if line)
    repository.commit({"tests/test_cart.py": commented}, "fix syntax")
    repository.commit({"app/orders.py": "def total(prices):\n    return float(sum(prices))\n"}, "floats")


def change(repository: GitRepository) -> None:
    """A branch on which a test was weakened after a release."""
    repository.commit(FILES, "shop")
    repository.git("tag", "v1")
    repository.git("checkout", "--quiet", "-b", "work")
    weakened = HEALTHY.replace("assert total([1, 2]) == 3", "assert total([1, 2])")
    repository.commit({"tests/test_orders.py": weakened}, "make it green")


SCENES = {"empty": empty, "damaged": damaged, "change": change}


@pytest.mark.parametrize("walk", walkthroughs(), ids=lambda walk: walk.name)
def test_every_command_of_the_documentation_runs(walk: Walkthrough, repository: GitRepository) -> None:
    """In a real repository, one after the other: exit codes 0 and 1 are answers, anything else is a fault."""
    SCENES[walk.scene](repository)
    for step in walk.steps:
        if isinstance(step, File):
            repository.write(step.path, step.content)
        else:
            follow(step, repository.path)


def follow(command: Command, folder: Path) -> None:
    """Run a command as its reader would: at a terminal, agreeing to what is asked; `make` says what it would do."""
    line = command.line
    if line.startswith("make "):
        line = line.replace("make ", f"make --dry-run -C {TOP} ", 1)
    if line.endswith(" --message"):
        line += " .git/COMMIT_EDITMSG"  # as pre-commit hands it to a commit-msg hook
    programs = os.pathsep.join((sysconfig.get_path("scripts"), *inherited(["PATH"]).values()))
    keyboard, terminal = os.openpty()
    os.write(keyboard, b"y\n")
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, stdin=terminal, capture_output=True, text=True, check=False,
        env={**without_git(), **ISOLATION, **IDENTITY, "PATH": programs},
    )  # fmt: skip
    os.close(keyboard)
    os.close(terminal)
    said = f"{command.line}\n{done.stdout}\n{done.stderr}"
    assert done.returncode in {0, 1}, said
    assert "Traceback" not in done.stderr, said
    if command.expected:
        assert done.stdout.rstrip("\n").split("\n") == list(command.expected), said


def test_there_is_something_to_run() -> None:
    """The README and every guide; a page without commands would pass the test above unseen."""
    names = {walk.name.partition(" ")[0] for walk in walkthroughs()}
    guides = {page.relative_to(TOP).as_posix() for page in (TOP / "docs" / "guides").glob("*.md")}
    assert names >= (guides - {"docs/guides/rule.md"}) | {"README.md"}


@pytest.mark.parametrize("content", [content for content in blocks("toml") if "[tool.integrity" in content])
def test_every_configuration_of_the_documentation_is_valid(content: str, repository: GitRepository) -> None:
    """Read by the program itself, which refuses unknown keys."""
    repository.write("pyproject.toml", content)
    follow(Command("integrity scan --show-settings"), repository.path)


@pytest.mark.parametrize("content", blocks("yaml"))
def test_every_yaml_of_the_documentation_is_yaml(content: str) -> None:
    """As pre-commit and CI servers read it."""
    assert yaml.safe_load(content)


def test_every_rule_has_a_page() -> None:
    """In the index, and with both examples."""
    sys.path.insert(0, str(TOP / "docs"))
    try:
        from rule_pages import pages  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    registry = load()
    found = pages(registry)

    assert set(found) == {"index.md", *(f"{one.rule.code}.md" for one in registry.rules)}
    for loaded in registry.rules:
        assert f"[{loaded.rule.code}]({loaded.rule.code}.md)" in found["index.md"]
        assert loaded.invalid[0].shown.strip("\n").split("\n")[0] in found[f"{loaded.rule.code}.md"]
