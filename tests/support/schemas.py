"""Schemas that others published for formats that we write; `fixtures/schemas/README.md` names their origin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema.validators import validator_for

_FOLDER = Path(__file__).parents[2] / "fixtures" / "schemas"


def faults(document: str, schema: str) -> list[str]:
    """What a JSON document violates of a schema, formats such as URIs included.

    Args:
        document: the text of a document.
        schema: the name of a file in `fixtures/schemas`.
    """
    rules = json.loads((_FOLDER / schema).read_text(encoding="utf-8"))
    kind: Any = validator_for(rules)
    checker = kind(rules, format_checker=kind.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message[:300]}" for error in checker.iter_errors(json.loads(document))]
