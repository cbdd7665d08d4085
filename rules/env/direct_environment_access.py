"""The process environment is used directly, and not through the project's accessor.

Why it matters: the environment is one global variable of the whole process. What is read at import is frozen before a
test can set it; what a test writes stays for the tests after it, which then pass alone and fail together, or the other
way round; and nobody can say which variables a service needs. One accessor module gives each variable one name, one
type, one default and one place where a test can replace it.

Instead: read through that accessor, and name it in the configuration: `[tool.integrity.env]` with
`accessors = ["app/settings.py"]`. In a test use `monkeypatch.setenv` and `monkeypatch.delenv`, which put the old value
back. Give a subprocess its variables with `env=`; a copy of the environment made for that is never reported.

Known limits: names are followed inside one file, through imports, assignments, default values and attributes of `self`,
not through calls or containers, and loops as if they ran once. A name put together from pieces, `eval`, replacing
`os.getenv` itself, and what a helper returns stay unseen. Two branches that may bind the environment or something else
to one name are taken for the environment. On ten well-kept projects each of the 172 findings outside tests was one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.facts.environ_forms import names_variables
from integrity.facts.model import Access, Definition, EnvAccess
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

RULE = Rule(
    code="ENV001",
    name="direct-environment-access",
    severity=Severity.HIGH,
    message="{deed} {what}{when}{advice}",
    since="0.1",
)

_NAMED = 3
_DEEDS = {
    Access.READ: "reads",
    Access.WRITE: "writes",
    Access.DELETE: "deletes",
    Access.REFERENCE: "hands on",
}
_TEST_ADVICE = {
    Access.WRITE: "; monkeypatch.setenv puts the old value back",
    Access.DELETE: "; monkeypatch.delenv puts the old value back",
}

_TESTS = Context(test=True, collected=True)

VALID = [
    # A subprocess is given its environment; a copy made and amended for that is not the environment.
    """
    import os
    import subprocess

    subprocess.run(["make"], env={**os.environ, "LANG": "C"})
    subprocess.run(["make"], env=dict(os.environ, LANG="C"))
    subprocess.run(["make"], env=os.environ)


    def build(root):
        env = os.environ.copy()
        env["PATH"] = root + os.pathsep + env["PATH"]
        env.pop("PYTHONPATH", None)
        return subprocess.run(["make"], env=env)
    """,
    # Other things called environ, env and os.
    """
    import os

    def application(environ, start_response):
        return environ["PATH_INFO"], request.environ.get("REMOTE_USER")

    def render(os, env: dict[str, str]):
        env["TITLE"] = os.environ["TITLE"]
        environment = os.getenv("KIND")
        return os.path.join(environment, "x")

    class Request:
        def __init__(self, environ: "os._Environ[str]"):
            self.environ = environ

        def user(self):
            return self.environ.get("REMOTE_USER")
    """,
    # The accessor itself.
    Example("import os\n\nDEBUG = os.environ.get('DEBUG')\n", Context(accessor=True)),
    # The fixture puts everything back.
    Example(
        """
        def test_debug(monkeypatch):
            monkeypatch.setenv("DEBUG", "1")
            monkeypatch.delenv("HOME", raising=False)
            assert debug()
        """,
        _TESTS,
    ),
    # Mentioned in prose, in strings and in annotations.
    r'''
    """Never use os.environ["HOME"]."""
    import os

    # os.environ["HOME"] is wrong
    PATTERN = r"os\.environ\["

    def accepts(value: "os._Environ[str]") -> bool:
        return isinstance(value, os._Environ)
    ''',
]

INVALID = [
    """
    import os

    os.environ["DEBUG"]  # <- ENV001
    os.environ.get("DEBUG", "0")  # <- ENV001
    os.getenv("DEBUG") or "0"  # <- ENV001
    "DEBUG" in os.environ  # <- ENV001
    os.environ["DEBUG"] = "1"  # <- ENV001
    os.environ |= {"DEBUG": "1"}  # <- ENV001
    os.putenv("DEBUG", "1")  # <- ENV001
    os.environ.update(DEBUG="1", HOME="/")  # <- ENV001
    del os.environ["DEBUG"]  # <- ENV001
    os.unsetenv("DEBUG")  # <- ENV001
    for name in os.environ:  # <- ENV001
        print(name)
    """,
    # Whatever it is called.
    """
    import importlib
    import os as o
    from os import environ as e, getenv as g
    from os import putenv  # <- ENV001

    env = alias = o.environ
    env["A"]  # <- ENV001
    if (walrus := e).get("A"):  # <- ENV001
        walrus["B"]  # <- ENV001
    g("A")  # <- ENV001
    getattr(o, "environ")["A"]  # <- ENV001
    vars(o)["environ"]["A"]  # <- ENV001
    __import__("os").environ["A"]  # <- ENV001
    importlib.import_module("os").getenv("A")  # <- ENV001
    unused = o.environ  # <- ENV001

    class Settings:
        def __init__(self):
            self.env = o.environ

        def debug(self):
            return self.env.get("DEBUG")  # <- ENV001
    """,
    # A copy that is kept, and an environment that is handed on.
    """
    import os

    def snapshot():
        before = os.environ.copy()  # <- ENV001
        return before

    def handed_on(render):
        return render(os.environ)  # <- ENV001

    def injected(environ=None):
        if environ is None:
            environ = os.environ
        return environ["HOME"]  # <- ENV001
    """,
    # Tests, where it is less serious.
    Example(
        """
        import os
        from unittest.mock import patch

        @patch.dict(os.environ, {"DEBUG": "1"})  # <- ENV001
        @patch.dict("os.environ", {"DEBUG": "1"})  # <- ENV001
        def test_debug(monkeypatch):
            monkeypatch.setitem(os.environ, "DEBUG", "1")  # <- ENV001
            monkeypatch.setattr(os, "environ", {})  # <- ENV001
            os.environ.pop("DEBUG", None)  # <- ENV001
            assert not debug()
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an access; none in an accessor."""
    context = file.context
    if context.accessor:
        return
    severity = Severity.LOW if context.test or context.data else Severity.HIGH
    advice = _TEST_ADVICE if context.test else {}
    for access, symbol in _placed(file.facts.environ, file.facts.definitions):
        yield RULE.at(
            access.span,
            symbol=symbol,
            severity=severity,
            deed=_DEEDS[access.access],
            what=_what(access),
            when=", once, at import" if access.at_import and access.access is Access.READ else "",
            advice=advice.get(access.access, ""),
        )


def _what(access: EnvAccess) -> str:
    """What is accessed, in words: the variables as far as they are known, and the spelling."""
    if access.access is Access.REFERENCE:
        return access.form
    names = [access.variable, *access.others] if access.variable else []
    if not names:
        computed = names_variables(access.form)
        return f"a computed variable directly ({access.form})" if computed else f"the whole environment ({access.form})"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more} directly ({access.form})"


def _placed(accesses: Sequence[EnvAccess], definitions: Sequence[Definition]) -> Iterator[tuple[EnvAccess, str]]:
    """Every access with the qualified name of the innermost definition around it; both come in order of line."""
    around: list[Definition] = []
    following = iter([*definitions, None])
    upcoming = next(following)
    for access in accesses:
        while upcoming and upcoming.span.line <= access.span.line:
            around.append(upcoming)
            upcoming = next(following)
        while around and around[-1].span.end_line < access.span.line:
            around.pop()
        yield access, around[-1].qualname if around else ""
