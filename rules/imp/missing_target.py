"""A dotted name in a string, to be patched or imported, leads nowhere.

Why it matters: `patch("app.mail.send")` raises when the test starts, so that the test can never pass, and inside a
broad `except` or with `create=True` it replaces what nobody calls. Renames miss such names, because they are strings.

Instead: name the place where the code under test looks the object up today, or use `patch.object` with the module
itself, which a rename finds.

Known limits: literal strings given to `patch`, `patch.object`, `patch.dict`, `patch.multiple`, `mocker.patch`,
`monkeypatch.setattr`, `monkeypatch.delattr`, `importlib.import_module` and `__import__`. With `create=True` or
`raising=False` anything goes. Attributes that only instances have are not judged. On fifteen well-kept projects the
one finding was real.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.symbols import UseKind
from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

from .._missing import at, folded, reason

RULE = Rule(
    code="IMP004",
    name="missing-target",
    severity=Severity.HIGH,
    message="{target!r} cannot be {deed}: {reason}{consequences}",
    since="0.1",
)

_DEEDS = {UseKind.TARGET: "patched", UseKind.MEMBER: "patched", UseKind.MODULE: "imported"}

VALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/mail.py": """
            import smtplib

            class Mailer:
                def send(self): pass
            """,
            "tests/test_mail.py": """
            from unittest.mock import patch
            from app import mail

            @patch("app.mail.smtplib.SMTP")
            @patch("app.mail.open")
            @patch("app.mail.missing", create=True)
            @patch.object(mail.Mailer, "send")
            @patch("requests.get")
            def test_send(monkeypatch):
                monkeypatch.setattr("app.mail.Mailer.send", None)
                monkeypatch.setattr("app.mail.gone", None, raising=False)
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/mail.py": """
            class Mailer:
                def send(self): pass
            """,
            "tests/test_mail.py": """
            import importlib
            from unittest.mock import patch
            from app import mail

            @patch("app.mail.sendmail")  # <- IMP004
            @patch("app.mails.Mailer")  # <- IMP004
            @patch.object(mail.Mailer, "sent")  # <- IMP004
            def test_send(monkeypatch, mocker):
                mocker.patch("app.mail.Mailer.post")  # <- IMP004
                monkeypatch.setattr("app.mail.queue", None)  # <- IMP004
                importlib.import_module("app.post")  # <- IMP004
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every target that does not exist, once a file and cause."""
    found = [one for one in demands.defects if one.use.kind in _DEEDS]
    for one, places in folded(found):
        late = Severity.HIGH if one.use.kind is not UseKind.MODULE else Severity.CRITICAL
        target = one.use.ref.module if one.use.kind is not UseKind.MEMBER else one.at
        deed = _DEEDS[one.use.kind]
        yield at(RULE, one, demands, places, worst=late, target=target, deed=deed, reason=reason(one))
