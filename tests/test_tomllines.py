"""The places of TOML values, against what `tomllib` makes of the text that stands there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.config import toml
from integrity.harness.located import HarnessFileError
from integrity.harness.tomllines import Document

KEYS = st.text("ab-_1", min_size=1, max_size=3)
STRINGS = st.one_of(
    st.text("ab #]},='\\\"é\n", max_size=6).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    ),
    st.text('ab #]},="\\é', max_size=6).map(lambda text: f"'{text}'"),
    st.text("ab #]},=é\n", max_size=6).map(lambda text: f'"""{text}"""'),
    st.text('ab #]},="\\é\n', max_size=6).map(lambda text: f"'''{text}'''"),
)
PLAIN = st.sampled_from(["1", "-2.5", "true", "1979-05-27T07:32:00Z", "0xff", "inf"])
SPACE = st.sampled_from(["", " ", "\n", " # note ]\n", "\n\n  "])


def _list(parts: list[tuple[str, str]]) -> str:
    return "[" + ",".join(before + value + before for before, value in parts) + "]"


def _table(parts: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key} = {value}" for key, value in parts.items()) + "}"


VALUES = st.recursive(
    STRINGS | PLAIN,
    lambda inner: (
        st.lists(st.tuples(SPACE, inner), max_size=3).map(_list)
        | st.dictionaries(KEYS, inner.filter(lambda text: "\n" not in text), max_size=3).map(_table)
    ),
    max_leaves=6,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=3)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text of tables and arrays of tables."""
    parts = ["".join(f"{key} = {value} # note\n" for key, value in draw(TABLES).items())]
    names = draw(st.lists(KEYS, max_size=3, unique=True))
    for name in names:
        many = draw(st.booleans())
        for _ in range(draw(st.integers(1, 3)) if many else 1):
            header = f'[["top{name}"]]' if many else f"[ top{name} . sub ]"
            parts.append(header + "\n" + "".join(f"{key} = {value}\n" for key, value in draw(TABLES).items()))
    return "\n".join(parts)


def value_at(table: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path of keys and numbers."""
    for key in path:
        table = table[key]
    return table


@given(documents())
def test_the_text_at_a_place_means_the_value(text: str) -> None:
    """For every value, also those inside lists and tables."""
    document = Document(text)
    for path in document.places:
        assert (
            toml.parse(f"x = {document.source(path)}".encode())["x"] == value_at(document.table, path) or "inf" in text
        )


@given(documents())
def test_every_value_of_a_table_has_a_place(text: str) -> None:
    """Nothing is left out."""
    document = Document(text)
    for key, value in document.table.items():
        if not key.startswith("top"):
            assert (key,) in document.places
            assert not isinstance(value, list) or all((key, number) in document.places for number in range(len(value)))


def test_lines_and_columns() -> None:
    """They count from one."""
    document = Document('[tool.pytest.ini_options]\naddopts = [\n  "-q",\n  "--co",\n]\n')
    assert document.located("--co", "tool", "pytest", "ini_options", "addopts", 1)[1:] == (4, 3)
    assert document.located("-q", "tool", "pytest", "ini_options", "addopts", 9)[1:] == (2, 11)


def test_what_is_no_toml_says_where() -> None:
    """In one line."""
    with pytest.raises(HarnessFileError, match="line 1"):
        Document("a = = 1")
