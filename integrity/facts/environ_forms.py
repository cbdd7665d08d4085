"""The spellings of environment access: canonical paths, methods, and callables that take the environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from integrity.facts.model import Access
from integrity.facts.scopes import Names

MODULES = frozenset({"os", "posix", "nt", "sys", "importlib", "builtins"})
ENVIRONS = frozenset({"os.environ", "os.environb", "posix.environ", "nt.environ"})
FUNCTIONS = {
    "os.getenv": Access.READ,
    "os.getenvb": Access.READ,
    **{f"{module}.putenv": Access.WRITE for module in ("os", "posix", "nt")},
    **{f"{module}.unsetenv": Access.DELETE for module in ("os", "posix", "nt")},
}
METHODS = {
    **dict.fromkeys(("get", "keys", "values", "items", "copy", "__or__", "__ror__"), Access.READ),
    **dict.fromkeys(("__getitem__", "__contains__", "__iter__", "__len__"), Access.READ),
    **dict.fromkeys(("setdefault", "update", "__setitem__", "__ior__"), Access.WRITE),
    **dict.fromkeys(("pop", "popitem", "clear", "__delitem__"), Access.DELETE),
}
KEYED = frozenset({"get", "__getitem__", "__contains__", "setdefault", "__setitem__", "pop", "__delitem__"})
IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})
TABLES = frozenset({"sys.modules", "os.__dict__", "posix.__dict__", "nt.__dict__"})
STEPS = ENVIRONS | frozenset(FUNCTIONS) | IMPORTERS | TABLES | {f"{table}.get" for table in TABLES}

CONTEXTS: dict[type, Access] = {ast.Load: Access.READ, ast.Store: Access.WRITE, ast.Del: Access.DELETE}
COPIERS = frozenset({"dict", "copy", "deepcopy"})
AMENDERS = frozenset({"clear", "pop", "popitem", "setdefault", "update"})
READERS = frozenset({"all", "any", "bool", "enumerate", "filter", "frozenset", "iter", "len", "list"}) | frozenset(
    {"map", "print", "repr", "set", "sorted", "str", "tuple", "zip"}
)
SPAWNERS = frozenset({"execle", "execlpe", "execve", "execvpe", "posix_spawn", "posix_spawnp"}) | frozenset(
    {"spawnle", "spawnlpe", "spawnve", "spawnvpe"}
)
READING = (
    *(ast.For, ast.AsyncFor, ast.comprehension, ast.If, ast.While, ast.IfExp, ast.Assert, ast.UnaryOp),
    *(ast.FormattedValue, ast.Starred, ast.Match, ast.YieldFrom),
)

_NAMING = re.compile(
    r"""\[\.\.\.\]$ | ^in[ ] | \|=$ | ^(?:setitem|delitem|patch\.dict)\( | (?:getenvb?|putenv|unsetenv)$
    | \.(?:get|pop|setdefault|update|__(?:get|set|del)item__|__contains__|__ior__)$""",
    re.VERBOSE,
)


class Site(NamedTuple):
    """One access.

    Attributes:
        access: what is done.
        form: the canonical spelling.
        node: the expression (or import) that does it.
        key: the expression of the variable's name, when there is one.
        default: the expression of the default, likewise.
        mappings: expressions that hold names and values.
        keywords: names given as keyword arguments.
    """

    access: Access
    form: str
    node: ast.AST
    key: ast.AST | None = None
    default: ast.AST | None = None
    mappings: Sequence[ast.AST] = ()
    keywords: Sequence[str] = ()


def names_variables(form: str) -> bool:
    """Whether an access of this form is about variables by name, and not about the environment as a whole."""
    return _NAMING.search(form) is not None


def imported(alias: ast.alias, statement: ast.AST) -> str:
    """The canonical path of what an import binds, "" when it does not lead to the environment."""
    if isinstance(statement, ast.Import):
        path = alias.name if alias.asname else alias.name.partition(".")[0]
        return path if path in MODULES else ""
    if not isinstance(statement, ast.ImportFrom) or statement.level:
        return ""
    path = f"{statement.module}.{alias.name}"
    # What another module calls `os` is the module of that name; what it calls `environ` may be its own accessor.
    return path if path in STEPS else "os" if alias.name == "os" else ""


def callee(call: ast.AST | None) -> str:
    """The last part of the name of what is called, "" when it has none."""
    function = call.func if isinstance(call, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument at a position or with a name, None when it is not given."""
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def calling(site_form: str, access: Access, call: ast.Call) -> Site:
    """A call of a function or method of the environment, with the arguments that say which variables are meant."""
    name = site_form.rpartition(".")[2]
    if name in {"update", "__ior__"}:
        keywords = [keyword.arg for keyword in call.keywords if keyword.arg]
        return Site(access, site_form, call, mappings=call.args, keywords=keywords)
    if name not in KEYED and site_form not in FUNCTIONS:
        return Site(access, site_form, call)
    default = argument(call, 1, "default") if name in {"get", "getenv", "getenvb", "setdefault"} else None
    return Site(access, site_form, call, argument(call, 0, "key"), default)


def patching(access: Access, form: str, call: ast.Call) -> Site:
    """A call of `patch.dict`, with the variables that it sets."""
    values = argument(call, 1, "values")
    keywords = [keyword.arg for keyword in call.keywords if keyword.arg not in {None, "in_dict", "values", "clear"}]
    return Site(access, form, call, mappings=[values] if values else [], keywords=[name for name in keywords if name])


def literal(names: Names, node: ast.AST | None) -> str | None:
    """The text of a literal, or of a name that stands for one; None for anything else."""
    for _ in range(4):
        if isinstance(node, (ast.Name, ast.Attribute)):
            node = names.source(node)
    if isinstance(node, ast.JoinedStr):
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        return "".join(map(str, texts)) if len(texts) == len(node.values) else None
    value = node.value if isinstance(node, ast.Constant) else None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else None


def merges(node: ast.Dict | ast.BinOp, operand: ast.AST) -> bool:
    """Whether a new mapping is made of an operand, as in `{**operand}` and `operand | other`."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr)
    return any(key is None and value is operand for key, value in zip(node.keys, node.values, strict=True))
