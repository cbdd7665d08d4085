"""Import cycles through the whole tool: where findings stand, what silences them, what a part of a repository sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import integrity, scan
from tests.support.repository import GitRepository, create

CYCLE: dict[str, str | bytes] = {
    "app/__init__.py": "",
    "app/a.py": "from app.b import y\n\nx = 1\n",
    "app/b.py": "y = 1\nfrom app.a import x\n",
    "other/c.py": "import app.a\n",
}
FOUND = [("app/b.py", 2, "CYC002")]


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository in which one module crashes when it is imported first."""
    made = create(tmp_path / "project")
    made.commit(CYCLE)
    return made


def test_a_crash_is_told_with_its_trace(repository: GitRepository) -> None:
    """On the failing import, in CPython's words, and with every line that ran before."""
    ran = scan(repository.path)
    assert ran.codes == FOUND
    (finding,) = ran.json["findings"]
    assert "importing app.a first crashes, while app.b first works" in finding["message"]
    assert "ImportError: cannot import name 'x' from partially initialized module 'app.a'" in finding["message"]
    assert "move `from app.a import x` (app/b.py:2)" in finding["message"]
    places = [(one["path"], one["line"]) for one in finding["related"]]
    assert places == [("app/a.py", 1), ("app/a.py", 1), ("app/b.py", 2)]
    assert ran.json["score"]["groups"]["imports"]["compliant"] == 2


def test_both_ways_of_a_branch_are_told(tmp_path: Path) -> None:
    """The crash of the way as it is written, that of the other one beside it; no move is named that ends only one."""
    made = create(tmp_path / "project")
    start = "import sys\nif len(sys.argv) > 1:\n    import app.b\nelse:\n    import app.c\nx = y = 1\n"
    made.commit({"app/__init__.py": "", "app/a.py": start})
    made.commit({"app/b.py": "from app.a import x\n", "app/c.py": "from app.a import y\n"})
    (finding,) = scan(made.path).json["findings"]
    assert (finding["code"], finding["path"], finding["line"]) == ("CYC001", "app/b.py", 1)
    assert "; or, as the environment decides, ImportError: cannot import name 'y'" in finding["message"]
    assert "no one import can simply move" in finding["message"]
    assert finding["related"][-1]["path"] == "app/c.py"


@pytest.mark.parametrize(
    ("imported", "found"), [("import django.db", []), ("import dataclasses", [("shop/models.py", 6, "CYC002")])]
)
def test_django_loads_models_first(tmp_path: Path, imported: str, found: list[tuple[str, int, str]]) -> None:
    """What imports them, and is imported by them, is never imported before them; otherwise the order is anybody's."""
    made = create(tmp_path / "project")
    made.commit(
        {"shop/__init__.py": "", "shop/actions.py": "from shop.models import Order\n\n\nclass Ship:\n    pass\n"}
    )
    made.commit({"shop/models.py": f"class Order:\n    pass\n\n\n{imported}\nfrom shop.actions import Ship\n"})
    assert scan(made.path, "--select", "CYC").codes == found


def test_a_part_sees_the_whole_and_reports_the_part(repository: GitRepository) -> None:
    """The rest of the repository takes part, with a cold cache and with a warm one."""
    for _ in range(2):
        assert scan(repository.path, "app/b.py").codes == FOUND
        assert scan(repository.path, "app/a.py", "other").codes == []
    assert scan(repository.path, "--no-cache", "app/b.py").codes == FOUND


def test_the_index_and_revisions_are_told_apart(repository: GitRepository) -> None:
    """A repair counts where it is: in the work tree first, then in the index."""
    repository.write("app/b.py", "y = 1\n")
    assert scan(repository.path).codes == []
    assert scan(repository.path, "--staged").codes == FOUND
    repository.git("add", "app/b.py")
    assert scan(repository.path, "--staged", "app/a.py").codes == []
    assert scan(repository.path, "--rev", "HEAD").codes == FOUND


def test_a_change_elsewhere_is_seen_though_the_file_is_the_same(repository: GitRepository) -> None:
    """What is remembered of a file is not what depends on others."""
    assert scan(repository.path, "app/b.py").codes == FOUND
    repository.write("app/a.py", "x = 1\nfrom app.b import y\n")
    assert scan(repository.path, "app/b.py").codes == []


@pytest.mark.parametrize(
    "arguments",
    [("--ignore", "CYC"), ("--per-file-ignores", "app/*:CYC002"), ("--select", "COR")],
    ids=["ignored", "ignored in the file", "not selected"],
)
def test_the_usual_policy_holds(repository: GitRepository, arguments: tuple[str, ...]) -> None:
    """As for every other finding."""
    assert scan(repository.path, *arguments).codes == []


def test_a_comment_silences_it(repository: GitRepository) -> None:
    """On the failing line, and it counts as used."""
    repository.write("app/b.py", "y = 1\nfrom app.a import x  # integrity: ignore[CYC002] -- known\n")
    ran = scan(repository.path)
    assert ran.codes == []
    assert ran.json["summary"]["suppressed"] == 1


def test_an_entry_point_that_crashes_is_critical(repository: GitRepository) -> None:
    """Whether it is configured, or a command of the project."""
    repository.write("integrity.toml", 'entry-points = ["app.a"]\n')
    assert scan(repository.path).codes == [("app/b.py", 2, "CYC001")]
    repository.write("integrity.toml", "")
    repository.write("pyproject.toml", '[project]\nname = "p"\nscripts = {p = "app.a:main"}\n')
    assert scan(repository.path).codes == [("app/b.py", 2, "CYC001")]


def test_broken_files_take_part_with_their_imports(repository: GitRepository) -> None:
    """A file that does not parse ends an import by itself: no cycle is to blame."""
    repository.write("app/b.py", "y = 1\nfrom app.a import x\ndef f(:\n")
    assert scan(repository.path, "--select", "CYC").codes == []


def test_verifying_imports_for_real(repository: GitRepository) -> None:
    """It says that it does, and marks what it saw."""
    ran = scan(repository.path, "--verify-imports")
    assert "importing the accused modules with" in ran.stderr
    assert ran.json["findings"][0]["message"].endswith("[confirmed by importing it: ImportError]")
    refused = scan(repository.path, "--verify-imports", "--staged")
    assert refused.code == 2
    assert "imports from the work tree" in refused.stderr


def test_first_party_names_are_shown(repository: GitRepository) -> None:
    """With the folders that count as source roots."""
    shown = integrity(repository.path, "scan", "--show-settings").stdout
    assert "source roots = ." in shown
    assert "first-party names = app, other" in shown


def test_what_other_orders_come_to_is_told_exactly(repository: GitRepository) -> None:
    """That no order helps is said where each fails; in another way, where it is so."""
    repository.write("app/b.py", "from app.a import x\n\ny = 1\n")
    told = [finding["message"] for finding in scan(repository.path).json["findings"]]
    assert [text.partition(":")[0] for text in told] == [
        "importing app.b crashes, and the other modules on the way fail otherwise",
        "importing app.a crashes, and the other modules on the way fail otherwise",
    ]
    repository.write("app/b.py", "from app.b import x\n\nx = 1\n")
    repository.write("app/a.py", "")
    (finding,) = scan(repository.path).json["findings"]
    assert "importing app.b crashes whatever is imported first" in finding["message"]
