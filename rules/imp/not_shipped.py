"""A module is imported by what an artefact runs, but left out of the artefact.

Why it matters: everything works from the checkout, where the file is, and crashes in the container, where it is not. An
ignore pattern meant for reports or tests has hit a package of the same name.

Instead: take the file back in (`!path` after the pattern in a `.dockerignore`), copy it in the Dockerfile, add its
package to those of the build file, or stop importing it from production code.

Known limits: wheels are judged where `pyproject.toml` or `setup.cfg` lists their content in so many words (setuptools,
hatch, poetry, flit), from every module of theirs that is no test; builds that compute anything are passed over. Of
containers nothing is said until an artefact is configured, as `[tool.integrity.artefacts.NAME]` with `entry-points`
and, where they differ from Docker's own choice, `context`, `dockerfile` and `ignore` (a `.dockerignore` or
`.gcloudignore`). What any stage copies from the build context counts as shipped, and everything does where a `COPY`
has a variable.
Imports under `except ImportError` are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

RULE = Rule(
    code="IMP008",
    name="not-shipped",
    severity=Severity.MEDIUM,
    message="{target} is imported here but not shipped in {artefact}: {why}",
    since="0.1",
)

_SETTINGS = {"artefacts": {"backend": {"entry-points": ["app.main"], "dockerfile": "Dockerfile"}}}
_APP = {
    "app/__init__.py": "",
    "app/monitoring/__init__.py": "",
    "app/tests/__init__.py": "",
    "Dockerfile": "FROM python\nCOPY app/ ./app/\n",
}

VALID = [
    Example(
        "",
        files={
            **_APP,
            "app/main.py": """
            import app.monitoring
            try:
                import app.tests
            except ImportError:
                pass
            """,
            ".dockerignore": "**/monitoring/\n**/tests\n!app/monitoring/**\n",
        },
        settings=_SETTINGS,
    ),
    Example(
        "",
        files={
            "src/app/__init__.py": "",
            "src/app/api.py": "import app.core.deep",
            "src/app/core/__init__.py": "",
            "src/app/core/deep.py": "",
            "tests/__init__.py": "",
            "pyproject.toml": """
            [tool.setuptools.packages.find]
            where = ["src"]
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            **_APP,
            "shared/__init__.py": "",
            "app/main.py": """
            import app.monitoring  # <- IMP008
            import shared  # <- IMP008
            """,
            ".dockerignore": "**/monitoring/\n",
        },
        settings=_SETTINGS,
    ),
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/api.py": "import app.core.deep  # <- IMP008",
            "app/core/__init__.py": "import app",
            "app/core/deep.py": "",
            "pyproject.toml": """
            [project]
            name = "app"

            [tool.setuptools]
            packages = ["app"]
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every file that is missing, at the first import that leads to it."""
    for one in demands.unshipped:
        yield RULE.at(one.use.span, path=one.path, target=one.target, artefact=one.artefact, why=one.why)
