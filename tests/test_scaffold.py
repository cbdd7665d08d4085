"""What `integrity init` writes, and that it overwrites nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from integrity.config import scaffold
from integrity.config.config import Config, load
from integrity.config.options import OPTIONS
from integrity.errors import TargetError
from integrity.score import DEFAULT_WEIGHTS


def _uncommented(text: str) -> str:
    """The text with every commented key and table live, prose left as it is."""
    return re.sub(r'^# (?=\[[a-z.-]+\]$|["\w*/-]+ = )', "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "text"),
    [("integrity.toml", scaffold.integrity_toml()), ("pyproject.toml", scaffold.pyproject_stanza())],
)
def test_generated_configuration_is_the_defaults(tmp_path: Path, name: str, text: str) -> None:
    """As written, the configuration loads without a fault and sets nothing."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    config = load(tmp_path, tmp_path)

    assert config == Config(source=tmp_path.resolve() / name)
    assert config.given == frozenset()


@pytest.mark.parametrize(
    ("name", "text"),
    [("integrity.toml", scaffold.integrity_toml()), ("pyproject.toml", scaffold.pyproject_stanza())],
)
def test_generated_configuration_documents_every_key_with_its_default(tmp_path: Path, name: str, text: str) -> None:
    """With the hashes removed every key is set, without a fault, to its default where it has one."""
    (tmp_path / name).write_text(_uncommented(text), encoding="utf-8")

    config = load(tmp_path, tmp_path)

    examples = {"artefacts", "per_file_ignores", "severity", "test_paths", "minimum_python", "fail_under", "weights"}
    examples |= {"thresholds", "scope_thresholds"}
    assert config.given == {option.field for option in OPTIONS.values()}
    defaults = vars(Config())
    assert {field for field in config.given if vars(config)[field] != defaults[field]} == examples
    assert config.weights == DEFAULT_WEIGHTS


def test_an_empty_folder_gets_both_files(tmp_path: Path) -> None:
    """Planning writes nothing; writing creates both files and says so; a second run keeps them."""
    steps = scaffold.plan(tmp_path)

    assert [(step.path.name, step.action) for step in steps] == [
        ("integrity.toml", "create"),
        (".pre-commit-config.yaml", "create"),
    ]
    assert list(tmp_path.iterdir()) == []
    assert scaffold.write(steps) == ["created integrity.toml", "created .pre-commit-config.yaml"]
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "integrity.toml": scaffold.integrity_toml(),
        ".pre-commit-config.yaml": scaffold.hook_file(),
    }
    assert [step.action for step in scaffold.plan(tmp_path)] == ["keep", "keep"]


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    """An existing configuration stays as it is, and the hook is handed out to be added by hand."""
    files = {"pyproject.toml": "[tool.integrity]\n", ".pre-commit-config.yaml": "repos: []\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    lines = scaffold.write(scaffold.plan(tmp_path))

    assert lines[0] == "kept pyproject.toml: it configures integrity already"
    assert lines[1] == "kept .pre-commit-config.yaml: add this under `repos:` by hand"
    assert "\n".join(lines[3:]) + "\n" == scaffold.HOOK
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == files


def test_a_pyproject_without_our_table_is_no_configuration(tmp_path: Path) -> None:
    """Somebody else's pyproject.toml is left alone and integrity.toml created beside it."""
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")

    first = scaffold.plan(tmp_path)[0]

    assert (first.path.name, first.action) == ("integrity.toml", "create")


def test_a_file_that_appears_in_between_is_not_overwritten(tmp_path: Path) -> None:
    """Even a file, or a link into nowhere, that came into being after the plan stays."""
    steps = scaffold.plan(tmp_path)
    (tmp_path / "integrity.toml").symlink_to(tmp_path / "victim")

    with pytest.raises(TargetError, match=r"integrity\.toml: exists by now"):
        scaffold.write(steps)

    assert not (tmp_path / "victim").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    """A missing folder gives the system's reason, not a traceback."""
    with pytest.raises(TargetError, match=r"integrity\.toml: cannot be created \(No such file or directory\)"):
        scaffold.write(scaffold.plan(tmp_path / "absent"))


def test_pre_commit_accepts_the_hook(tmp_path: Path) -> None:
    """The real pre-commit program finds the generated file valid."""
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(scaffold.hook_file(), encoding="utf-8")

    command = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")
