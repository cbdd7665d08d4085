"""What a build leaves out: the documented rules of `.dockerignore`, `COPY` and `.gcloudignore`, one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.imports.dockerignore import decisive, patterns, taken
from integrity.imports.settings import Settings
from integrity.imports.shipping import Artefact, left_out
from tests.support.program import scan
from tests.support.repository import create


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("app/a.py", "app/a.py", 1),
        ("/app/a.py", "app/a.py", 1),
        ("./app//x/../a.py", "app/a.py", 1),
        ("  app/a.py \r\n", "app/a.py", 1),
        ("\ufeffapp", "app/a.py", 1),
        ("app/", "app/a.py", 1),
        ("a.py", "app/a.py", None),
        ("*/a.py", "app/a.py", 1),
        ("*/a.py", "app/x/a.py", None),
        ("*.py", "app/a.py", None),
        ("**/*.py", "a.py", 1),
        ("**/*.py", "app/x/a.py", 1),
        ("app/**", "app/x/a.py", 1),
        ("app/**/a.py", "app/a.py", 1),
        ("app/?.py", "app/a.py", 1),
        ("app/?.py", "app/ab.py", None),
        ("app/[a-c].py", "app/b.py", 1),
        ("app/[^a-c].py", "app/b.py", None),
        (r"app/\*.py", "app/a.py", None),
        ("# app", "app/a.py", None),
        (" # app\napp", "app/a.py", 2),
        ("\n\napp", "app/a.py", 3),
        ("app\n!app/a.py", "app/a.py", None),
        ("app\n!app/a.py", "app/b.py", 1),
        ("app\n! app/a.py", "app/a.py", None),
        ("app\n!app/a.py\napp/*.py", "app/a.py", 3),
        ("app\n!app/x\n", "app/x/y/a.py", None),
        ("!", "app/a.py", None),
        ("app/[z-a].py", "app/z.py", None),
    ],
)
def test_dockerignore(text: str, path: str, line: int | None) -> None:
    """As Docker's documentation has it."""
    one = decisive(patterns(text), path)
    assert (one and one.line) == line


@pytest.mark.parametrize(
    ("dockerfile", "path", "copied"),
    [
        ("COPY app/ ./app/", "app/a.py", True),
        ("COPY app/ ./app/", "shared/a.py", False),
        ("COPY app shared /x/", "shared/a.py", True),
        ("COPY . .", "app/a.py", True),
        ("add ./ /x", "app/a.py", True),
        ('COPY ["app", "/x"]', "app/a.py", True),
        ("COPY --chown=a:b app /x", "app/a.py", True),
        ("COPY --from=builder app /x", "app/a.py", False),
        ("COPY --from=builder --chown=a app /x", "app/a.py", False),
        ("COPY \\\n  # remark\n  app \\\n  /x", "app/a.py", True),
        ("COPY */a.py /x", "app/a.py", True),
        ("COPY *.py /x", "app/a.py", False),
        ("COPY $SOURCE /x", "app/a.py", True),
        ("# COPY app /x", "app/a.py", False),
        ("COPY [app /x", "app/a.py", False),
        ("COPY", "app/a.py", False),
    ],
)
def test_copy(dockerfile: str, path: str, copied: bool) -> None:
    """What an instruction takes from the build context; in doubt everything."""
    assert taken(dockerfile)(path) is copied


def test_gcloudignore_follows_git() -> None:
    """Names match at any depth, a file cannot be taken back from a folder that is out, and files are included."""
    texts = {".gcloudignore": "#!include:.gitignore\nlogs/\n!logs/a.py\n", ".gitignore": "*.py\n!b.py\n"}
    why = left_out(Artefact("x", (), ignore=".gcloudignore"), Settings(shipping=texts))
    assert why("app/a.py") == ".gitignore:1 `*.py` leaves it out"
    assert why("app/b.py") == ""
    assert why("app/logs/b.py") == ".gcloudignore:2 `logs/` leaves it out"


def test_the_ignore_file_named_after_the_dockerfile_goes_first() -> None:
    """And the context bounds what can be had."""
    texts = {"back/.dockerignore": "a.py", "x.Dockerfile.dockerignore": "b.py", "x.Dockerfile": "COPY . /x"}
    own = left_out(Artefact("x", (), "back", "x.Dockerfile"), Settings(shipping=texts))
    assert own("back/a.py") == ""
    assert own("back/b.py") == "x.Dockerfile.dockerignore:1 `b.py` leaves it out"
    assert own("front/c.py") == "it is outside the build context back"
    common = left_out(Artefact("x", (), "back"), Settings(shipping=texts))
    assert common("back/a.py") == "back/.dockerignore:1 `a.py` leaves it out"


@given(st.text("ab*?!/\\[]-^# .\n", max_size=30))
def test_any_text_is_read(text: str) -> None:
    """A malformed pattern matches nothing and stops nobody."""
    one = decisive(patterns(text), "a/b")
    assert one is None or one.out
    assert taken(f"COPY {text} /x")("a/b") in {True, False}


def test_a_folder_that_an_ignore_line_hits_and_a_later_one_takes_back(tmp_path: Path) -> None:
    """The finding goes, in the same file, as soon as the folder is taken back; only what is reached counts."""
    made = create(tmp_path / "project")
    ignore = "**/monitoring\nunused\n"
    made.commit(
        {
            "pyproject.toml": "[tool.integrity.artefacts.backend]\nentry-points = ['back.main:app']\n",
            "back/__init__.py": "",
            "back/main.py": "def start():\n    from back.services import monitoring\n",
            "back/services/__init__.py": "",
            "back/services/monitoring/__init__.py": "",
            "unused/__init__.py": "",
            ".dockerignore": ignore,
        }
    )
    for _ in range(2):
        ran = scan(made.path, "--select", "IMP008")
        assert ran.codes == [("back/main.py", 2, "IMP008")]
    (finding,) = ran.json["findings"]
    assert finding["message"] == (
        "back/services/monitoring/__init__.py is imported here but not shipped in backend: "
        ".dockerignore:1 `**/monitoring` leaves it out"
    )
    made.write(".dockerignore", ignore + "!back/services/monitoring\n")
    assert scan(made.path, "--select", "IMP008").codes == []
