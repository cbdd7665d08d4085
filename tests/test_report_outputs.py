"""Choosing reports with `-o FORMAT:DEST`, and writing them."""

from __future__ import annotations

import io
import os
import resource
from pathlib import Path

import pytest

from integrity.errors import ConfigError, IntegrityError
from integrity.report.outputs import FORMATS, Options, Output, deliver, parse, render, write
from tests.support import verdicts


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ("json", Output("json")),
        ("json:", Output("json")),
        ("json:-", Output("json")),
        ("json:out.json", Output("json", Path("out.json"))),
        ("text:C:/reports/a:b.txt", Output("text", Path("C:/reports/a:b.txt"))),
        ("github:./-", Output("github", Path("-"))),
    ],
)
def test_a_specification_is_a_format_and_perhaps_a_destination(specification: str, expected: Output) -> None:
    """Only the first colon separates; `-` or nothing means standard output."""
    assert parse([specification]) == [expected]


def test_every_wrong_specification_is_named_at_once() -> None:
    """One line a fault, with a suggestion where a format is close."""
    with pytest.raises(ConfigError) as caught:
        parse(["jsn:a", "yaml:b", "text:c", "json:c", "text", "json"])

    assert caught.value.lines == [
        "unknown output format 'jsn'; did you mean 'json'?",
        f"unknown output format 'yaml'; there are {', '.join(FORMATS)}",
        "2 reports for c, one is possible",
        "2 reports for standard output, one is possible",
    ]


def test_rendering_an_unknown_format_is_a_usage_error() -> None:
    """The same message as for a specification."""
    with pytest.raises(ConfigError, match="did you mean 'concise'"):
        render(verdicts.clean(), "concice")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_every_kind_of_verdict_the_same_way_twice(name: str) -> None:
    """Reports depend on the verdict alone."""
    for build in (verdicts.clean, verdicts.mixed):
        assert render(build(), name) == render(build(), name)


def test_reports_go_where_they_were_sent(tmp_path: Path) -> None:
    """One to standard output with its options, one to a file without colour and with the command's name."""
    stdout = io.StringIO()
    outputs = parse(["text", f"text:{tmp_path / 'a.txt'}", f"json:{tmp_path / 'b:c.json'}"])
    deliver(verdicts.mixed(), outputs, stdout, Options(width=80, color=True, command="score"))

    assert stdout.getvalue() == render(verdicts.mixed(), "text", Options(width=80, color=True))
    assert (tmp_path / "a.txt").read_text() == render(verdicts.mixed(), "text")
    assert '"command": "score"' in (tmp_path / "b:c.json").read_text()


def test_a_poor_terminal_gets_escapes_instead_of_a_crash() -> None:
    """What the encoding of standard output cannot hold is written as an escape."""
    raw = io.BytesIO()
    stdout = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    deliver(verdicts.verdict([verdicts.finding(message="naïve 漢")]), [Output("concise")], stdout)
    stdout.flush()

    assert raw.getvalue().split(b"\n")[0].endswith(b"COR001 na\\xefve \\u6f22")


def test_a_report_replaces_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    """The new content, the old permissions, no temporary file left."""
    target = tmp_path / "report.txt"
    target.write_text("old")
    target.chmod(0o640)
    write(target, "new 漢\n")

    assert target.read_bytes() == "new 漢\n".encode()
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_report_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    """Other users of a build machine can read it."""
    (tmp_path / "other").touch()
    write(tmp_path / "report.txt", "new")

    assert (tmp_path / "report.txt").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced."""
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", "new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_pipe_is_written_to_directly() -> None:
    """As in `-o json:>(jq .)`."""
    reading, writing = os.pipe()
    write(Path(f"/dev/fd/{writing}"), "new")
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "new"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/report.txt", "there is no folder {}/missing"),
        ("folder", "is a directory"),
        ("file/report.txt", "not a directory"),
        ("x" * 300, "file name too long"),
        ("a\0b", "embedded null"),
    ],
)
def test_a_report_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path: Path, name: str, reason: str) -> None:
    """The destination and the reason, and a folder as it was."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    with pytest.raises(IntegrityError) as caught:
        write(tmp_path / name, "new")

    assert len(caught.value.lines) == 1
    assert caught.value.lines[0].startswith(f"cannot write {tmp_path}/")
    assert reason.format(tmp_path) in caught.value.lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "old"


def test_a_full_disk_leaves_the_old_report_and_no_scrap(tmp_path: Path) -> None:
    """Writing fails half-way, here at the process's limit of file sizes: nothing half-written is left."""
    target = tmp_path / "report.txt"
    target.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(IntegrityError, match="file too large"):
            write(target, "new" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
