"""What `integrity init` writes: a commented configuration and a pre-commit hook. Nothing is ever overwritten."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from integrity.errors import TargetError

CONFIG_FILE = "integrity.toml"
HOOK_FILE = ".pre-commit-config.yaml"

_SETTINGS = """\
# Every key stands here with its default; remove the hash in front of a line to change it.

# What runs: codes, beginnings of codes, names, or "ALL"; and what is taken out again.
# select = ["ALL"]
# ignore = []
# extend-select = []

# Never scanned: globs as in .gitignore, on top of what git ignores.
# exclude = []

# Findings at least this serious fail the check: critical, high, medium or low.
# fail-severity = "high"

# A larger file is not read, and reported as not checked.
# max-file-size = "10 MB"

# Where results are kept between runs, relative to the root of the repository.
# cache-dir = ".integrity_cache"

# Findings that are known and tolerated, relative to the root; `integrity baseline create` writes the file.
# baseline = ""

# The lowest Python the project supports, as in "3.10"; otherwise read from requires-python.
# minimum-python = "3.10"

# What is run or imported first: modules, files, or module:function; otherwise read from the project's scripts.
# entry-points = []

# [{prefix}per-file-ignores]
# "tests/legacy/**" = ["COR"]

# [{prefix}severity]
# ENV001 = "medium"

# Where tests are and what the runner collects; otherwise read from pytest's own configuration.
# [{prefix}tests]
# paths = ["tests"]
# python-files = ["test_*.py", "*_test.py"]
# python-classes = ["Test"]
# python-functions = ["test"]
# Functions that check something for the test that calls them: globs of names, as in "verify_*" or "app.checks.*".
# assertion-functions = []

# Rules of your own for tests: where mocks are forbidden, by folder or marker; what tests may not import; and what a
# folder asks of every test class, as in {{ "tests/e2e/**" = "app.testing.RealServices" }}.
# [{prefix}policy]
# no-mock-paths = []
# no-mock-markers = []
# forbidden-imports = []
# required = {{}}

# Which parts may not import which, as in {{ auth = ["backend"] }}, and what to import instead of a deprecated path,
# as in {{ "app.old" = "app.new" }}.
# [{prefix}imports]
# forbidden = {{}}
# canonical = {{}}
# Whether findings name the commit that removed what is missing.
# history = true

# What is built and shipped, from which Dockerfile, to find imports of files that it leaves out.
# [{prefix}artefacts.backend]
# entry-points = ["app.main"]
# dockerfile = "Dockerfile"

# The modules that may use os.environ: globs, or dotted names such as "app.config".
# [{prefix}env]
# accessors = []

# The bounds of CPX001 and CPX002, which `--extend-select CPX` switches on.
# [{prefix}structure]
# max-complexity = 20
# min-maintainability = 10.0

# The percentage below which the check fails, overall, for a group or for production code and tests apart;
# and how much each group counts in the overall figure.
# [{prefix}score]
# fail-under = 95.0
# weights = {{ corruption = 4, tests = 3, imports = 2, environment = 1, structure = 1 }}
# thresholds = {{ corruption = 100, tests = 90 }}
# scope-thresholds = {{ production = 98 }}
"""

HOOK = """\
  - repo: local
    hooks:
      - id: integrity
        name: integrity scan --staged
        entry: integrity scan --staged
        language: python
        additional_dependencies: ["test-integrity"]
        always_run: true  # a commit that only deletes tests must be checked too
        pass_filenames: false
"""


@dataclass(frozen=True)
class Step:
    """One thing to be done about one file.

    Attributes:
        path: the file.
        action: "create" the file with the text, "add" the text to it by hand, or "keep" it as it is.
        text: the content or the addition, "" for "keep".
    """

    path: Path
    action: str
    text: str = ""


def integrity_toml() -> str:
    """The content of a new `integrity.toml`, in which every key is commented out."""
    return "# Configuration of integrity (distribution test-integrity).\n" + _SETTINGS.format(prefix="")


def pyproject_stanza() -> str:
    """The same as a table of `pyproject.toml`."""
    return "[tool.integrity]\n" + _SETTINGS.format(prefix="tool.integrity.")


def hook_file() -> str:
    """The content of a new `.pre-commit-config.yaml`."""
    return "repos:\n" + HOOK


def plan(root: Path) -> list[Step]:
    """What a repository lacks; nothing is written."""
    return [_configuration(root), _hook(root)]


def write(steps: list[Step]) -> list[str]:
    """Create the files of a plan.

    Returns:
        The lines that tell the user what was done, and what is to be added by hand.

    Raises:
        TargetError: a file cannot be created, also because it has come into being since the plan was made.
    """
    for step in steps:
        if step.action == "create":
            _create(step)
    return [line for step in steps for line in _told(step)]


def _told(step: Step) -> list[str]:
    if step.action == "create":
        return [f"created {step.path.name}"]
    if step.action == "keep":
        return [f"kept {step.path.name}: it configures integrity already"]
    return [f"kept {step.path.name}: add this under `repos:` by hand", "", *step.text.splitlines()]


def _configuration(root: Path) -> Step:
    path, pyproject = root / CONFIG_FILE, root / "pyproject.toml"
    if os.path.lexists(path):
        return Step(path, "keep")
    if _mentions(pyproject, b"[tool.integrity"):
        return Step(pyproject, "keep")
    return Step(path, "create", integrity_toml())


def _hook(root: Path) -> Step:
    path = root / HOOK_FILE
    if not os.path.lexists(path):
        return Step(path, "create", hook_file())
    return Step(path, "keep") if _mentions(path, b"id: integrity") else Step(path, "add", HOOK)


def _mentions(path: Path, text: bytes) -> bool:
    """Whether a file holds a text; a file that cannot be read does not."""
    try:
        return text in path.read_bytes()
    except OSError:
        return False


def _create(step: Step) -> None:
    try:
        with step.path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(step.text)
    except FileExistsError:
        raise TargetError(f"{step.path.name}: exists by now, and is never overwritten; run the command again") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TargetError(
            f"{step.path.name}: cannot be created ({reason}); mend that and run the command again"
        ) from None
