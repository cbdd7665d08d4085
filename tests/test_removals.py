"""Findings about imports name the commit that took away what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.git.past import Past
from integrity.git.repository import Repository
from integrity.removals.inquiry import inquire
from integrity.removals.model import Answer, Thing
from integrity.removals.search import MOST_VERSIONS
from integrity.removals.words import notes
from tests.support.program import scan
from tests.support.repository import GitRepository, clone, create

FILES: dict[str, str | bytes] = {
    "app/__init__.py": "",
    "app/bridge.py": "from app.mail import (\n    send,\n    receive,\n)\n\ndef get_factory(): pass\nSIZE = 1\n",
    "app/mail.py": "def send(): pass\ndef receive(): pass\n",
    "app/old.py": "def unique(): pass\n",
}
USER = "from app.bridge import SIZE\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository whose commits can be added to."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    return made


def _messages(repository: GitRepository, *arguments: str) -> list[str]:
    return [one["message"] for one in scan(repository.path, *arguments).json["findings"]]


def _note(repository: GitRepository) -> str:
    """What a report says after "Note:"."""
    report = scan(repository.path, "--output-format", "text").stdout
    return " ".join(report.partition("Note:")[2].split())


def _head(repository: GitRepository) -> str:
    return repository.git("rev-parse", "HEAD").decode()[:10]


def _day(number: int) -> str:
    return f"2024-02-{number:02}T12:00:00Z"


@pytest.mark.parametrize(
    ("line", "bridge"),
    [
        ("from app.bridge import get_factory", "SIZE = 1\n"),
        ("from app.bridge import SIZE", "def get_factory(): pass\n"),
        ("from app.bridge import receive", "from app.mail import (\n    send,\n)\n"),
    ],
    ids=["function", "variable", "import in parentheses"],
)
def test_a_name_was_removed_from_its_module(repository: GitRepository, line: str, bridge: str) -> None:
    """By the commit after which the module no longer binds it, whatever came later."""
    repository.commit({"app/bridge.py": bridge})
    commit = _head(repository)
    repository.commit({"app/bridge.py": bridge + "LATER = 1\n", "app/user.py": f"{line}\n"})
    assert f"; removed by {commit} of " in _messages(repository, "--rev", "HEAD")[0]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("def make(kind):\n    return [kind, make]\n", "renamed to make"),
        ("def make(kind):\n    return [kind]\n", "removed"),
        ("def make(kind):\n    return [kind, make]\n\ndef do(kind):\n    return [kind, do]\n", "removed"),
    ],
    ids=["the same but for its name", "another body", "two that may be it"],
)
def test_a_name_was_changed(repository: GitRepository, after: str, told: str) -> None:
    """When one new definition of the same commit is the old one word for word, but for its name."""
    repository.commit({"app/bridge.py": "def build(kind):\n    return [kind, build]\n"})
    repository.commit({"app/bridge.py": after, "app/user.py": "from app.bridge import build\n"})
    assert f"; {told} by {_head(repository)} of " in _messages(repository)[0]


def test_a_module_was_removed(repository: GitRepository) -> None:
    """By the commit that removed its file."""
    repository.commit({"app/user.py": "import app.old\nfrom .old import unique\n"})
    (repository.path / "app/old.py").unlink()
    repository.commit({})
    (message,) = _messages(repository)
    assert f"; removed by {_head(repository)} of " in message


def test_a_module_was_moved(repository: GitRepository) -> None:
    """The same content came under another path in the same commit."""
    (repository.path / "app/old.py").unlink()
    repository.commit({"app/new.py": FILES["app/old.py"], "app/user.py": "import app.old\n"})
    (message,) = _messages(repository)
    assert f"; moved to app/new.py by {_head(repository)} of " in message


def test_many_things_are_asked_at_once(repository: GitRepository) -> None:
    """The answer does not depend on how many others are asked."""
    for number in range(20):
        repository.write(f"app/gone{number}.py", f"X = {number}\n")
    repository.commit({})
    for number in range(20):
        (repository.path / f"app/gone{number}.py").unlink()
    repository.commit({"app/user.py": "".join(f"import app.gone{number}\n" for number in range(20))})
    found = _messages(repository)
    assert len(found) == 20
    assert all(f"; removed by {_head(repository)} of " in message for message in found)


def test_whatever_asks_for_it(repository: GitRepository) -> None:
    """An attribute of a module, or a target to patch."""
    repository.commit({"app/bridge.py": ""})
    used = "import app.bridge\nfrom unittest.mock import patch\n\n\ndef test_it():\n    app.bridge.get_factory()\n"
    repository.commit({"tests/test_it.py": f"{used}    with patch('app.bridge.SIZE', 2):\n        assert app\n"})
    commit = repository.text("rev-parse", "HEAD~1")[:10]
    report = scan(repository.path, "--select", "IMP").json["findings"]
    assert [one["code"] for one in report] == ["IMP003", "IMP004"]
    assert all(f"; removed by {commit} of " in one["message"] for one in report)


def test_what_never_was_has_no_removal(repository: GitRepository) -> None:
    """Nor has an import whose failure is expected."""
    repository.commit({"app/user.py": "import app.never\nfrom app.bridge import nothing\n"})
    assert not [one for one in _messages(repository) if "removed by" in one or "moved to" in one]


def test_it_can_be_switched_off(repository: GitRepository) -> None:
    """By the configuration."""
    repository.commit({"app/bridge.py": "", "app/user.py": USER})
    repository.commit({"pyproject.toml": "[tool.integrity.imports]\nhistory = false\n"})
    (message,) = _messages(repository)
    assert "removed by" not in message


def test_what_is_about_to_be_committed_asks_no_history(repository: GitRepository) -> None:
    """A hook has no time for it."""
    repository.commit({"app/bridge.py": "", "app/user.py": USER})
    (message,) = _messages(repository, "--staged")
    assert "removed by" not in message


def test_a_later_commit_is_seen_though_the_files_are_the_same(repository: GitRepository) -> None:
    """What is remembered belongs to a history: the same tree after a rewritten one names its own commit."""
    repository.commit({"app/bridge.py": "", "app/user.py": USER})
    first = _messages(repository)
    repository.git("commit", "--amend", "-q", "-m", "rewritten")
    (message,) = _messages(repository)
    assert [message] != first
    assert f"; removed by {_head(repository)} of " in message


def test_a_repository_without_commits(tmp_path: Path) -> None:
    """There is no history to ask; the first commit brings one, though no file changes."""
    made = create(tmp_path / "project")
    for path, text in {**FILES, "app/bridge.py": "", "app/user.py": USER}.items():
        made.write(path, text)
    before = _messages(made)
    made.commit(FILES)
    made.commit({"app/bridge.py": ""})
    assert "removed by" not in before[0]
    assert f"; removed by {_head(made)} of " in _messages(made)[0]


def test_what_is_known_is_brought_forward(repository: GitRepository) -> None:
    """A newer removal takes the place of a known one; one that came on an older branch does not."""
    repository.commit({"app/user.py": USER})
    repository.git("checkout", "-q", "-b", "side")
    repository.commit({"app/bridge.py": ""}, date=_day(1))
    repository.git("checkout", "-q", "main")
    repository.commit({"app/bridge.py": "OTHER = 1\n"}, date=_day(3))
    second = _head(repository)
    assert f"; removed by {second} of 2024-02-03" in _messages(repository)[0]
    repository.git("merge", "-q", "-X", "ours", "side", "-m", "merge", date=_day(4), check=False)
    repository.commit({"app/bridge.py": "OTHER = 1\n"}, date=_day(4))
    (message,) = _messages(repository)
    assert f"; removed by {second} of 2024-02-03" in message
    assert _messages(repository, "--no-cache") == [message]
    repository.commit({"app/bridge.py": "SIZE = 2\n"}, date=_day(5))
    assert not _messages(repository)
    repository.commit({"app/bridge.py": "OTHER = 2\n"}, date=_day(6))
    assert f"; removed by {_head(repository)} of 2024-02-06" in _messages(repository)[0]


class _Memory(dict[str, bytes]):
    """Keeps what was found out."""

    read = dict.get
    write = dict.__setitem__


_ASKED = (Thing(("app/bridge.py",), "SIZE"), Thing(("app/bridge.py",), "get_factory"), Thing(("app/old.py",), ""))


def _answers(repository: GitRepository, store: _Memory, things: Iterable[Thing]) -> Mapping[Thing, Answer]:
    return inquire(_past(repository), things, store).answers


@settings(max_examples=15)
@given(data=st.data())
def test_nothing_depends_on_what_is_kept(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever happens in a history, and whenever it was asked for what, one who knows nothing is told the same."""
    made = create(tmp_path_factory.mktemp("random") / "project")
    made.commit(FILES)
    bridges = st.sampled_from(["", "SIZE = 1\n", "def get_factory(): pass\n", str(FILES["app/bridge.py"])])
    branches, store = ["main"], _Memory()
    for deed in data.draw(st.lists(st.sampled_from(["edit", "edit", "old", "branch", "switch", "merge"]), max_size=12)):
        date = _day(data.draw(st.integers(1, 9)))
        if deed == "edit":
            made.commit({"app/bridge.py": data.draw(bridges)}, date=date)
        elif deed == "old":
            _toggle(made.path / "app/old.py")
            made.commit(date=date)
        elif deed == "branch":
            branches.append(f"b{len(branches)}")
            made.branch(branches[-1])
        elif deed == "switch":
            made.git("checkout", "-q", data.draw(st.sampled_from(branches)))
        else:
            made.git("merge", "-q", "-X", "theirs", data.draw(st.sampled_from(branches)), check=False, date=date)
            made.commit(date=date)
        things = data.draw(st.sets(st.sampled_from(_ASKED)))
        assert _answers(made, store, things) == _answers(made, _Memory(), things)


def _toggle(path: Path) -> None:
    if path.exists():
        path.unlink()
    else:
        path.write_text(str(FILES["app/old.py"]))


def _past(repository: GitRepository) -> Past:
    found = Repository.discover(repository.path)
    assert found is not None
    return Past(found, repository.text("rev-parse", "HEAD"))


def test_a_history_too_long_to_read_in_seconds_is_left_alone(repository: GitRepository) -> None:
    """And a note says so; it depends on nothing that was kept."""
    store, most = _Memory(), 4
    assert not inquire(_past(repository), _ASKED, store, most).refused
    repository.commit({"app/bridge.py": ""})
    repository.commit({"app/mail.py": ""})
    for kept in (store, _Memory()):
        replies = inquire(_past(repository), _ASKED, kept, most)
        assert not replies.answers
        assert list(notes(_past(repository), replies)) == [
            "the commits that removed what imports miss are not named: 3 are too many to read"
        ]


def test_only_so_many_versions_of_a_module_are_read(repository: GitRepository) -> None:
    """A removal before them is not named, whether it was known once or not."""
    store = _Memory()
    repository.commit({"app/bridge.py": ""})
    assert _answers(repository, store, _ASKED)[_ASKED[0]].removal
    for count, known in ((MOST_VERSIONS - 1, True), (1, False)):
        _edit_often(repository, count)
        warm, cold = (_answers(repository, one, _ASKED) for one in (store, _Memory()))
        assert warm == cold
        assert bool(cold[_ASKED[0]].removal) is known


def _edit_often(repository: GitRepository, count: int) -> None:
    """That many commits, each with another version of a module that defines nothing."""
    start = int(repository.text("rev-list", "--count", "HEAD"))
    lines = []
    for number in range(start, start + count):
        text = f"# {number}\n"
        lines += [f"commit refs/heads/main\ncommitter Ada <a@b.c> {1_800_000_000 + number} +0000\ndata 1\nx\n"]
        lines += [] if number > start else ["from refs/heads/main^0\n"]
        lines += [f"M 100644 inline app/bridge.py\ndata {len(text)}\n{text}\n"]
    repository.git("fast-import", "--quiet", stdin="".join(lines).encode())


def test_a_shallow_clone_says_that_it_may_not_know(repository: GitRepository, tmp_path: Path) -> None:
    """And knows once the rest of the history is there, though neither the files nor the last commit changed."""
    repository.commit({"app/bridge.py": ""})
    commit = _head(repository)
    repository.commit({"app/user.py": USER})
    shallow = clone(repository, tmp_path / "shallow", "--depth=1")
    assert "git fetch --unshallow" in _note(shallow)
    assert "removed by" not in _messages(shallow)[0]
    shallow.git("-c", "protocol.file.allow=always", "fetch", "-q", "--unshallow")
    assert f"; removed by {commit} of " in _messages(shallow)[0]


def test_a_partial_clone_says_that_it_may_not_know(repository: GitRepository, tmp_path: Path) -> None:
    """It lacks the versions that would tell; a module that was removed is known all the same."""
    (repository.path / "app/old.py").unlink()
    repository.commit({"app/bridge.py": ""})
    commit = _head(repository)
    repository.commit({"app/user.py": USER, "app/other.py": "import app.old\n"})
    partial = clone(repository, tmp_path / "partial", "--filter=blob:none")
    assert "lacks old versions" in _note(partial)
    other, user = _messages(partial)
    assert f"; removed by {commit} of " in other
    assert "removed by" not in user


def test_a_damaged_history_says_so(repository: GitRepository) -> None:
    """What could be read counts."""
    lost = repository.text("rev-parse", "HEAD^{tree}")
    repository.commit({"app/bridge.py": ""})
    repository.commit({"app/user.py": USER})
    (repository.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert "ends early" in _note(repository)
    assert "app.bridge" in _messages(repository)[0]


def test_no_git_folder_no_history(repository: GitRepository) -> None:
    """A plain folder is scanned as ever."""
    repository.commit({"app/bridge.py": "", "app/user.py": USER})
    shutil.rmtree(repository.path / ".git")
    assert "removed by" not in _messages(repository)[0]
