"""The cache is never an error and never a wrong answer: damaged, foreign, locked or read-only, it only forgets."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.cache import Cache

_ROWS = {"a-1": (b"result", b"facts"), "b-2": (b"other", b"")}


def _filled(folder: Path, version: str = "v1") -> Path:
    """A cache with two rows and a verdict; its file."""
    with Cache(folder, version) as cache:
        cache.store(_ROWS)
        cache.store_verdict("scan", b"verdict")
    return folder / "cache.sqlite"


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    """Results, facts and verdicts survive closing."""
    _filled(tmp_path)
    with Cache(tmp_path, "v1") as cache:
        assert cache.results(["a-1", "b-2", "c-3"]) == {"a-1": b"result", "b-2": b"other"}
        assert cache.facts(["a-1"]) == {"a-1": b"facts"}
        assert cache.verdict("scan") == b"verdict"
        assert cache.verdict("other") is None


def test_thousands_of_keys_at_once(tmp_path: Path) -> None:
    """A look-up is not bounded by SQLite's limit on parameters."""
    rows = {f"k{n}": (str(n).encode(), b"") for n in range(3000)}
    with Cache(tmp_path, "v1") as cache:
        cache.store(rows)
        assert cache.results(list(rows)) == {key: result for key, (result, _) in rows.items()}


def test_another_version_starts_afresh(tmp_path: Path) -> None:
    """Results of other code are never used."""
    _filled(tmp_path, "v1")
    with Cache(tmp_path, "v2") as cache:
        assert cache.results(list(_ROWS)) == {}
        assert cache.verdict("scan") is None


def test_the_folder_ignores_itself(tmp_path: Path) -> None:
    """Git never sees the cache."""
    _filled(tmp_path / "cache")
    assert "*" in (tmp_path / "cache" / ".gitignore").read_text().split("\n")


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_foreign_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    """Whatever lies in the cache's place, the cache works."""
    (tmp_path / "cache.sqlite").write_bytes(content)
    _filled(tmp_path)
    with Cache(tmp_path, "v1") as cache:
        assert cache.results(["a-1"]) == {"a-1": b"result"}


def test_a_database_of_another_shape_is_replaced(tmp_path: Path) -> None:
    """A table of the same name with other columns is no cache."""
    connection = sqlite3.connect(tmp_path / "cache.sqlite")
    connection.execute("CREATE TABLE file (something TEXT)")
    connection.close()
    _filled(tmp_path)
    with Cache(tmp_path, "v1") as cache:
        assert cache.results(["a-1"]) == {"a-1": b"result"}


@given(st.integers(0, 20_000), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_flipped_byte_never_changes_an_answer(
    tmp_path_factory: pytest.TempPathFactory, position: int, flip: int
) -> None:
    """Every answer from a damaged file is the stored one or none."""
    path = _filled(tmp_path_factory.mktemp("cache"))
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= flip
    path.write_bytes(content)
    with Cache(path.parent, "v1") as cache:
        assert cache.results(["a-1", "b-2"]).items() <= {"a-1": b"result", "b-2": b"other"}.items()
        assert cache.verdict("scan") in (b"verdict", None)


def test_a_locked_cache_is_no_error(tmp_path: Path) -> None:
    """While another process holds the file, storing does nothing and reading still answers."""
    path = _filled(tmp_path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with Cache(tmp_path, "v1") as cache:
        cache.store({"c-3": (b"new", b"")})
    holder.execute("ROLLBACK")
    holder.close()
    with Cache(tmp_path, "v1") as cache:
        assert cache.results(["a-1"]) in ({"a-1": b"result"}, {})


@pytest.mark.parametrize("name", ["file", "missing/folder/below/file"])
def test_without_a_place_it_remembers_nothing(tmp_path: Path, name: str) -> None:
    """A folder that cannot be made is a cache that forgets."""
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "missing").write_text("in the way")
    with Cache(tmp_path / name, "v1") as cache:
        cache.store(_ROWS)
        assert cache.results(["a-1"]) == {}


def test_no_folder_is_no_cache() -> None:
    """`--no-cache` is a cache without a folder."""
    with Cache(None, "v1") as cache:
        cache.store(_ROWS)
        cache.store_verdict("scan", b"verdict")
        assert cache.results(["a-1"]) == {}
        assert cache.verdict("scan") is None
