"""Kill -9 at any instant of applying, completing or undoing loses nothing.

A child process counts what it asks of the system, through an audit hook, and kills itself at the n-th request; so the
instants cover every phase of a run. Git processes it has started live on, as they would.
"""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrity.apply import COMPLETE, INTERRUPTED, ApplyError, Change, apply, backups, resume, undo
from tests.support.applying import NOW, State, change, found, state
from tests.support.repository import GitRepository, create

_FILES = 8
_CHILD = Path(__file__).parent / "support" / "dying.py"
_ROOT = Path(__file__).parent.parent


def plan() -> list[Change]:
    """Changes of every kind: of staged, dirty, untracked and missing files, and in new folders."""
    old = {n: b"old %d\n" % n for n in range(_FILES)} | {0: b"unstaged\n", 1: b"changed\r\n"}
    files = [change(f"t/{n}.py", b"new %d\n" % n, content) for n, content in old.items()]
    return [*files, change("u/v/fresh.py", b"fresh\n", None, 0o100755), change("free.py", b"bound\n", b"free\n")]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> GitRepository:
    """A repository in every state at once."""
    repo = create(tmp_path_factory.mktemp("kill") / "template")
    repo.commit({f"t/{n}.py": f"old {n}\n" for n in range(_FILES)})
    repo.write("t/0.py", "staged\n")
    repo.git("add", "t/0.py")
    repo.write("t/0.py", "unstaged\n")
    repo.write("t/1.py", "changed\r\n").chmod(0o755)
    repo.write("t/2.py", "stashed\n")
    repo.git("stash", "push", "--quiet", "t/2.py")
    repo.write("free.py", "free\n").chmod(0o600)
    return repo


class Copies:
    """Fresh copies of the template, one at a time; the index's stat data are those of the copy."""

    def __init__(self, template: GitRepository, folder: Path) -> None:
        self._template = template
        self._names = (folder / str(number) for number in itertools.count())

    def __iter__(self) -> Iterator[GitRepository]:
        for place in self._names:
            shutil.copytree(self._template.path, place, symlinks=True)
            yield GitRepository(place)
            shutil.rmtree(place)


def asked(repository: GitRepository, deed: str, instant: int) -> str:
    """What the child is told."""
    rows = [(one.path, one.content.decode(), one.mode, _text(one.expected)) for one in plan()]
    return json.dumps({"root": str(repository.path), "deed": deed, "instant": instant, "changes": rows})


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


def die(repository: GitRepository, deed: str, instant: int) -> tuple[int, int]:
    """Run a deed in a child that kills itself at an instant; its status, and how many instants it had."""
    question = asked(repository, deed, instant)
    command = [sys.executable, str(_CHILD)]
    done = subprocess.run(command, input=question, capture_output=True, text=True, check=False, cwd=_ROOT)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode, int(done.stdout or 0)


def leftovers(repository: GitRepository) -> list[Path]:
    """Temporary files and journals."""
    own = [place for place in (repository.path / ".git/integrity").iterdir() if place.name != "lock"]
    return [*own, *repository.path.rglob(".integrity-*")]


def assert_as_before(repository: GitRepository, before: State) -> None:
    """Undo, then compare everything; where there is nothing to undo, a new run must work."""
    if not any(one.state in {INTERRUPTED, COMPLETE} for one in backups(found(repository.path))):
        assert state(repository) == before
        apply(found(repository.path), plan(), stage=True, now=NOW)
    undo(found(repository.path))
    assert state(repository) == before
    assert leftovers(repository) == []


def instants(total: int, count: int) -> list[int]:
    """Instants spread evenly over a run."""
    return sorted({round(1 + number * (total - 1) / (count - 1)) for number in range(count)})


def test_kill_while_applying(template: GitRepository, tmp_path: Path) -> None:
    """A hundred instants; after undo every byte, mode, index entry and ref is as before, and a new run works."""
    copies = iter(Copies(template, tmp_path))
    first = next(copies)
    before = state(first)
    status, total = die(first, "apply", 0)
    assert status == 0
    assert total > 100
    phases = set()
    for instant in instants(total, 100):
        repo = next(copies)
        assert die(repo, "apply", instant)[0] == -signal.SIGKILL
        phases.add(_phase(repo, before))
        assert_as_before(repo, before)
    assert phases == {"nothing", "some files", "all files", "staged"}


def _phase(repo: GitRepository, before: State) -> str:
    new = sum((repo.path / one.path).exists() and (repo.path / one.path).read_bytes() == one.content for one in plan())
    if repo.git("ls-files", "-s", "-v", "-z") != before.entries:
        return "staged"
    return {0: "nothing", len(plan()): "all files"}.get(new, "some files")


def test_kill_while_undoing(template: GitRepository, tmp_path: Path) -> None:
    """Undoing again completes it."""
    copies = iter(Copies(template, tmp_path))
    first = next(copies)
    before = state(first)
    apply(found(first.path), plan(), stage=True, now=NOW)
    applied = GitRepository(tmp_path / "applied")
    shutil.copytree(first.path, applied.path)
    total = die(first, "undo", 0)[1]
    assert state(first) == before
    copies = iter(Copies(applied, tmp_path / "undone"))
    for instant in instants(total, 14):
        repo = next(copies)
        assert die(repo, "undo", instant)[0] == -signal.SIGKILL
        assert_as_before(repo, before)
        assert leftovers(repo) == []


def test_kill_and_complete(template: GitRepository, tmp_path: Path) -> None:
    """The same plan again, or `resume`, completes a killed run; another plan is refused with both ways out."""
    copies = iter(Copies(template, tmp_path))
    first = next(copies)
    total = die(first, "apply", 0)[1]
    after, before = state(first), state(template)
    other = [change("t/5.py", b"another\n", b"old 5\n")]
    for number, instant in enumerate(instants(total, 14)):
        repo = next(copies)
        die(repo, "apply", instant)
        if any(one.state == INTERRUPTED for one in backups(found(repo.path))) and state(repo) != before:
            with pytest.raises(
                ApplyError, match=r"`integrity restore --resume` completes it, `integrity restore --undo` goes back"
            ):
                apply(found(repo.path), other, stage=True, now=NOW)
            if number % 2:
                resume(found(repo.path))
            else:
                apply(found(repo.path), plan(), stage=True, now=NOW)
            assert state(repo) == after
            assert leftovers(repo) == []
            undo(found(repo.path))
        assert_as_before(repo, before)


def test_kill_at_random_moments(template: GitRepository, tmp_path: Path) -> None:
    """From outside, by the clock: in between any two requests, too."""
    copies = iter(Copies(template, tmp_path))
    first = next(copies)
    before = state(first)
    started = time.monotonic()
    die(first, "apply", 0)
    duration = time.monotonic() - started
    for number in range(8):
        repo = next(copies)
        question = asked(repo, "apply", 0)
        child = subprocess.Popen(
            [sys.executable, str(_CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
        )
        try:
            child.communicate(question.encode(), timeout=duration * (0.4 + number * 0.07))
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
        assert_as_before(repo, before)
