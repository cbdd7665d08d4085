"""Which commands run tests, told by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RUNNERS = frozenset({"pytest", "py.test", "nosetests", "nose2", "trial", "stestr", "behave", "green", "ward"})
_MODULES = frozenset({"pytest", "unittest", "nose2", "twisted.trial", "nose", "ward"})
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy|py)w?[0-9.]*(?:\.exe)?t?")
_ENVIRONMENTS = frozenset({"tox", "nox"})
_TASKS = frozenset(
    {"make", "gmake", "just", "invoke", "inv", "task", "hatch", "pdm", "poe", "rye", "pixi", "doit", "spin"}
)
_SCRIPT = re.compile(
    r"(?:.*/)?(?:(?:\w+[-_])?run[-_]?(?:\w+[-_])?tests?|runtests|(?:\w+[-_])?test[-_]?runner|run[-_]?pytest|tests?)(?:[-_]\w+)?"
    r"\.(?:py|sh)"
)
_PLAIN_SCRIPT = re.compile(
    r"(?:.*/)?(?:scripts?|bin|ci|\.ci|tools|dev)/(?:run[-_]?)?(?:unit[-_]?)?tests?(?:[-_]\w+)?|\./(?:run[-_]?)?tests?"
)
_NOT_RUN = frozenset(
    {
        *("pip", "pip3", "install", "conda", "mamba", "micromamba", "which", "command", "echo", "printf", "apt-get"),
        *("apt", "brew", "type", "export", "cp", "mv", "rm", "cat", "grep", "uninstall", "git", "curl", "tail", "head"),
        *("ls", "mkdir", "cd", "add", "sync", "lock", "pipx-install", "black", "ruff", "mypy", "flake8", "sed", "test"),
        *("[", "chmod", "pylint", "bandit", "codespell", "isort", "source", ".", "docker-build", "touch", "find"),
    }
)
_WITHOUT_TESTS = frozenset({"--version", "-h", "--help", "-V", "--fixtures", "--markers", "--trace-config"})
_TEST_WORD = re.compile(
    r"(?:^|[-_.:,/{}])(?:tests?|pytest|unit(?:test)?s?|check|cov|coverage|integration|py\d*|pypy\w*|e2e)(?:$|[-_.:,/{}\d])"
)
_OTHER_WORD = re.compile(
    r"lint|style|format|mypy|typing|types?\b|docs?\b|flake|ruff|black|pre-?commit|build|release|publish|bench|clean"
    r"|packag|security|spell|manifest|changelog|report|html|xml|install|setup|deps|up\b|down\b|db\b|image|\bjs\b|npm"
)


def runs_tests(words: Sequence[str]) -> bool:
    """Whether a command, given by its words, runs tests written in Python."""
    for number, word in enumerate(words):
        name = word.rpartition("/")[2]
        rest = words[number + 1 :]
        if _PLAIN_SCRIPT.fullmatch(word):
            return True
        if name in _NOT_RUN and not (name in ("add", "sync") and number == 0):
            return False
        found = _by_name(name, word, rest)
        if found is not None:
            return found
    return False


def _by_name(name: str, word: str, rest: Sequence[str]) -> bool | None:
    """Whether a word with what stands behind it runs tests; None where it is neither here nor there."""
    if name in _RUNNERS:
        return _WITHOUT_TESTS.isdisjoint(rest)
    if _PYTHON.fullmatch(word):
        return _by_python(rest)
    if name in ("coverage", "coverage3") and "run" in rest[:1]:
        return _by_python(rest[1:])
    if name in _ENVIRONMENTS:
        return _by_environment(rest)
    if name in _TASKS:
        return _by_task(rest)
    managed = name in ("manage.py", "django-admin") and "test" in rest[:1]
    return True if managed or _SCRIPT.fullmatch(word) else None


def _by_task(rest: Sequence[str]) -> bool | None:
    """Whether one of the targets is one of tests; None where the program only starts another one."""
    targets = [one for one in rest if not one.startswith("-") and "=" not in one]
    if targets[:1] == ["run"]:
        return any(map(_is_test_name, targets[1:2])) or None
    return any(map(_is_test_name, targets)) if targets else None


def _by_python(rest: Sequence[str]) -> bool | None:
    """Whether the interpreter runs tests with these arguments."""
    words = iter(rest)
    for word in words:
        if word in ("-m", "-Im", "-sm") or (word.startswith("-") and word.endswith("m") and not word.startswith("--")):
            module = next(words, "")
            if module in _MODULES:
                return _WITHOUT_TESTS.isdisjoint(rest)
            return None if module in ("coverage", "tox", "nox", "xdist", "pipenv", "poetry", "hatch", "uv") else False
        if word in ("-X", "-W"):
            next(words, "")
        elif not word.startswith("-"):
            name = word.rpartition("/")[2]
            return (
                (name == "manage.py" and next(words, "") == "test")
                or bool(_SCRIPT.fullmatch(word))
                or _setup(word, rest)
            )
    return False


def _setup(word: str, rest: Sequence[str]) -> bool:
    return word.endswith("setup.py") and "test" in rest


def _by_environment(rest: Sequence[str]) -> bool:
    """Whether tox or nox runs an environment of tests: any but those whose names say otherwise."""
    if any(word in ("-l", "--list", "--notest", "-n", "--version", "--sdistonly", "config", "devenv") for word in rest):
        return False
    chosen = _chosen(rest)
    if not chosen:
        return True
    names = [one for text in chosen for one in re.split(r"[,\s]+", text) if one]
    unknown = [one for one in names if "$" in one or "{" in one]
    return bool(unknown) or any(_is_test_name(one) or not _OTHER_WORD.search(one) for one in names)


def _chosen(rest: Sequence[str]) -> list[str]:
    """The environments or sessions that are named."""
    found = []
    words = iter(rest)
    for word in words:
        if word in ("-e", "-s", "--session", "--sessions", "-t", "--env"):
            found.append(next(words, ""))
        elif word.startswith(("-e", "-s")) and not word.startswith("--"):
            found.append(word[2:].lstrip("="))
        elif word.startswith(("--session=", "--sessions=")):
            found.append(word.partition("=")[2])
    return found


def _is_test_name(name: str) -> bool:
    """Whether a target, task, environment or session is one of tests by its name."""
    return bool(_TEST_WORD.search(name.lower())) and not _OTHER_WORD.search(name.lower())


def pytest_words(words: Sequence[str]) -> tuple[str, ...]:
    """What a command says to pytest, () when it does not call it."""
    for number, word in enumerate(words):
        name = word.rpartition("/")[2]
        if name in ("pytest", "py.test") and (number == 0 or not words[number - 1].startswith("--")):
            return tuple(words[number + 1 :])
    return ()
