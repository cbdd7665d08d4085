"""Direct uses of the process environment: what is one, what is none, and what it does."""

from __future__ import annotations

import ast
import builtins
import importlib
import textwrap
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.facts.definitions import walk
from integrity.facts.environ import environment_accesses
from integrity.facts.lexical import Lexed
from integrity.facts.model import Access, EnvAccess, FileFacts, Parse
from integrity.model import Severity
from integrity.rule import Context, File, Hit


def accesses(source: str) -> tuple[EnvAccess, ...]:
    """The accesses in a source whose common indentation is removed."""
    text = textwrap.dedent(source).lstrip("\n")
    return environment_accesses(Lexed(text), ast.parse(text))


def seen(source: str) -> list[tuple[int, str, str, str]]:
    """Line, kind, form and variable of every access."""
    return [(found.span.line, found.access.value, found.form, found.variable) for found in accesses(source)]


def hits(source: str, context: Context) -> list[Hit]:
    """What the rule says of a source."""
    text = textwrap.dedent(source).lstrip("\n")
    lexed, tree = Lexed(text), ast.parse(text)
    definitions = walk(lexed, tree).definitions
    facts = FileFacts(Parse(), 1, counted=True, definitions=definitions, environ=environment_accesses(lexed, tree))
    rule = importlib.import_module("integrity_rules.env.direct_environment_access")
    return list(rule.check(File(facts, context)))


@pytest.mark.parametrize(
    ("statement", "access", "form", "variable", "default"),
    [
        ('os.environ["A"]', "read", "os.environ[...]", "A", ""),
        ('os.environb[b"A"]', "read", "os.environb[...]", "A", ""),
        ('os.environ.get("A")', "read", "os.environ.get", "A", ""),
        ('os.environ.get("A", default=1 + 2)', "read", "os.environ.get", "A", "1 + 2"),
        ('x = os.environ.get("A") or "b"', "read", "os.environ.get", "A", '"b"'),
        ('if os.environ.get("A") or b: pass', "read", "os.environ.get", "A", ""),
        ('os.getenv(key="A", default="b")', "read", "os.getenv", "A", '"b"'),
        ('os.getenvb(b"A")', "read", "os.getenvb", "A", ""),
        ('os.getenv("A", "' + "b" * 80 + '")', "read", "os.getenv", "A", '"' + "b" * 56 + "..."),
        ('"A" not in os.environ', "read", "in os.environ", "A", ""),
        ('os.environ[f"A"]', "read", "os.environ[...]", "A", ""),
        ('os.environ[f"A{x}"]', "read", "os.environ[...]", "", ""),
        ("os.environ[KEY]", "read", "os.environ[...]", "K", ""),
        ("os.environ.items()", "read", "os.environ.items", "", ""),
        ("os.environ.copy()", "read", "os.environ.copy", "", ""),
        ("for name in os.environ: pass", "read", "os.environ", "", ""),
        ("len(os.environ)", "read", "os.environ", "", ""),
        ("dict(os.environ)", "read", "os.environ", "", ""),
        ("{**os.environ}", "read", "os.environ", "", ""),
        ('os.environ | {"A": "1"}', "read", "os.environ", "", ""),
        ("call(**os.environ)", "read", "os.environ", "", ""),
        ('os.environ["A"] = "1"', "write", "os.environ[...]", "A", ""),
        ('os.environ["A"] += "1"', "write", "os.environ[...]", "A", ""),
        ('os.environ |= {"A": "1"}', "write", "os.environ |=", "A", ""),
        ('os.environ.setdefault("A", "b")', "write", "os.environ.setdefault", "A", '"b"'),
        ('os.environ.update(A="1")', "write", "os.environ.update", "A", ""),
        ('os.putenv("A", "1")', "write", "os.putenv", "A", ""),
        ("os.environ = {}", "write", "os.environ", "", ""),
        ('patch.dict(os.environ, {"A": "1"})', "write", "patch.dict(os.environ)", "A", ""),
        ('mock.patch.dict("os.environ", A="1")', "write", "patch.dict(os.environ)", "A", ""),
        ('patch("app.os.environ", {})', "write", "patch(os.environ)", "", ""),
        ('monkeypatch.setitem(os.environ, "A", "1")', "write", "setitem(os.environ)", "A", ""),
        ('monkeypatch.setattr(os, "environ", {})', "write", "setattr(os.environ)", "", ""),
        ('monkeypatch.setattr("os.environ", {})', "write", "setattr(os.environ)", "", ""),
        ('del os.environ["A"]', "delete", "os.environ[...]", "A", ""),
        ('os.environ.pop("A", None)', "delete", "os.environ.pop", "A", ""),
        ("os.environ.clear()", "delete", "os.environ.clear", "", ""),
        ('os.unsetenv("A")', "delete", "os.unsetenv", "A", ""),
        ('monkeypatch.delitem(os.environ, "A")', "delete", "delitem(os.environ)", "A", ""),
        ("call(os.environ)", "reference", "os.environ", "", ""),
        ("call(os.environ.get)", "reference", "os.environ.get", "", ""),
        ("unused = os.environ", "reference", "os.environ", "", ""),
        ("from os import environ", "reference", "os.environ", "", ""),
        ("from os import getenv as g", "reference", "os.getenv", "", ""),
    ],
)
def test_what_is_done_to_the_environment(statement: str, access: str, form: str, variable: str, default: str) -> None:
    """Each spelling is one access of its kind, with the variable and the default where they are literal."""
    found = accesses(f'import os\nKEY = "K"\n{statement}\n')

    assert [(one.access.value, one.form, one.variable, one.default) for one in found] == [
        (access, form, variable, default)
    ]


@pytest.mark.parametrize(
    "source",
    [
        'import os as o\no.environ["A"]',
        'from os import environ as e\ne["A"]',
        'from os import *\nenviron["A"]',
        'import posix\nposix.environ["A"]',
        'import os.path\nos.environ["A"]',
        'import os\nenv = os.environ\nenv["A"]',
        'import os\nx = os\ny = x.environ\ny["A"]',
        'import os\n(env := os.environ)["A"]',
        'import os\nenv, other = os.environ, 1\nenv["A"]',
        'import os\nfirst = second = os.environ\nsecond["A"]',
        'import os\nget = os.environ.get\nget("A")',
        'import os\ngetattr(os, "environ")["A"]',
        'import os\nvars(os)["environ"]["A"]',
        'import os\nos.__dict__["environ"]["A"]',
        '__import__("os").environ["A"]',
        'import builtins\nbuiltins.__import__("os").environ["A"]',
        'import importlib\nimportlib.import_module("os").getenv("A")',
        'from importlib import import_module as load\nload("os").environ["A"]',
        'import sys\nsys.modules["os"].environ["A"]',
        'import subprocess\nsubprocess.os.environ["A"]',
        'from compat import os\nos.environ["A"]',
        'import os\ndef f(env=os.environ):\n    return env["A"]',
        'import os\ndef f(env=None):\n    env = env or os.environ\n    return env["A"]',
        'import os\ndef f():\n    global env\n    env = os.environ\nenv["A"]',
        'import os\nclass C:\n    env = os.environ\n    def f(self):\n        return self.env["A"]',
        'import os\nclass C:\n    def f(self):\n        self.e = os.environ\n    def g(self):\n        self.e["A"]',
        'try:\n    import os\nexcept ImportError:\n    os = None\nos.environ["A"]',
        'import os\nif x:\n    env = os.environ\nelse:\n    env = {}\nenv["A"]',
        'os.environ["A"]',
    ],
)
def test_whatever_it_is_called(source: str) -> None:
    """Imports, aliases, attributes and reflection lead to one access, reported where the variable is read."""
    found = accesses(source)

    assert [(one.access, one.variable) for one in found] == [(Access.READ, "A")]


@pytest.mark.parametrize(
    "source",
    [
        'def application(environ, start):\n    return environ["A"]',
        'import os\nself.environ["A"], request.environ.get("A"), app.environ',
        'import os\ndef f(os):\n    return os.environ["A"]',
        'import os\ndef f():\n    os = Fake()\n    return os.environ["A"]',
        'import os\nos = Fake()\nos.environ["A"]',
        'import os\nenv = {}\nenv["A"]\nenviron = env\n',
        'from accessor import environ, getenv\nenviron["A"], getenv("A")',
        'from . import os\nos.environ["A"]',
        'import os\nif x:\n    pass\nelse:\n    environ = {}\n    environ["A"]',
        'import os\n[os["environ"] for os in xs]',
        'import os\nlambda os: os.environ["A"]',
        'def f(monkeypatch):\n    monkeypatch.setenv("environ", "1")\n    monkeypatch.delenv("getenv")',
        'import os\ndef f(a: "os._Environ[str]", b: os._Environ) -> None:\n    """os.environ"""\n    # os.environ',
        'import os\n"os.environ", hasattr(os, "environ"), os.environment',
        "from werkzeug.test import EnvironBuilder\nEnvironBuilder().get_environ()",
    ],
)
def test_other_things_with_such_names(source: str) -> None:
    """Parameters, attributes, rebound names, prose and another module's accessor are no access."""
    assert seen(source) == []


@pytest.mark.parametrize(
    "body",
    [
        "run(cmd, env=os.environ)",
        "run(cmd, env=os.environ.copy())",
        'run(cmd, env={**os.environ, "A": "1"})',
        'run(cmd, env=dict(os.environ, A="1"))',
        'run(cmd, env=os.environ | {"A": "1"})',
        'run(cmd, env={k: v for k, v in os.environ.items() if k != "A"})',
        "os.execve(path, args, os.environ)",
        'options = {"env": {**os.environ}}\nrun(cmd, **options)',
        'options["env"] = os.environ.copy()',
        "env = os.environ\nrun(cmd, env=env)",
        'env = os.environ.copy()\nenv["A"] = "1"\nenv.pop("B", None)\ndel env["C"]\nenv |= more\nrun(cmd, env=env)',
        'env = dict(os.environ)\nenv["PATH"] = "x" + env["PATH"]\nenv["PATH"] += env["B"]\nrun(cmd, env=env)',
        "env = None\nif x:\n    env = os.environ.copy()\nrun(cmd, env=env)",
        'base = os.environ.copy()\nenv = {**base, "A": "1"}\nrun(cmd, env=env)',
    ],
)
def test_what_is_passed_to_a_subprocess(body: str) -> None:
    """The environment as `env=`, and a copy that is only amended for that, are no access."""
    assert seen("import os\n" + body) == []


@pytest.mark.parametrize(
    ("use", "line"),
    [
        ("return env", 3),
        ('print(env["A"])\n    run(cmd, env=env)', 3),
        ("self.saved = env", 3),
        ('env["A"] = "1"', 3),
        ("os.environ.update(env)", 3),
    ],
)
def test_a_copy_that_is_kept(use: str, line: int) -> None:
    """A copy that is read, returned or stored, or never passed on, is a read of the whole environment."""
    found = seen(f"import os\ndef f():\n    env = os.environ.copy()\n    {use}\n")

    assert (line, "read", "os.environ.copy", "") in found


def test_an_alias_counts_at_its_uses_only() -> None:
    """No access is counted twice: neither the import nor the assignment counts when the name is used."""
    found = seen(
        """
        from os import environ, getenv
        env = environ
        env["A"] = "1"
        env.pop("B")
        getenv("C")
        return_value = [env]
        """
    )

    assert found == [
        (3, "write", "os.environ[...]", "A"),
        (4, "delete", "os.environ.pop", "B"),
        (5, "read", "os.getenv", "C"),
        (6, "reference", "os.environ", ""),
    ]


def test_a_binding_hides_the_earlier_ones_in_its_block_only() -> None:
    """Straight-line reassignment ends an alias; a branch adds to it; nested functions see every binding."""
    found = seen(
        """
        import os
        env = os.environ
        env["A"]
        if x:
            env = {}
            env["B"]
        env["C"]
        env = {}
        env["D"]
        def f():
            return env["E"]
        """
    )

    assert [variable for _, _, _, variable in found] == ["A", "C", "E"]


def test_several_variables_in_one_access() -> None:
    """`update` and `patch.dict` name all their literal variables, also when the mapping has a name."""
    found = accesses(
        """
        import os
        values = {"A": "1", "B": "2", other: "3"}
        os.environ.update(values, C="3")
        patch.dict(os.environ, values, clear=True)
        patch.dict(os.environ, values=dict(D="4"))
        """
    )

    assert [(one.variable, one.others) for one in found] == [("A", ("B", "C")), ("A", ("B",)), ("D", ())]


def test_which_accesses_run_at_import() -> None:
    """Module and class bodies do; functions, lambdas and scripts do not."""
    found = accesses(
        """
        import os
        os.environ["yes"]
        class C:
            os.environ["yes"]
            def f(self): os.environ["no"]
        lambda: os.environ["no"]
        if os.environ["yes"]:
            [os.environ["yes"] for _ in x]
        if __name__ == "__main__":
            os.environ["no"]
        """
    )

    assert [one.variable == "yes" for one in found] == [one.at_import for one in found]
    assert len(found) == 7


def test_places_count_characters() -> None:
    """A span covers the whole expression, over several lines, and counts characters, not bytes."""
    text = 'import os\nx = "äöü", os.environ["Ä"], (os\n  .environ\n  .get("é",\n   "ü"))\n'
    first, second = accesses(text)

    assert (first.span.line, first.span.column, first.span.end_column) == (2, 12, 27)
    assert text.split("\n")[1][11:26] == 'os.environ["Ä"]'
    assert (second.span.line, second.span.column, second.span.end_line, second.span.end_column) == (2, 30, 5, 8)
    assert (second.variable, second.default) == ("é", '"ü"')


def test_names_that_cannot_be_shown_or_stored() -> None:
    """Lone surrogates and control characters in a name or a default are escaped."""
    found = accesses('import os\nos.environ["\\ud800\\x1b"]\nos.getenv("A", "\x7f")\n')

    assert [(one.variable, one.default) for one in found] == [("\\ud800\\x1b", ""), ("A", '"\\x7f"')]


def test_long_and_deep_sources_are_followed_to_the_end() -> None:
    """Thousands of aliases, branches and operands exhaust neither the stack nor patience."""
    aliases = "import os\nenv = os.environ\n" + 'env = env\nenv["A"]\n' * 3000
    branches = "import os\nif x: env = os.environ\n" + "elif y: env = {}\n" * 400 + 'env["A"]\n'
    operands = "import os\nx = " + " or ".join(['os.environ["A"]'] * 3000) + "\n"

    assert len(accesses(aliases)) == 3000
    assert len(accesses(operands)) == 3000
    assert len(accesses(branches)) == 1


def test_severity_depends_on_where_the_file_belongs() -> None:
    """High in production, low in tests and test data, nothing in an accessor."""
    source = 'import os\nos.environ["A"]\n'

    assert [hit.severity for hit in hits(source, Context())] == [Severity.HIGH]
    assert [hit.severity for hit in hits(source, Context(test=True))] == [Severity.LOW]
    assert [hit.severity for hit in hits(source, Context(data=True))] == [Severity.LOW]
    assert hits(source, Context(accessor=True)) == []


def test_a_hit_says_what_and_where() -> None:
    """The message names deed, variable and, in tests, the remedy; the symbol is the innermost definition."""
    source = """
        import os
        DEBUG = os.getenv("DEBUG")
        class Settings:
            def load(self, name):
                def inner():
                    pass
                os.environ[name] = "1"
            env = os.environ.copy()
        """
    found = hits(source, Context())

    assert [(hit.span.line, hit.symbol) for hit in found] == [(2, ""), (7, "Settings.load"), (8, "Settings")]
    assert [hit.message for hit in found] == [
        "reads DEBUG directly (os.getenv), once, at import",
        "writes a computed variable directly (os.environ[...])",
        "reads the whole environment (os.environ.copy), once, at import",
    ]
    assert hits(source, Context(test=True))[1].message == (
        "writes a computed variable directly (os.environ[...]); monkeypatch.setenv puts the old value back"
    )


Event = tuple[str, tuple[str, ...]]


@dataclass
class Recorder(MutableMapping[str, str]):
    """An environment that notes what is done to it, one event a use, and holds nothing."""

    events: list[Event] = field(default_factory=list)

    def note(self, access: str, *names: str) -> None:
        self.events.append((access, names))

    def __getitem__(self, name: str) -> str:
        self.note("read", name)
        return "value"

    def __contains__(self, name: object) -> bool:
        self.note("read", str(name))
        return True

    def __iter__(self) -> Iterator[str]:
        self.note("read")
        return iter(())

    def __len__(self) -> int:
        self.note("read")
        return 0

    def __or__(self, other: object) -> dict[str, str]:
        self.note("read")
        return {}

    def __setitem__(self, name: str, value: str) -> None:
        self.note("write", name)

    def __delitem__(self, name: str) -> None:
        self.note("delete", name)

    def get(self, name: str, default: Any = None) -> Any:
        self.note("read", name)
        return default

    def copy(self) -> dict[str, str]:
        self.note("read")
        return {}

    def setdefault(self, name: str, default: str = "") -> str:
        self.note("write", name)
        return default

    def update(self, *mappings: Any, **values: str) -> None:
        self.note("write", *[name for mapping in mappings for name in mapping], *values)

    def pop(self, name: str, default: Any = None) -> Any:
        self.note("delete", name)
        return default

    def clear(self) -> None:
        self.note("delete")


def run(source: str) -> list[Event]:
    """Execute a program with an `os` that records, and give what it did to the environment."""
    environ = Recorder()
    fake = {name: ModuleType(name) for name in ("os", "sys", "importlib")}
    vars(fake["os"]).update(
        environ=environ,
        getenv=environ.get,
        putenv=environ.__setitem__,
        unsetenv=environ.__delitem__,
    )
    vars(fake["sys"]).update(modules=fake)
    vars(fake["importlib"]).update(import_module=fake.__getitem__)
    names = vars(builtins) | {"__import__": lambda name, *_: fake[name]}
    exec(compile(source, "program", "exec"), {"__builtins__": names, "__name__": "program"})  # noqa: S102 - the truth
    return environ.events


# Ways to get at the module: statements, and the expression that then is the module.
MODULES = [
    ("import os", "os"),
    ("import os as {n}", "{n}"),
    ("import importlib", 'importlib.import_module("os")'),
    ("from importlib import import_module as {n}", '{n}("os")'),
    ("import sys", 'sys.modules["os"]'),
    ("{n} = __import__", '{n}("os")'),
    ("pass", '__import__("os")'),
]
ENVIRONS = ["{m}.environ", 'getattr({m}, "environ")', 'vars({m})["environ"]', '{m}.__dict__["environ"]']
# A statement that gives the value another name; what follows is indented as far as its last line.
ALIASES = [
    "{n} = {v}",
    "{n}: object = {v}",
    "({n} := {v})",
    "{n}, _ = {v}, 1",
    "_ = {n} = {v}",
    "{n} = None or {v}",
    "{n} = {v} if True else {{}}",
    "if True: {n} = {v}\nelse: {n} = {{}}",
    "try: {n} = {v}\nexcept Exception: {n} = {{}}",
    "with_nothing = {{}}\n{n} = {v}",
    "def {n}_function({n}={v}):\n    global {n}_out\n    {n}_out = {n}\n{n}_function()\n{n} = {n}_out",
    "for _ in [0]: {n} = {v}",
]
USES = [
    '{v}["{k}"]',
    '{v}.get("{k}")',
    '{v}.get("{k}", "d") or "e"',
    '"{k}" in {v}',
    "{v}.copy()",
    "dict({v})",
    "{{**{v}}}",
    '{v} | {{"{k}": "1"}}',
    "len({v})",
    "for _ in {v}: pass",
    "[_ for _ in {v}]",
    "if {v}: pass",
    '{v}["{k}"] = "1"',
    '{v}.setdefault("{k}", "1")',
    '{v}.update({{"{k}": "1"}}, OTHER="2")',
    "{v}.update({k}='1')",
    'del {v}["{k}"]',
    '{v}.pop("{k}", None)',
    "{v}.clear()",
    'get_{n} = {v}.get\nget_{n}("{k}")',
    'key_{n} = "{k}"\n{v}[key_{n}]',
    '(lambda given: given["{k}"])({{"{k}": "1"}})',
    'def decoy_{n}(environ, os, env): return environ["{k}"], env.get("{k}")\ndecoy_{n}({{"{k}": 1}}, 1, {{}})',
    'class H_{n}:\n    def __init__(self): self.env = {v}\n    def use(self): return self.env["{k}"]\nH_{n}().use()',
]
FUNCTIONS = ['{m}.getenv("{k}")', '{m}.putenv("{k}", "1")', '{m}.unsetenv("{k}")', 'f_{n} = {m}.getenv\nf_{n}("{k}")']


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program that reaches the environment through a chain of aliases and then uses it in several ways."""
    names = iter(f"name_{number}" for number in range(100))
    key = st.sampled_from(["HOME", "PATH", "DEBUG"])
    import_form, module = draw(st.sampled_from(MODULES))
    name = next(names)
    lines = [import_form.format(n=name)]
    module = module.format(n=name)
    if draw(st.booleans()):
        name = next(names)
        lines.append(f"{name} = {module}")
        module = name
    value = draw(st.sampled_from(ENVIRONS)).format(m=module)
    for _ in range(draw(st.integers(0, 4))):
        name = next(names)
        lines.append(draw(st.sampled_from(ALIASES)).format(n=name, v=value))
        value = name
    for _ in range(draw(st.integers(1, 5))):
        form = draw(st.sampled_from(USES))
        lines.append(form.format(v=value, k=draw(key), n=next(names)))
    if draw(st.booleans()):
        lines.append(draw(st.sampled_from(FUNCTIONS)).format(m=module, k=draw(key), n=next(names)))
    if draw(st.booleans()):
        body = textwrap.indent("\n".join(lines), "    ")
        return f"def main():\n{body}\nmain()\n"
    return "\n".join(lines) + "\n"


@settings(max_examples=300, deadline=None)
@given(programs())
def test_the_facts_say_what_the_program_does(source: str) -> None:
    """Every read, write and deletion that running the program causes is in the facts, and nothing else is."""
    found = [one for one in accesses(source) if one.access is not Access.REFERENCE]
    said = [(one.access.value, tuple(name for name in (one.variable, *one.others) if name)) for one in found]

    assert sorted(said) == sorted(run(source))


@settings(max_examples=200, deadline=None)
@given(programs())
def test_accesses_are_in_order_and_stand_where_they_say(source: str) -> None:
    """Places are sorted, distinct, inside the text, and none starts or ends in white space."""
    lines = source.split("\n")
    spans = [one.span for one in accesses(source)]

    assert spans == sorted(set(spans))
    for span in spans:
        assert not lines[span.line - 1][span.column - 1].isspace()
        assert not lines[span.end_line - 1][span.end_column - 2].isspace()


@settings(max_examples=200, deadline=None)
@given(programs())
def test_text_without_a_name_for_the_environment_is_left_alone(source: str) -> None:
    """With every spelling of it gone, nothing is found."""
    renamed = source.replace("environ", "otherwise").replace("getenv", "a").replace("putenv", "b")

    assert accesses(renamed.replace("unsetenv", "c")) == ()
