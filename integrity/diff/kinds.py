"""What a changed file is for, as its path says."""

from __future__ import annotations

import re

from integrity.changes.model import Kind
from integrity.roles import Roles

_DEPENDENCY = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.(?:py|cfg)|[^/]*requirements[^/]*|constraints[^/]*|Pipfile|tox\.ini|noxfile\.py"
    r"|environment\.ya?ml|[^/]*\.lock|package(?:-lock)?\.json|\.python-version|Dockerfile[^/]*)$"
    r"|(?:^|/)requirements/"
)
_OTHER = re.compile(
    r"(?:^|/)(?:docs?|documentation|\.github|\.circleci|\.ci|news|newsfragments|changelog\.d|changes|doc|release_notes"
    r"|examples?|benchmarks?|asv_bench)/"
    r"|\.(?:md|rst|po|pot|svg|png|jpe?g|gif|ico|license)$"
    r"|(?:^|/)(?:LICEN[CS]E|AUTHORS|NOTICE|CHANGE[^/]*|CODEOWNERS|Makefile|\.[^/]+)$",
    re.IGNORECASE,
)
_GOLDEN = re.compile(r"\.(?:snap|ambr|golden|approved\.\w+)$|(?:^|/)(?:__snapshots__|snapshots|goldens?)/")


def kind_of(path: str, roles: Roles) -> Kind:
    """What a file, Python or not, is for."""
    context = roles.context(path)
    if path.endswith((".py", ".pyi", ".pyw")):
        if context.test:
            return Kind.DATA if context.data else Kind.TEST
        return Kind.DEPENDENCY if _DEPENDENCY.search(path) else Kind.OTHER if _OTHER.search(path) else Kind.PRODUCTION
    if _GOLDEN.search(path):
        return Kind.DATA
    if _DEPENDENCY.search(path):
        return Kind.DEPENDENCY
    if context.test:
        return Kind.DATA
    return Kind.OTHER if _OTHER.search(path) else Kind.PRODUCTION
