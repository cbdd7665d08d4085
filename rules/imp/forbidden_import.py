"""An import crosses a boundary that the project has laid down, or uses a deprecated path.

Why it matters: services that are to be deployed on their own stay so only while none imports another; and two paths to
one thing become two things as soon as one of them is changed.

Instead: move what both parts need into a part that both may import, or go through the interface between them. For a
deprecated path import by the canonical one, which the message names.

Known limits: says nothing until it is configured: under `[tool.integrity.imports.forbidden]` a dotted name with the
list of those that nothing below it may import (`auth_service = ["backend"]`), and under
`[tool.integrity.imports.canonical]` a deprecated dotted name with the one to use instead
(`"app.old.Client" = "app.client.Client"`). Imports in strings are not seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

RULE = Rule(
    code="IMP009",
    name="forbidden-import",
    severity=Severity.HIGH,
    message="{what}",
    since="0.1",
)

_SETTINGS = {
    "imports": {
        "forbidden": {"auth": ["backend"]},
        "canonical": {"shared.old": "shared.new", "shared.tools.run": "shared.new.run"},
    }
}

VALID = [
    Example(
        "",
        files={
            "auth/__init__.py": "import shared.new\nimport backends",
            "backend/__init__.py": "import auth",
            "backends/__init__.py": "",
            "shared/__init__.py": "",
            "shared/new.py": "def run(): pass",
            "shared/old.py": "from shared.new import run",
            "shared/tools.py": "from shared.new import run",
        },
        settings=_SETTINGS,
    ),
]

INVALID = [
    Example(
        "",
        files={
            "auth/__init__.py": "",
            "auth/core.py": """
            from backend import db  # <- IMP009
            from shared.tools import run  # <- IMP009

            def f():
                import shared.old  # <- IMP009
            """,
            "backend/__init__.py": "",
            "backend/db.py": "",
            "shared/__init__.py": "",
            "shared/new.py": "def run(): pass",
            "shared/old.py": "from shared.new import run",
            "shared/tools.py": "from shared.new import run",
        },
        settings=_SETTINGS,
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every import that is not allowed."""
    for one in demands.crossings:
        if one.part:
            what = f"{one.part} may not import {one.other}, but imports {one.name}"
            yield RULE.at(one.use.span, path=one.path, what=what)
        else:
            what = f"{one.name} is deprecated; import {one.other}"
            yield RULE.at(one.use.span, path=one.path, severity=Severity.MEDIUM, what=what)
