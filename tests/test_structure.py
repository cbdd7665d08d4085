"""Rules about structure: radon's figures, and definitions that stand in several modules."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from radon.complexity import cc_visit  # type: ignore[import-untyped]
from radon.metrics import mi_visit  # type: ignore[import-untyped]

from integrity.facts.structure import structure_of
from tests.support.program import integrity, scan
from tests.support.repository import create

_LIBRARY = sorted(Path(random.__file__).parent.glob("[c-h]*.py"))[:25]
_BODY = """
    total, seen = 0, set()
    for line in lines:
        if line.article in seen:
            raise ValueError(f"{line.article} stands twice")
        seen.add(line.article)
        total += line.price * line.number * (1 - line.discount)
    return round(total, 2)
"""
_ON = ("--extend-select", "SSO,CPX")


@pytest.mark.parametrize("path", _LIBRARY, ids=lambda path: path.name)
def test_figures_are_radons(path: Path) -> None:
    """Complexity and maintainability of the standard library, as radon has them."""
    text = path.read_text(encoding="utf-8")
    found = structure_of(text)
    inner = {(one.fullname, one.lineno, one.complexity) for one in cc_visit(text) if one.letter in "FM"}
    assert inner <= {(block.name, block.line, block.complexity) for block in found.blocks}
    assert found.maintainability == mi_visit(text, multi=True)
    assert not found.problem


@given(st.sampled_from(["", "x = (", "def f(:\n", "\x00", "class A:\n    pass\n", "(" * 500, "x = 1\n"]))
def test_any_text_has_a_structure(text: str) -> None:
    """What does not parse is left to the rules that say so."""
    assert structure_of(text).problem == "" or "parser" in structure_of(text).problem


def test_layout_and_docstrings_have_no_part_in_a_shape() -> None:
    """Names, constants and the end of a block have."""
    plain = structure_of(f"def total(lines):{_BODY}").shapes[0]
    same = structure_of(
        f'# A comment.\n\n\ndef total(lines):\n    """Sum."""{_BODY.replace("0, set", "0 , set")}'
    ).shapes[0]
    assert same.digest == plain.digest
    assert same.resemblance(plain) == 1.0
    for old, new in (("set()", "list()"), ("2)", "3)"), ("    return", "        return"), ("1 -", "1.0 -")):
        other = structure_of(f"def total(lines):{_BODY.replace(old, new)}").shapes[0]
        assert other.digest != plain.digest
        assert other.resemblance(plain) > 0.5


def test_a_class_and_a_function_are_told_apart() -> None:
    """And only what stands at module level counts."""
    text = (
        f"class total:\n    def inner(lines):{_BODY.replace(chr(10), chr(10) + '    ')}\n\n\ndef total(lines):{_BODY}"
    )
    assert [(shape.kind, shape.name) for shape in structure_of(text).shapes] == [
        ("class", "total"),
        ("function", "total"),
    ]


def test_copies_are_found_once_with_their_places(tmp_path: Path) -> None:
    """In production code alone, and only when the rules are asked for."""
    made = create(tmp_path / "repo")
    text = f"def total(lines):{_BODY}"
    made.commit({"app/cart.py": text, "app/order.py": f"import os\n\n\n{text}", "tests/test_x.py": text})
    assert scan(made.path).code == 0
    (finding,) = scan(made.path, *_ON).json["findings"]
    assert (finding["code"], finding["path"], finding["line"]) == ("SSO001", "app/cart.py", 1)
    assert finding["related"] == [{"path": "app/order.py", "line": 4, "message": "the same body"}]
    assert "(8 lines) stands with the same body in 2 modules: also in app/order.py" in finding["message"]


def test_structure_counts_in_the_score_when_its_rules_are_made_to_fail(tmp_path: Path) -> None:
    """Medium findings cost nothing, so that the group takes no part; raised to high it does, and says so."""
    made = create(tmp_path / "repo")
    made.commit({"app/cart.py": f"def total(lines):{_BODY}", "app/order.py": f"def total(lines):{_BODY}"})
    assert "structure" not in scan(made.path, *_ON).json["score"]["groups"]
    made.write("integrity.toml", '[severity]\nSSO001 = "high"\n')
    group = scan(made.path, *_ON).json["score"]["groups"]["structure"]
    assert (group["compliant"], group["files"]) == (1, 2)


def test_bounds_come_from_the_configuration(tmp_path: Path) -> None:
    """Of complexity and of maintainability; wrong ones are errors."""
    made = create(tmp_path / "repo")
    made.commit({"app/cart.py": f"def total(lines):{_BODY}"})
    made.write("integrity.toml", "[structure]\nmax-complexity = 2\nmin-maintainability = 99\n")
    assert {code for _, _, code in scan(made.path, *_ON).codes} == {"CPX001", "CPX002"}
    made.write("integrity.toml", "[structure]\nmax-complexity = 0\nmin-maintainability = 101\n")
    ran = integrity(made.path, "scan")
    assert (ran.code, ran.stderr.count("\n")) == (2, 2)


def test_figures_do_not_depend_on_the_cache_or_the_processes(tmp_path: Path) -> None:
    """Cold or warm, one process or two."""
    made = create(tmp_path / "repo")
    made.commit({f"app/m{number}.py": f"def total(lines):{_BODY}\n\nX = {number}\n" for number in range(40)})
    runs = [("-j", "1", "--no-cache"), ("-j", "2", "--no-cache"), (), ()]
    assert len({scan(made.path, *_ON, *flags).stdout for flags in runs}) == 1


def test_deep_nesting_is_a_gap_and_no_crash(tmp_path: Path) -> None:
    """A file that exhausts radon is named."""
    made = create(tmp_path / "repo")
    depth = sys.getrecursionlimit()
    made.commit({"app/deep.py": "x = " + "+".join(["a"] * depth * 2) + "\n", "app/cart.py": "x = 1\n"})
    ran = scan(made.path, *_ON)
    assert "app/deep.py" in str(ran.json["gaps"])
    assert ran.code == 2
