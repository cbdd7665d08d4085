"""A test imports a module that the project forbids in tests.

Why it matters: such a rule keeps tests independent of each other, of a vendor, or of the internals of what they test.

Instead: import what the policy allows, or change the policy.

Known limits: only where the configuration says so: `forbidden-imports` in `[tool.integrity.policy]`, dotted names that
also stand for what lies below them. Relative imports are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Policy, Rule

RULE = Rule(
    code="TST303",
    name="forbidden-test-import",
    severity=Severity.HIGH,
    message="{module} is imported, which the policy of the project forbids in tests",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import shop.api


        def test_total():
            assert shop.api.total([1, 2]) == 3
        """,
        Context(test=True, collected=True, policy=Policy(forbidden=("shop.internal",))),
    ),
]
INVALID = [
    Example(
        """
        from shop.internal import total  # <- TST303


        def test_total():
            assert total([1, 2]) == 3
        """,
        Context(test=True, collected=True, policy=Policy(forbidden=("shop.internal",))),
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an import statement."""
    forbidden = file.context.policy.forbidden
    told: set[int] = set()
    for one in file.facts.imports if forbidden else ():
        names = (one.module, f"{one.module}.{one.name}" if one.name else one.module)
        below = any(name == other or name.startswith(f"{other}.") for name in names for other in forbidden)
        if below and not one.level and one.span.line not in told:
            told.add(one.span.line)
            yield RULE.at(one.span, module=one.module)
