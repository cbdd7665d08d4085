"""Which files configure the harness, told by their paths."""

from __future__ import annotations

import enum
import re


class Kind(str, enum.Enum):
    """What reads a file."""

    PYPROJECT = "pyproject"
    PYTEST_TOML = "pytest-toml"
    PYTEST_INI = "pytest-ini"
    TOX_INI = "tox-ini"
    SETUP_CFG = "setup-cfg"
    COVERAGERC = "coveragerc"
    GITHUB = "github"
    ACTION = "action"
    GITLAB = "gitlab"
    AZURE = "azure"
    CIRCLE = "circle"
    PRE_COMMIT = "pre-commit"
    MAKEFILE = "makefile"
    SHELL = "shell"


_NAMES = {
    "pyproject.toml": Kind.PYPROJECT,
    "pytest.toml": Kind.PYTEST_TOML,
    ".pytest.toml": Kind.PYTEST_TOML,
    "pytest.ini": Kind.PYTEST_INI,
    ".pytest.ini": Kind.PYTEST_INI,
    "tox.ini": Kind.TOX_INI,
    "setup.cfg": Kind.SETUP_CFG,
    ".coveragerc": Kind.COVERAGERC,
    "Makefile": Kind.MAKEFILE,
    "makefile": Kind.MAKEFILE,
    "GNUmakefile": Kind.MAKEFILE,
}
_ROOT_NAMES = {
    ".gitlab-ci.yml": Kind.GITLAB,
    ".pre-commit-config.yaml": Kind.PRE_COMMIT,
    ".circleci/config.yml": Kind.CIRCLE,
}
_PATTERNS = (
    (re.compile(r"\.github/workflows/[^/]+\.ya?ml"), Kind.GITHUB),
    (re.compile(r"\.github/actions/(?:.+/)?action\.ya?ml|action\.ya?ml"), Kind.ACTION),
    (re.compile(r"\.gitlab/(?:.+/)?[^/]+\.ya?ml"), Kind.GITLAB),
    (re.compile(r"(?:.+/)?\.?azure-pipelines(?:[-.][^/]*)?\.ya?ml|\.azure-pipelines/[^/]+\.ya?ml"), Kind.AZURE),
    (re.compile(r"(?:.+/)?[^/]+\.mk"), Kind.MAKEFILE),
    (re.compile(r"[^/]+\.sh"), Kind.SHELL),
    (
        re.compile(
            r"(?:.+/)?(?:\.?ci|\.github|scripts?|tools|bin|\.circleci|\.?travis|\.gitlab|dev|build_tools|jenkins)/(?:.+/)?[^/]+\.(?:ba)?sh"
        ),
        Kind.SHELL,
    ),
)


_PLAIN_SCRIPT = re.compile(
    r"(?:scripts?|bin|ci|\.ci|tools|dev)/(?:run[-_]?)?(?:unit[-_]?)?(?:tests?|check|ci|coverage)"
)
_ENDINGS = (".toml", ".ini", ".cfg", ".yml", ".yaml", ".mk", ".sh", ".bash", "akefile", ".coveragerc")


def kind_of(path: str) -> Kind | None:
    """What reads the file at a path, relative to the root of the repository; None when it is none of the harness."""
    if "{{" in path:  # a template
        return None
    if _PLAIN_SCRIPT.fullmatch(path):
        return Kind.SHELL
    if not path.endswith(_ENDINGS):
        return None
    found = _ROOT_NAMES.get(path) or _NAMES.get(path.rpartition("/")[2])
    return found or next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(path)), None)
