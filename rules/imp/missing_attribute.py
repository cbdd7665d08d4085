"""An attribute is used that a module of the repository does not have.

Why it matters: `config.DATABSE_URL` is an AttributeError when that line runs, and no linter that looks at one file
can know.

Instead: use the name that the module has today; the message says which is most alike.

Known limits: attributes of modules only, not of objects. What anything may bind or set, also from another module, is
never reported, nor what `hasattr` or a handler of AttributeError asks for first. A submodule that exists counts as
there, even where nobody has imported it. On fifteen well-kept projects nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.symbols import UseKind
from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

from .._missing import at, folded, is_missing

RULE = Rule(
    code="IMP003",
    name="missing-attribute",
    severity=Severity.CRITICAL,
    message="module {module!r} has no attribute {attribute!r}{consequences}",
    since="0.1",
)

VALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/config.py": "URL = 'x'",
            "app/main.py": """
            import app.config
            from app import config

            config.DEBUG = True
            print(config.URL, config.DEBUG, config.__name__, app.config.URL)

            def check(config):
                return config.anything

            if hasattr(config, "EXTRA"):
                print(config.EXTRA)
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/config.py": "URL = 'x'",
            "app/main.py": """
            from app import config

            def connect():
                return config.ULR  # <- IMP003
            """,
            "app/other.py": """
            import app.config as settings
            TIMEOUT = settings.TIMEOUT  # <- IMP003
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every missing attribute, once a file."""
    found = [one for one in demands.defects if one.use.kind is UseKind.ATTRIBUTE and is_missing(one, "name")]
    for one, places in folded(found):
        yield at(RULE, one, demands, places, module=one.owner, attribute=one.name)
