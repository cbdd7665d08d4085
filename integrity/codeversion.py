"""Which code stored results come from."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from integrity import __version__
from integrity.registry.loader import Registry

_WITHOUT_PART_IN_RESULTS = ("apply", "baseline", "cli", "fixes", "history", "incident", "report", "restore")


def code_version(registry: Registry) -> str:
    """Identifies the code that stored results depend on: this package, the rules, and the running Python."""
    digest = hashlib.sha256(repr((__version__, registry.version, sys.version)).encode())
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in _WITHOUT_PART_IN_RESULTS:
            digest.update(path.read_bytes())
    return digest.hexdigest()
