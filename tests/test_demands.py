"""What modules ask for in attributes, calls and strings, and what makes nobody able to tell."""

from __future__ import annotations

import pytest

from tests.support.worlds import demands, told

APP = {
    "app/__init__.py": "",
    "app/mail.py": """
        import smtplib
        from app.queue import Queue

        LIMIT = 1

        class Mailer(Queue):
            retries = 3

            def __init__(self):
                self.sent = []

        def send(to, *, subject=""): pass
        """,
    "app/queue.py": "class Queue:\n    def put(self): pass\n",
}


def defects(source: str) -> list[str]:
    """What is said of a test module beside the application: line, reach and cause."""
    files = {**APP, "tests/test_mail.py": source}
    return [line.removeprefix("tests/test_mail.py:") for line in told(files)]


HEADER = """
import importlib
from unittest import mock
from unittest.mock import patch
import app.mail
from app import mail
from app.mail import Mailer, send
"""
TARGETS = {
    "patch('app.mail.send')": "",
    "patch('app.mail.open')": "",
    "patch('app.mail.smtplib.SMTP.anything')": "",
    "patch('app.mail.Mailer.put')": "",
    "patch('app.mail.Mailer.__init__')": "",
    "patch('app.mail.Mailer.sent')": "",
    "patch('app.queue')": "",
    "patch('requests.get')": "",
    "patch('app.mail.gone', create=True)": "",
    "patch(target)": "",
    "patch('app.mail.gone')": "name app.mail.gone",
    "mock.patch('app.mail.gone')": "name app.mail.gone",
    "mocker.patch('app.mail.gone')": "name app.mail.gone",
    "patch('app.male.send')": "module app.male",
    "patch('app.mail.Mailer.gone')": "attribute app.mail.Mailer.gone",
    "patch('app.mail.Queue.gone')": "attribute app.mail.Queue.gone",
    "patch.dict('app.mail.TABLE', {})": "name app.mail.TABLE",
    "patch.multiple('app.male', send=1)": "name app.male",
    "patch.object(mail, 'send')": "",
    "patch.object(mail, 'gone')": "name app.mail.gone",
    "patch.object(app.mail, 'gone')": "name app.mail.gone",
    "patch.object(Mailer, 'gone')": "attribute app.mail.Mailer.gone",
    "patch.object(Mailer, 'retries')": "",
    "patch.object(Mailer, name)": "",
    "monkeypatch.setattr('app.mail.gone', 1)": "name app.mail.gone",
    "monkeypatch.setattr('app.mail.gone', 1, raising=False)": "",
    "monkeypatch.setattr('app.mail.gone', 1, False)": "",
    "monkeypatch.setattr(mail, 'gone', 1)": "name app.mail.gone",
    "monkeypatch.setattr(mail, 'gone', 1, raising=False)": "",
    "monkeypatch.delattr('app.mail.gone')": "name app.mail.gone",
    "importlib.import_module('app.gone')": "module app.gone",
    "__import__('app.gone')": "module app.gone",
    "importlib.import_module('app.mail')": "",
    "mail.gone": "name app.mail.gone",
    "mail.gone.further()": "name app.mail.gone",
    "app.mail.gone": "name app.mail.gone",
    "mail.LIMIT.real": "",
    "hasattr(mail, 'gone') and mail.gone": "",
    "getattr(mail, 'gone', None) and mail.gone": "",
    "[mail.gone for mail in ()]": "",
    "(lambda mail: mail.gone)": "",
    "send()": "send() missing 1 required positional argument: 'to'",
    "send('a', subject='b')": "",
    "send('a', 'b')": "send() takes 1 positional argument but 2 were given",
    "mail.send('a', sub='b')": "send() got an unexpected keyword argument 'sub'",
    "send(*everything)": "",
    "send(**everything)": "",
    "Mailer(1)": "Mailer.__init__() takes 1 positional argument but 2 were given",
}


@pytest.mark.parametrize(("expression", "cause"), TARGETS.items(), ids=TARGETS.keys())
def test_an_expression_asks_for_what_it_names(expression: str, cause: str) -> None:
    """In a function, so that it strikes when that is called."""
    source = f"{HEADER}\ndef test_it(mocker, monkeypatch):\n    {expression}\n"
    assert defects(source) == ([f"10 call {cause}"] if cause else [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from app import mail\ndef f(mail):\n    mail.gone", []),
        ("from app import mail\ndef f():\n    mail = 1\n    mail.gone", []),
        ("from app import mail\nmail = 1\nmail.gone", []),
        ("from app import mail\nclass C:\n    mail = 1\n    def f(self): mail.gone", ["4 call name app.mail.gone"]),
        ("try:\n    from app import mail\nexcept ImportError:\n    mail = None\nmail.gone", []),
        ("from app import mail\ntry:\n    mail.gone\nexcept AttributeError:\n    pass", []),
        ("from app import mail\ntry:\n    mail.gone\nexcept Exception:\n    pass", ["3 caught name app.mail.gone"]),
        ("import pytest\nfrom app import mail\nwith pytest.raises(AttributeError):\n    mail.gone", []),
        ("from app import mail\nif condition:\n    mail.gone", ["3 call name app.mail.gone"]),
        ("from app import mail\nif __name__ == '__main__':\n    mail.gone", ["3 call name app.mail.gone"]),
        ("from app import mail\nif False:\n    mail.gone", []),
        ("import pytest\npytest.skip('no', allow_module_level=True)\nfrom app import gone", []),
        ("import pytest\nif x:\n    pytest.skip('', allow_module_level=True)\nfrom app import gone", [
            "4 call name app.gone"]),
        ("from app import mail\nmail.gone\nmail.gone", ["2 import name app.mail.gone"]),
        ("from app.mail import send\nfrom app import mail\n@send()\ndef f(): pass", [
            "3 import send() missing 1 required positional argument: 'to'"]),
        ("import sys\nsys.modules['app.fake'] = 1\nimport app.fake", []),
        ("import sys\nfor name in names:\n    sys.modules[name] = 1\nimport app.fake", []),
        ("from unittest.mock import patch\nwith patch.dict('sys.modules', {'app.fake': 1}):\n    import app.fake", []),
    ],
)  # fmt: skip
def test_scopes_and_guards_decide(source: str, expected: list[str]) -> None:
    """Whose name it is, and what becomes of the error."""
    assert defects(source) == expected


def unset(source: str, base: str = "") -> list[str]:
    """The attributes that the test classes of a module read and nothing sets."""
    found = demands({"tests/test_it.py": source, "tests/base.py": base}).unset
    return [f"{one.owner}.{one.name}:{one.span.line}{' idle' * one.idle}" for one in found]


READS = "    def test_it(self):\n        assert self.x\n"
BASE = "from tests.base import Base\nclass TestIt(Base):\n" + READS


@pytest.mark.parametrize(
    ("source", "base", "expected"),
    [
        ("class TestIt:\n" + READS, "", ["TestIt.x:3"]),
        ("class Helper:\n" + READS, "", []),
        ("class TestIt:\n    x = 1\n" + READS, "", []),
        ("class TestIt:\n    x: int\n" + READS, "", []),
        ("class TestIt:\n    def setup_method(self):\n        self.x = 1\n" + READS, "", []),
        ("class TestIt:\n    def setUp(self):\n        self.x = 1\n" + READS, "", ["TestIt.x:5 idle"]),
        ("import unittest\nclass It(unittest.TestCase):\n    def setUp(self):\n        self.x = 1\n" + READS, "", []),
        ("class TestIt:\n    def setUp(self):\n        self.x = 1\n    def f(self): self.setUp()\n" + READS, "", []),
        ("def f(request):\n    request.cls.x = 1\nclass TestIt:\n" + READS, "", []),
        ("class TestIt:\n    def f(self):\n        setattr(self, 'y', 1)\n" + READS, "", []),
        ("@parametrized\nclass TestIt:\n" + READS, "", []),
        ("class TestIt:\n    def test_it(self):\n        assert hasattr(self, 'x') and self.x\n", "", []),
        ("class TestIt:\n    def test_it(self):\n        try: self.x\n        except AttributeError: 0\n", "", []),
        ("class TestIt:\n" + READS + "class TestSub(TestIt):\n    x = 1\n", "", []),
        ("from elsewhere import Base\nclass TestIt(Base):\n" + READS, "", []),
        (BASE, "class Base:\n    x = 1\n", []),
        (BASE, "class Base:\n    def setup_method(self):\n        self.x = 1\n", []),
        (BASE, "class Base:\n    def __getattr__(self, name): ...\n", []),
        (BASE, "class Base:\n    y = 1\n", ["TestIt.x:4"]),
        (BASE, "class Base:\n    def setUp(self):\n        self.x = 1\n", ["TestIt.x:4 idle"]),
        (BASE, "import unittest\nclass Base(unittest.TestCase):\n    def setUp(self):\n        self.x = 1\n", []),
    ],
)  # fmt: skip
def test_what_nothing_sets(source: str, base: str, expected: list[str]) -> None:
    """In the class, its bases, its setup, from outside, or dynamically."""
    assert unset(source, base) == expected
