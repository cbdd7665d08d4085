"""Results of earlier scans in one SQLite file; never an error, never a wrong answer, at worst no help."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS meta (version TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS file (key TEXT PRIMARY KEY, result BLOB NOT NULL, facts BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS program (key TEXT PRIMARY KEY, payload BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS code (key TEXT PRIMARY KEY, payload BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS verdict (key TEXT PRIMARY KEY, payload BLOB NOT NULL);
"""
_PAYLOADS = ("program", "code", "verdict")
_KEPT_VERDICTS = 20
_KEPT_FILES = 200_000
_CHUNK = 500  # below SQLite's limit of 999 parameters in old builds
_LOCK_SECONDS = 2.0
_FAILURES = (sqlite3.Error, UnicodeDecodeError)  # the latter from error messages that quote a damaged schema


class Cache:
    """Stored results, by key.

    Args:
        folder: where the file lies; made when missing, with a `.gitignore` that ignores the folder itself. None for a
            cache that remembers nothing.
        version: identifies the code that produced the results; another version starts afresh.
    """

    def __init__(self, folder: Path | None, version: str) -> None:
        self._path = folder / "cache.sqlite" if folder else None
        self._version = version
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Cache:
        if self._path:
            self._connection = self._open(self._path) or self._open(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection:
            with contextlib.suppress(*_FAILURES):
                self._connection.close()
        self._connection = None

    def again(self) -> Cache:
        """The same cache, still to be opened: no process may use the connection of another."""
        return Cache(self._path.parent if self._path else None, self._version)

    def __str__(self) -> str:
        return f"cache {self._path}" if self._path else "no cache"

    def results(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The stored results of these keys; missing and damaged ones are left out."""
        return dict(self._select("file", "result", keys))

    def facts(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The stored facts of these keys, likewise."""
        return dict(self._select("file", "facts", keys))

    def programs(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The stored import-time programs of these blobs, likewise."""
        return dict(self._select("program", "payload", keys))

    def code(self, key: str) -> bytes | None:
        """The stored code of a blob, with the bodies of its functions."""
        return next((payload for _, payload in self._select("code", "payload", [key])), None)

    def codes(self, keys: Sequence[str]) -> dict[str, bytes]:
        """What is stored under these keys in the place of `code`; missing and damaged ones are left out."""
        return dict(self._select("code", "payload", keys))

    def store(self, rows: Mapping[str, tuple[bytes, bytes]]) -> None:
        """Store results and facts under their keys."""
        sealed = [(key, _seal(result), _seal(facts)) for key, (result, facts) in rows.items()]
        self._write("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", sealed)

    def store_programs(self, rows: Mapping[str, bytes]) -> None:
        """Store import-time programs under their blobs."""
        self._write("INSERT OR REPLACE INTO program VALUES (?, ?)", [(key, _seal(one)) for key, one in rows.items()])

    def store_code(self, key: str, payload: bytes) -> None:
        """Store the code of a blob."""
        self._write("INSERT OR REPLACE INTO code VALUES (?, ?)", [(key, _seal(payload))])

    def verdict(self, key: str) -> bytes | None:
        """The stored verdict of a whole scan."""
        found = self._read("SELECT key, payload FROM verdict WHERE key = ?", (key,))
        return next((payload for _, payload in found), None)

    def store_verdict(self, key: str, payload: bytes) -> None:
        """Store a verdict, and forget the oldest when there are many of anything."""
        self._write("INSERT OR REPLACE INTO verdict VALUES (?, ?)", [(key, _seal(payload))])
        self._trim("verdict", _KEPT_VERDICTS)
        for table in ("file", "program", "code"):
            self._trim(table, _KEPT_FILES)

    def _select(self, table: str, column: str, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            yield from self._read(f"SELECT key, {column} FROM {table} WHERE key IN ({marks})", chunk)  # noqa: S608 - no outside text

    def _read(self, query: str, parameters: Sequence[str]) -> list[tuple[str, bytes]]:
        if not self._connection:
            return []
        try:
            rows = self._connection.execute(query, parameters).fetchall()
        except _FAILURES as error:
            _discard(self._connection, self._path, error)
            self._connection = None
            return []
        return [(key, content) for key, sealed in rows if (content := _unseal(sealed)) is not None]

    def _write(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        if self._connection:
            with contextlib.suppress(*_FAILURES), self._connection:
                self._connection.executemany(statement, rows)

    def _trim(self, table: str, kept: int) -> None:
        """Start a table afresh when it has outgrown its bound: rarer, simpler and cheaper than to track use."""
        if self._connection:
            with contextlib.suppress(*_FAILURES), self._connection:
                (count,) = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
                if count > kept:
                    self._connection.execute(f"DELETE FROM {table}")  # noqa: S608

    def _open(self, path: Path) -> sqlite3.Connection | None:
        """A connection to a cache of this version, None when there is none; a file that is no such thing is removed."""
        try:
            _make_folder(path.parent)
            connection = sqlite3.connect(path, timeout=_LOCK_SECONDS)
        except (OSError, sqlite3.Error):
            return None
        try:
            _prepare(connection, self._version)
        except _FAILURES as error:
            _discard(connection, path, error)
            return None
        return connection


def _discard(connection: sqlite3.Connection, path: Path | None, error: Exception) -> None:
    """Close a cache that failed, and remove its file unless another process merely holds it."""
    connection.close()
    held = isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))
    if held or path is None:
        return
    with contextlib.suppress(OSError):
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Made by integrity: a cache, safe to delete.\n*\n")


def _prepare(connection: sqlite3.Connection, version: str) -> None:
    """Create the tables, and empty them when another version filled them."""
    connection.execute("PRAGMA page_size = 16384")  # a row is as large as a page: with the default, each is cut up
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_SCHEMA)
    connection.execute("SELECT key, result, facts FROM file LIMIT 0")
    for table in _PAYLOADS:
        connection.execute(f"SELECT key, payload FROM {table} LIMIT 0")  # noqa: S608
    if connection.execute("SELECT version FROM meta").fetchall() == [(version,)]:
        return
    with connection:
        for table in ("meta", "file", *_PAYLOADS):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        connection.execute("INSERT INTO meta VALUES (?)", (version,))


def _seal(content: bytes) -> bytes:
    """The content with its checksum, so that a flipped bit is a miss and not an answer."""
    return zlib.crc32(content).to_bytes(4, "big") + content


def _unseal(sealed: object) -> bytes | None:
    if not isinstance(sealed, bytes):
        return None
    content = sealed[4:]
    return content if zlib.crc32(content).to_bytes(4, "big") == sealed[:4] else None
