"""A large share of a module is commented-out code.

Why it matters: a file of comments parses, collects no test and fails nothing, so every check stays green while the
tests in it protect nothing. Whoever reads the report of the test runner sees no difference to a passing file.

Instead: bring the file back from history, and delete the code that is really obsolete; git remembers it.

Known limits: fires from 15 lines and a tenth of the non-blank lines on (over 1,111 test files of healthy projects the
highest share is 6.5 %, and no file of ten healthy projects is flagged), when at least a fifth of those lines are
statements that settings files do not consist of. Code that was mangled before it was commented out counts line by
line, which reads the share too low rather than too high.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Commented, CommentedKind
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._wording import lost

RULE = Rule(
    code="COR001",
    name="comment-dominated-module",
    severity=Severity.CRITICAL,
    message="{code} of {lines} lines ({share:.0%}) are commented-out code{lost}",
    since="0.1",
    restorable=True,
    explained_by=("COR004",),
)

_WHOLE_FILE = 0.30

_TESTS = Context(test=True, collected=True)

VALID = [
    # A licence and prose above a small file: many comments, no code.
    """
    # Copyright (c) the authors. All rights reserved.
    # Permission is hereby granted, free of charge, to any person obtaining a copy
    # of this software and associated documentation files, to deal in the software
    # without restriction, including without limitation the rights to use, copy,
    # modify, merge, publish, distribute, sublicense, and/or sell copies of it.
    # If the software is changed: say so. With great power, for all: be careful.
    # import the module, return the result, assert what you believe (in the tests).
    # The above copyright notice shall be included in all copies of the software.
    # It is provided as is, without warranty of any kind, express or implied.
    # In no event shall the authors be liable for any claim, damages or liability.
    # See https://example.org for the rest; see also: the notes in this folder.
    # This file is generated = no. It is written by hand (every line of it).
    # Nothing in here is a test. Everything in here is a comment, and that is fine.
    # The end of the notice comes one line further down, where the code begins.
    # Have fun: the code below adds two numbers, and does it rather well.
    def add(a, b):
        return a + b
    """,
    # Settings that show their defaults are documentation.
    """
    project = "example"
    # html_theme = "alabaster"
    # html_theme_options = {}
    # html_logo = None
    # html_favicon = None
    # html_extra_path = []
    # html_last_updated_fmt = "%b %d, %Y"
    # html_use_smartypants = True
    # html_sidebars = {}
    # html_additional_pages = {}
    # html_domain_indices = True
    # html_use_index = True
    # html_split_index = False
    # html_show_sourcelink = True
    # html_show_sphinx = True
    # html_show_copyright = True
    # html_use_opensearch = ""
    # html_file_suffix = None
    """,
    # Marked code inside a string is data.
    '''
    SAMPLE = """
    # import os
    # def test_a():
    #     assert os.path.exists("a")
    # def test_b():
    #     assert os.path.exists("b")
    # def test_c():
    #     assert os.path.exists("c")
    # def test_d():
    #     assert os.path.exists("d")
    # def test_e():
    #     assert os.path.exists("e")
    # def test_f():
    #     assert os.path.exists("f")
    # def test_g():
    #     assert os.path.exists("g")
    # def test_h():
    #     assert os.path.exists("h")
    """

    def test_the_detector():
        assert find(SAMPLE)
    ''',
]
INVALID = [
    Example(
        """
        # import pytest  # <- COR001
        #
        # from shop import Cart
        #
        # @pytest.fixture
        # def cart():
        #     return Cart()
        #
        # def test_empty(cart):
        #     assert cart.total() == 0
        #
        # def test_one(cart):
        #     cart.add("pear", 3)
        #     assert cart.total() == 3
        #
        # def test_two(cart):
        #     cart.add("pear", 3)
        #     cart.add("plum", 4)
        #     assert cart.total() == 7
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file, on its first commented-out line."""
    commented = file.facts.commented
    if commented is None or commented.kind is not CommentedKind.DOMINATED:
        return
    yield RULE.at(
        commented.span,
        severity=_severity(commented, file.context),
        code=commented.code_lines,
        lines=commented.lines,
        share=commented.share,
        lost=lost(commented.tests),
    )


def _severity(commented: Commented, context: Context) -> Severity:
    """Critical where tests are gone, lower for a single one or where old code merely clutters a module."""
    if context.data:
        return Severity.LOW
    whole = commented.share >= _WHOLE_FILE
    if context.test:
        return Severity.CRITICAL if whole or len(commented.tests) > 1 else Severity.HIGH
    return Severity.HIGH if whole else Severity.MEDIUM
