"""Bad input is normal input: one clear line each, nothing hidden, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.program import Ran, integrity, scan
from tests.support.repository import GitRepository, create

HEALTHY = "def test_a():\n    assert 1 + 1 == 2\n"
CRITICAL = "# REMOVED_SYNTAX_ERROR: def test_b():\n# REMOVED_SYNTAX_ERROR:     assert f(1)\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one healthy and one damaged file."""
    made = create(tmp_path / "project")
    made.commit({"tests/test_a.py": HEALTHY, "tests/test_b.py": CRITICAL})
    return made


def _is_one_clear_line(ran: Ran, *words: str) -> bool:
    """Exit code 2, nothing on standard output, one line on standard error that holds the words."""
    lines = ran.stderr.splitlines()
    return (ran.code, ran.stdout, len(lines)) == (2, "", 1) and all(word in lines[0] for word in words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.py",), ("missing.py",)),
        (("--rev", "nonsense"), ("nonsense", "revision")),
        (("--select", "COR999"), ("COR999", "did you mean")),
        (("--select", "tool-residu"), ("tool-residu", "tool-residue")),
        (("--staged", "--rev", "HEAD"), ("--staged", "--rev")),
        (("--output-format", "xml"), ("xml",)),
        (("-o", "jsno:x"), ("jsno", "json")),
        (("--config", "missing.toml"), ("missing.toml",)),
        (("--jobs", "0"), ("0",)),
        (("--no-such-flag",), ("--no-such-flag",)),
        (("..",), ()),
    ],
)
def test_usage_errors(repository: GitRepository, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    """What cannot be done is said in one line with what was wrong."""
    if arguments == ("..",):
        (repository.path.parent / "empty").mkdir()
        assert _is_one_clear_line(scan(repository.path.parent / "empty"), "no Python file")
        return
    ran = scan(repository.path, *arguments)
    assert _is_one_clear_line(ran, *words), ran


def test_unknown_command(tmp_path: Path) -> None:
    """A mistyped command gets the closest one offered."""
    assert _is_one_clear_line(integrity(tmp_path, "scna"), "scna", "scan")


@pytest.mark.parametrize("way", [("--staged",), ("--rev", "HEAD")])
def test_outside_a_repository(tmp_path: Path, way: tuple[str, ...]) -> None:
    """Only what needs git fails without it; the plain scan works."""
    (tmp_path / "test_a.py").write_text(HEALTHY)
    assert _is_one_clear_line(scan(tmp_path, *way), "not in a git repository")
    assert scan(tmp_path).code == 0


def test_broken_configuration_names_every_fault(repository: GitRepository) -> None:
    """All faults at once, one line each."""
    repository.write("integrity.toml", 'selct = ["COR"]\nfail-severity = "huge"\nmax-file-size = "x"\n')
    ran = scan(repository.path)
    lines = ran.stderr.splitlines()
    assert (ran.code, len(lines)) == (2, 3)
    assert all(any(word in line for line in lines) for word in ("selct", "fail-severity", "max-file-size"))


def test_unknown_codes_of_a_configuration(repository: GitRepository) -> None:
    """A code that no rule has is an error with the closest known one."""
    repository.write("integrity.toml", 'ignore = ["COR099"]\n[severity]\nENV002 = "low"\n')
    ran = scan(repository.path)
    assert (ran.code, len(ran.stderr.splitlines())) == (2, 2)
    assert "did you mean 'ENV001'" in ran.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("undecodable", b"x = '\xff\xfe\xfd'\n", "not utf-8"),
        ("cookie", b"# -*- coding: martian -*-\nx = 1\n", "martian"),
        ("utf16", "x = 1\n".encode("utf-16"), "UTF-16"),
        ("brackets", b"(" * 1000 + b")" * 1000 + b"\n", ""),
        ("blocks", "".join(f"{' ' * n}if x:\n" for n in range(1000)).encode() + b" " * 1000 + b"pass\n", ""),
        ("unary", b"x = " + b"-" * 100_000 + b"1\n", ""),
        ("sum", b"x = " + b"1 + " * 200_000 + b"1\n", ""),
        ("attributes", b"x = a" + b".b" * 50_000 + b"\n", ""),
        ("lambdas", b"x = " + b"lambda: " * 20_000 + b"1\n", ""),
    ],
)
def test_what_cannot_be_checked_is_a_gap(repository: GitRepository, name: str, content: bytes, words: str) -> None:
    """The scan survives, the file is named with the reason, the exit code is 2, and other findings are still there."""
    repository.write(f"{name}.py", content)
    ran = scan(repository.path)
    assert ran.code == 2, ran
    assert [gap["path"] for gap in ran.json["gaps"]] == [f"{name}.py"]
    assert words in ran.json["gaps"][0]["reason"]
    assert ran.codes == [("tests/test_b.py", 1, "COR002")]
    assert scan(repository.path, "--allow-gaps").code == 1


def test_large_files_are_gaps(repository: GitRepository) -> None:
    """A file over the limit is not read; a line of 5 MB below the limit is."""
    repository.write("big.py", b"#" * 50_000_000)
    repository.write("long.py", b"x = '" + b"a" * 5_000_000 + b"'\n")
    ran = scan(repository.path)
    assert [gap["path"] for gap in ran.json["gaps"]] == ["big.py"]
    assert "50.0 MB" in ran.json["gaps"][0]["reason"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbfx = 1\r\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"x = 1\x0c\ny = 2\n",
        b"if 1:\n\tx = 1\n",
        b"x = 1\r",
    ],
)
def test_unusual_but_valid_text(repository: GitRepository, content: bytes) -> None:
    """Byte order marks, line endings, encodings, form feeds and tabs are no trouble."""
    repository.write("app.py", content)
    ran = scan(repository.path)
    assert ran.json["gaps"] == []
    assert ran.codes == [("tests/test_b.py", 1, "COR002")]


def test_nul_bytes_are_damage(repository: GitRepository) -> None:
    """A file with NUL bytes was checked, and is damaged."""
    repository.write("tests/test_nul.py", HEALTHY.encode() + b"\0\0\0")
    ran = scan(repository.path, "tests/test_nul.py")
    assert len(ran.codes) == 1
    assert ran.code == 1


def test_line_endings_do_not_change_findings(repository: GitRepository) -> None:
    """The same file with CR LF gives the same findings at the same places."""
    repository.write("tests/test_c.py", CRITICAL.replace("\n", "\r\n").encode())
    found = [(line, code) for path, line, code in scan(repository.path).codes if path != "tests/test_a.py"]
    assert found == [(1, "COR002"), (1, "COR002")]


def test_missing_objects_are_gaps(repository: GitRepository) -> None:
    """A blob that the object store lacks is named; the rest of the revision is checked."""
    blob = repository.text("rev-parse", "HEAD:tests/test_a.py")
    (repository.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    ran = scan(repository.path, "--rev", "HEAD")
    assert ran.code == 2
    assert [gap["path"] for gap in ran.json["gaps"]] == ["tests/test_a.py"]
    assert ran.codes == [("tests/test_b.py", 1, "COR002")]


def test_symbolic_links_are_not_followed(repository: GitRepository) -> None:
    """Loops, links out of the tree and broken links neither hang the scan nor add files to it."""
    outside = repository.path.parent / "outside.py"
    outside.write_text(CRITICAL)
    for name, target in {"loop": ".", "out.py": "../outside.py", "broken.py": "nowhere.py"}.items():
        (repository.path / name).symlink_to(target)
    assert scan(repository.path).codes == [("tests/test_b.py", 1, "COR002")]


def test_file_names_of_any_bytes(repository: GitRepository) -> None:
    """Spaces, quotes, newlines and bytes that are not UTF-8 are reported and break nothing."""
    for name in (b"tests/test with 'quotes'.py", b"tests/test_new\nline.py", b"tests/test_\xff.py"):
        (Path(os.fsdecode(os.fsencode(repository.path) + b"/" + name))).write_text(CRITICAL)
    for output in ("json", "text", "concise", "github"):
        ran = integrity(repository.path, "scan", "--output-format", output)
        assert (ran.code, ran.stderr) == (1, "")
        assert ran.stdout.count("COR002") >= 4


_PACK = '''"""A rule that fails.

Why it matters: it tests.

Instead: nothing.
"""

import os
from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import File, Hit, Rule

RULE = Rule(code="BAD001", name="failing", severity=Severity.LOW, message="m", since="0.1")
VALID = ["x = 1"]
INVALID = ["x = 1  # <- BAD001"]


def check(file: File) -> Iterator[Hit]:
    yield from ()
    if any(one.name == "test_a" for one in file.facts.definitions):
        {failure}
'''


def _pack(folder: Path, failure: str) -> dict[str, str]:
    """Install a rule that fails on files with a function `test_a`; the environment in which it is found."""
    (folder / "failing_rules").mkdir(parents=True)
    (folder / "failing_rules/__init__.py").write_text('"""Rules that fail."""\n')
    (folder / "failing_rules/failing.py").write_text(_PACK.replace("{failure}", failure))
    metadata = folder / "failing-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: failing\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[integrity.rules]\nfailing = failing_rules\n")
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ('raise ZeroDivisionError("on purpose")', "rule BAD001 failed: ZeroDivisionError: on purpose"),
        ("os.abort()", "the parser crashed on it"),
    ],
)
def test_a_failing_rule_hides_nothing(repository: GitRepository, tmp_path: Path, failure: str, reason: str) -> None:
    """A rule that raises, or takes its process with it, is a gap of that file; every other finding is still printed."""
    repository.commit({f"more/module_{number}.py": "x = 1\n" for number in range(120)})
    environment = _pack(tmp_path / "site", failure)
    ran = integrity(repository.path, "scan", "--output-format", "json", environment=environment)
    assert ran.code == 2, ran
    assert [gap["path"] for gap in ran.json["gaps"]] == ["tests/test_a.py"]
    assert reason in ran.json["gaps"][0]["reason"]
    assert ran.codes == [("tests/test_b.py", 1, "COR002")]


def test_a_rule_pack_that_cannot_be_imported(repository: GitRepository, tmp_path: Path) -> None:
    """Nothing is half-loaded: the pack is named, and nothing is scanned."""
    pack = tmp_path / "site"
    (pack / "broken-1.0.dist-info").mkdir(parents=True)
    (pack / "broken-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (pack / "broken-1.0.dist-info/entry_points.txt").write_text("[integrity.rules]\nbroken = no_such_package\n")
    ran = integrity(repository.path, "scan", environment={"PYTHONPATH": str(pack)})
    assert _is_one_clear_line(ran, "no_such_package")


def test_scanned_modules_cannot_stand_in_for_ours(repository: GitRepository) -> None:
    """Packages of the scanned repository that are named like our dependencies are never imported."""
    repository.write("click/__init__.py", "raise SystemExit('hijacked')\n")
    repository.write("integrity_rules/__init__.py", "raise SystemExit('hijacked')\n")
    assert scan(repository.path).codes == [("tests/test_b.py", 1, "COR002")]
