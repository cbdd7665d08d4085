"""A function or class of the repository is called with arguments that it cannot take.

Why it matters: a dataclass loses a field, a function a parameter, and the callers keep passing it. Each is a TypeError
waiting for its line to run, in tests and in production alike.

Instead: pass what the callee takes today, which its definition says, or give it the parameter back.

Known limits: functions and classes that are called by their name, or as an attribute of their module; not methods of
objects. Nothing is said where a decorator, a metaclass, `__new__`, a base from outside or a default that only exists at
run time leaves doubt, nor of calls with `*args` or `**kwargs`, or where TypeError is expected, nor in a decorated
function inside a test, which a compiler may take. On fifteen well-kept projects all five findings were real, one of
them in production code.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule, did_you_mean

from .._missing import at, folded

RULE = Rule(
    code="IMP006",
    name="impossible-call",
    severity=Severity.HIGH,
    message="{error}{hint}{consequences}",
    since="0.1",
)

VALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/result.py": """
            from dataclasses import dataclass, field
            import functools

            @dataclass
            class Result:
                status: str
                data: dict = field(default_factory=dict)

            class Error(Exception):
                pass

            @functools.wraps(print)
            def show(x): pass

            def collect(*items, **options): pass
            """,
            "app/main.py": """
            from app.result import Error, Result, collect, show

            def run(**options):
                collect(1, 2, x=3)
                show(1, 2)
                raise Error("a", "b")
                return Result("ok", data={}), Result(**options)
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/result.py": """
            from dataclasses import dataclass

            @dataclass
            class Result:
                status: str
                error: str = ""

            def collect(items, *, strict): pass
            """,
            "app/main.py": """
            from app import result
            from app.result import Result

            def run():
                result.collect([])  # <- IMP006
                return Result(status="ok", success=True)  # <- IMP006
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every call that cannot succeed, once a file and cause."""
    for one, places in folded(one for one in demands.defects if one.refusal):
        refusal = one.refusal
        hint = did_you_mean(refusal.keyword, refusal.accepted) if refusal and refusal.keyword else ""
        yield at(RULE, one, demands, places, error=refusal.error if refusal else "", hint=hint)
