"""`integrity restore` from plan to proof and back: what it writes, what it asks, what it leaves alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import Ran, integrity
from tests.support.repository import GitRepository, create

CART = '"""Tests of the cart."""\n\nfrom app import total\n\n\ndef test_empty():\n    assert total([]) == 0\n'
CART += "\n\ndef test_one():\n    assert total([1]) == 1\n"
ZAPPED = "".join(f"# ZAPPED: {line}\n" if line else "\n" for line in CART.splitlines())
PATH = "tests/test_cart.py"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one damaged test file and one healthy module."""
    made = create(tmp_path / "project")
    made.commit({PATH: CART, "app.py": "def total(numbers):\n    return sum(numbers)\n"}, "Add the cart")
    made.commit({PATH: ZAPPED}, "Make lint green")
    return made


def restore(repository: GitRepository, *arguments: str) -> Ran:
    """`integrity restore`."""
    return integrity(repository.path, "restore", *arguments)


def state(repository: GitRepository) -> dict[str, bytes]:
    """Everything that a dry run must not touch: files, index, refs, stash, and HEAD's log."""
    files = {str(one): one.read_bytes() for one in sorted(repository.path.rglob("*.py"))}
    files["index"] = (repository.path / ".git/index").read_bytes()
    files["refs"] = repository.git("for-each-ref")
    files["stash"] = repository.git("stash", "list")
    files["log"] = repository.git("reflog")
    return files


def test_applies_the_plan_proves_the_gain_and_goes_back(repository: GitRepository) -> None:
    """Files and score change, HEAD and index do not; --undo brings back every byte."""
    before = state(repository)
    ran = restore(repository, "--yes")
    assert ran.code == 0
    assert (repository.path / PATH).read_text() == CART
    assert "live tests       0 -> 2" in ran.stdout
    assert "damaged files    1 -> 0" in ran.stdout
    assert "Restore 1 damaged file from history, 2 tests regained" in ran.stdout
    after = state(repository)
    assert (after["index"], after["stash"], after["log"]) == (before["index"], before["stash"], before["log"])
    listed = restore(repository, "--undo", "--list").stdout
    assert "1 file  complete" in listed
    assert restore(repository, "--undo").code == 0
    assert {**state(repository), "refs": b""} == {**before, "refs": b""}


def test_a_dry_run_touches_nothing(repository: GitRepository) -> None:
    """Work tree, index, refs and stash are as they were."""
    before = state(repository)
    assert restore(repository, "--dry-run", "--diff").code == 1
    assert state(repository) == before


def test_without_a_terminal_it_needs_to_be_told(repository: GitRepository) -> None:
    """Nothing is written, and the way on is named."""
    before = state(repository)
    ran = restore(repository)
    assert ran.code == 1
    assert "--yes" in ran.stderr
    assert state(repository) == before


@pytest.mark.parametrize(("answer", "expected"), [("y\n", CART), ("n\n", ZAPPED), ("", ZAPPED)])
def test_on_a_terminal_it_asks(repository: GitRepository, answer: str, expected: str) -> None:
    """Only a yes writes; the end of input does not."""
    import pty

    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "integrity", "restore"]
    with subprocess.Popen(
        command, cwd=repository.path, stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        os.write(controller, answer.encode() or b"\x04")
        process.wait(timeout=60)
    os.close(controller)
    os.close(terminal)
    assert (repository.path / PATH).read_text() == expected


def test_stage_adds_the_result_to_the_index(repository: GitRepository) -> None:
    """And nothing else."""
    assert restore(repository, "--yes", "--stage").code == 0
    assert repository.text("status", "--porcelain") == f"M  {PATH}"
    assert restore(repository, "--undo").code == 0
    assert repository.text("status", "--porcelain") == ""


def test_json_reports_what_was_applied(repository: GitRepository) -> None:
    """One document, with the name of the backup."""
    report = restore(repository, "--yes", "--output-format", "json").json
    assert report["applied"] is True
    assert report["backup"].startswith("refs/integrity/backup/")
    assert repository.text("rev-parse", "--verify", report["backup"])


def test_files_with_uncommitted_changes_are_left_out(repository: GitRepository) -> None:
    """Unless they are asked for; the change is then in the backup."""
    repository.write(PATH, ZAPPED + "# mine\n")
    ran = restore(repository, "--yes")
    assert ran.code == 1
    assert "--include-dirty" in ran.stdout
    assert (repository.path / PATH).read_text() == ZAPPED + "# mine\n"
    assert restore(repository, "--yes", "--include-dirty").code == 0
    assert "def test_one" in (repository.path / PATH).read_text()
    assert restore(repository, "--undo").code == 0
    assert (repository.path / PATH).read_text() == ZAPPED + "# mine\n"


def test_damage_that_is_not_committed_is_restored_from_the_head(repository: GitRepository) -> None:
    """Nobody is blamed for it."""
    repository.write("tests/test_new.py", CART)
    repository.commit()
    repository.write("tests/test_new.py", ZAPPED)
    report = restore(repository, "--yes", "--include-dirty", "--output-format", "json", "tests/test_new.py").json
    (item,) = report["plan"]
    assert item["damaged_by"] is None
    assert item["source"]["commit"] == repository.text("rev-parse", "HEAD")
    assert (repository.path / "tests/test_new.py").read_text() == CART


def test_only_what_is_asked_for_is_restored(repository: GitRepository) -> None:
    """By file or folder."""
    repository.commit({"more/test_more.py": CART})
    repository.commit({"more/test_more.py": ZAPPED})
    assert restore(repository, "--yes", "more").code == 0
    assert (repository.path / "more/test_more.py").read_text() == CART
    assert (repository.path / PATH).read_text() == ZAPPED


def test_the_mode_and_the_line_ends_on_disk_are_kept(repository: GitRepository) -> None:
    """Git turns line feeds into CR LF on the way to disk here."""
    repository.git("config", "core.autocrlf", "true")
    place = repository.path / PATH
    place.unlink()
    repository.git("checkout", "--", PATH)
    place.chmod(0o755)
    repository.git("config", "core.fileMode", "false")
    assert restore(repository, "--yes").code == 0
    assert place.read_bytes() == CART.replace("\n", "\r\n").encode()
    assert place.stat().st_mode & 0o777 == 0o755


def test_a_version_in_another_encoding_comes_back_byte_for_byte(repository: GitRepository) -> None:
    """The damage was saved as UTF-8."""
    healthy = ("# -*- coding: latin-1 -*-\n" + CART.replace("cart.", "caf\xe9.")).encode("latin-1")
    repository.commit({"tests/test_old.py": healthy})
    repository.commit({"tests/test_old.py": "".join(f"# ZAPPED: {line}\n" for line in CART.splitlines())})
    assert restore(repository, "--yes", "tests/test_old.py").code == 0
    assert (repository.path / "tests/test_old.py").read_bytes() == healthy


def test_deleted_files_come_back_with_their_mode(repository: GitRepository) -> None:
    """Also the folder, if it is gone."""
    repository.write("gone/test_gone.py", CART).chmod(0o755)
    repository.commit()
    repository.git("tag", "release")
    repository.git("rm", "-r", "--quiet", "gone", "app.py")
    repository.commit({"app.py": "def total(numbers):\n    return 0\n", PATH: CART.replace("one", "uno")})
    assert restore(repository, "--yes", "--deleted", "release", "gone").code == 0
    place = repository.path / "gone/test_gone.py"
    assert (place.read_text(), place.stat().st_mode & 0o777) == (CART, 0o755)
    assert restore(repository, "--undo").code == 0
    assert not place.parent.exists()


def test_verify_says_which_restored_files_cannot_be_collected(repository: GitRepository) -> None:
    """By running pytest on them."""
    repository.commit({"tests/test_lost.py": CART.replace("app", "nowhere")})
    repository.commit({"tests/test_lost.py": ZAPPED})
    collect = f"{sys.executable} -m pytest --collect-only -q -p no:cacheprovider"
    ran = restore(repository, "--yes", "--verify", "--verify-command", collect)
    assert ran.code == 1
    assert "1 of 2 restored files can be collected" in ran.stdout
    assert "nowhere" in ran.stdout


def test_a_diff_shows_what_would_change(repository: GitRepository) -> None:
    """In the usual form."""
    text = restore(repository, "--dry-run", "--diff").stdout
    assert f"--- a/{PATH}\n+++ b/{PATH}\n@@ -1,11 +1,11 @@\n" in text
    assert "-# ZAPPED: def test_one():\n" in text
    assert "+def test_one():\n" in text
    assert text.index("+def test_one") < text.index("can be restored: ") < text.index("\nNext\n")
    assert "\n  the same without --dry-run  asks, saves what will change, then writes 1 file\n" in text


def test_symbolic_links_are_refused(repository: GitRepository, tmp_path: Path) -> None:
    """What they lead to may lie anywhere."""
    target = tmp_path / "elsewhere.py"
    target.write_text(ZAPPED)
    (repository.path / "tests/test_link.py").symlink_to(target)
    ran = restore(repository, "--yes", "tests/test_link.py")
    assert ran.code == 2
    assert "lies outside" in ran.stderr
    assert target.read_text() == ZAPPED


def test_paths_outside_the_repository_are_refused(repository: GitRepository, tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "test_out.py").write_text(ZAPPED)
    ran = restore(repository, "--yes", "tests", "../test_out.py")
    assert ran.code == 2
    assert ran.stderr.count("\n") == 1


def test_a_merge_in_progress_is_refused(repository: GitRepository) -> None:
    """The plan is shown, nothing is written, and the message says what to do first."""
    repository.branch("side")
    repository.commit({"app.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"app.py": "x = 2\n"})
    repository.git("merge", "side", check=False)
    ran = restore(repository, "--yes", "tests")
    assert ran.code == 2
    assert "merge is in progress" in ran.stderr
    assert (repository.path / PATH).read_text() == ZAPPED


def test_edits_that_collide_are_left_to_the_person(repository: GitRepository) -> None:
    """The damage changed a helper, and so did a later commit; --prefer healthy decides."""
    helper = "def price():\n    return {}\n\n\n"
    place = "tests/test_price.py"
    repository.commit({PATH: CART, place: helper.format(1) + CART})
    repository.commit({place: helper.format(10) + ZAPPED})
    repository.commit({place: helper.format(11) + ZAPPED})
    ran = restore(repository, "--yes", "--output-format", "json")
    (item,) = ran.json["plan"]
    assert (item["action"], ran.code) == ("skip", 1)
    assert item["conflicts"] >= 1
    assert "--prefer healthy" in item["reason"]
    assert restore(repository, "--yes", "--prefer", "healthy").code == 0
    assert (repository.path / place).read_text() == helper.format(1) + CART


def test_a_skeleton_keeps_the_loss_visible(repository: GitRepository) -> None:
    """One failing test for each lost one, beside the file; --undo removes it again."""
    lost = ZAPPED.replace("test_one", "test_uno").replace("test_empty", "test_nada")
    repository.commit({"tests/test_born.py": lost})
    ran = restore(repository, "--yes", "--skeleton", "tests/test_born.py")
    assert ran.code == 1
    written = repository.path / "tests/test_born_lost.py"
    assert written.read_text().count("pytest.fail") == 2
    assert (repository.path / "tests/test_born.py").read_text() == lost
    assert restore(repository, "--undo").code == 0
    assert not written.exists()


def test_a_run_that_was_killed_can_be_completed(repository: GitRepository) -> None:
    """The plan need not be made again: everything lies in the backup."""
    script = (
        "import sys, os\n"
        "def die(event, args):\n"
        "    if event == 'os.rename' and 'test_cart.py' in repr(args):\n"
        "        os._exit(9)\n"
        "sys.addaudithook(die)\n"
        "from integrity.cli.main import run\n"
        "run(['restore', '--yes'])\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=repository.path, capture_output=True, check=False)
    assert killed.returncode == 9
    assert (repository.path / PATH).read_text() == ZAPPED
    assert "1 file  interrupted" in restore(repository, "--undo", "--list").stdout
    assert restore(repository, "--resume").code == 0
    assert (repository.path / PATH).read_text() == CART
    assert restore(repository, "--undo").code == 0
    assert (repository.path / PATH).read_text() == ZAPPED
