"""Which tests check something: through helpers, fixtures, classes and decorators, and what becomes of a failure."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from integrity.facts.extract import extract
from integrity.facts.verdicts import Effect, OracleFacts
from integrity.registry.loader import load
from integrity.rule import Context, Example
from integrity.testing import run_example

REGISTRY = load()
TESTS = Context(test=True, collected=True)


def facts_of(source: str) -> OracleFacts:
    """The facts about oracles of a source."""
    return extract(Example(source).content.decode()).oracles or OracleFacts()


def effects(source: str) -> dict[str, Effect]:
    """By name of the test what it amounts to, for those without a sound oracle."""
    facts = extract(Example(source).content.decode())
    return {facts.definitions[one.definition].name: one.effect for one in (facts.oracles or OracleFacts()).unproven}


PROVEN = {
    "helper": """
        def test_total():
            same(total(), 3)

        def same(one, other):
            assert one == other
        """,
    "helper of a helper": """
        def test_total():
            outer(total())

        def outer(found):
            return inner(found)

        def inner(found):
            if found != 3:
                raise ValueError(found)
        """,
    "helper handed on": """
        def test_total():
            run_with(callback=on_total)

        def on_total(found):
            assert found == 3
        """,
    "nested function": """
        def test_total():
            def on_total(found):
                assert found == 3

            run_with(on_total)
        """,
    "callback": "class TestIt(Case):\n    def test_total(self):\n        run().addCallback(self.assertEqual, 3)\n",
    "lambda": "def test_total():\n    run_with(lambda found: pytest.raises(KeyError, found))\n",
    "fixture after yield": """
        @pytest.fixture
        def cart():
            cart = Cart()
            yield cart
            assert cart.closed

        def test_closes(cart):
            cart.close()
        """,
    "fixture by name": """
        @pytest.fixture
        def closed():
            yield
            assert not cart.open

        @pytest.mark.usefixtures("closed")
        def test_closes():
            cart.close()
        """,
    "autouse fixture": """
        @pytest.fixture(autouse=True)
        def no_leaks():
            yield
            assert not leaks()

        def test_closes():
            cart.close()
        """,
    "tear-down": """
        class TestCart(unittest.TestCase):
            def tearDown(self):
                self.assertTrue(self.cart.closed)

            def test_closes(self):
                self.cart.close()
        """,
    "method of the class": """
        class TestCart:
            def test_total(self):
                self.same(3)

            def same(self, number):
                assert total() == number
        """,
    "method of a base in the file": """
        class Base:
            def same(self, number):
                assert total() == number

        class TestCart(Base):
            def test_total(self):
                self.same(3)
        """,
    "method of a base elsewhere": """
        class TestCart(CartTestCase):
            def test_total(self):
                self.run_total(3)
        """,
    "assigned to the class": """
        class TestTotal:
            @classmethod
            def setup_class(cls):
                cls.test = partial(check_total, 3)

            def test_total(self):
                self.test([1, 2])
        """,
    "object of a class in the file": """
        class Same:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                assert total() == 3

        def test_total():
            with Same():
                total()
        """,
    "support module": "from tests.support import run_case\n\ndef test_case():\n    run_case(1)\n",
    "name of an assertion elsewhere": "def test_total():\n    verify_total(total())\n",
    "pytest.raises": "def test_total():\n    with pytest.raises(ValueError):\n        total(None)\n",
    "pytest.raises with a callable": "def test_total():\n    pytest.raises(ValueError, total, None)\n",
    "pytest.warns": "def test_total():\n    with pytest.warns(UserWarning) as caught:\n        total(None)\n",
    "assertRaises": "class T(TestCase):\n    def test_t(self):\n        self.assertRaises(ValueError, total, None)\n",
    "assertLogs": "class T(TestCase):\n    def test_t(self):\n        with self.assertLogs():\n            total()\n",
    "assigned assertion": "class T(TestCase):\n    def test_t(self):\n        e = self.assertRaises(KeyError, total)\n",
    "numpy": "def test_total():\n    np.testing.assert_allclose(total(), 3)\n",
    "pandas": "def test_total():\n    tm.assert_frame_equal(total(), frame)\n",
    "mock": "def test_total(mocker):\n    total()\n    mocker.patch('a.b').assert_called_once_with(1)\n",
    "playwright": "def test_total(page):\n    expect(page.locator('h1')).to_have_text('3')\n",
    "async playwright": "async def test_total(page):\n    await expect(page.locator('h1')).to_have_text('3')\n",
    "hamcrest": "def test_total():\n    assert_that(total(), equal_to(3))\n",
    "sure": "def test_total():\n    total().should.equal(3)\n",
    "pytest-check": "def test_total():\n    check.equal(total(), 3)\n",
    "regression fixture": "def test_total(data_regression):\n    data_regression.check(total())\n",
    "benchmark": "def test_total(benchmark):\n    benchmark(total)\n",
    "pytester": "def test_total(pytester):\n    pytester.runpytest().stdout.fnmatch_lines(['*1 passed*'])\n",
    "subprocess": "def test_total():\n    subprocess.check_call(['total'])\n",
    "status": "def test_total(client):\n    client.get('/').raise_for_status()\n",
    "nose": "def test_total():\n    eq_(total(), 3)\n",
    "decorator": "@image_comparison(['total.png'])\ndef test_total():\n    plot(total())\n",
    "fail": "def test_total():\n    if total() != 3:\n        pytest.fail('wrong')\n",
    "raise": "def test_total():\n    if total() != 3:\n        raise ValueError\n",
    "marker": "def test_total():\n    try:\n        total()\n    except KeyError:\n        return\n    assert False\n",
    "narrow handler": "def test_t():\n    try:\n        assert total()\n    except KeyError:\n        pass\n",
    "recorded": "def test_t():\n    try:\n        assert t()\n    except Exception as e:\n        errors.append(e)\n",
    "fail inside": "def test_t():\n    try:\n        pytest.fail(total())\n    except Exception:\n        pass\n",
    "raised again": "def test_t():\n    try:\n        assert total()\n    except Exception:\n        raise\n",
    "caught before": """
        def test_total():
            try:
                assert total() == 3
            except AssertionError:
                raise
            except Exception:
                pass
        """,
    "in a handler": "def test_t():\n    try:\n        total()\n    except Exception as e:\n        assert e.args\n",
    "finally": "def test_t():\n    try:\n        total()\n    finally:\n        assert closed()\n",
    "match": "def test_t():\n    match total():\n        case 3:\n            assert closed()\n",
}


@pytest.mark.parametrize("source", PROVEN.values(), ids=PROVEN.keys())
def test_a_test_is_proven(source: str) -> None:
    """By an oracle of its own or of what it uses."""
    assert effects(source) == {}


UNPROVEN = {
    "def test_a():\n    pass\n": Effect.EMPTY,
    "def test_a():\n    '''Docstring.'''\n    ...\n": Effect.EMPTY,
    "def test_a():\n    value = 3\n": Effect.IDLE,
    "def test_a():\n    assert True\n": Effect.CONSTANT,
    "def test_a():\n    number = 1\n    print(number)\n    assert 1 == 1, 'one'\n": Effect.CONSTANT,
    "def test_a():\n    total()\n    assert True\n": Effect.CONSTANT_AFTER_ACTS,
    "def test_a():\n    import shop\n    assert True\n": Effect.CONSTANT_AFTER_ACTS,
    "def test_a():\n    assert total() or True\n": Effect.TAUTOLOGY,
    "def test_a():\n    try:\n        assert total()\n    except Exception:\n        pass\n": Effect.TAUTOLOGY,
    "def test_a():\n    total()\n    return\n    assert closed()\n": Effect.TAUTOLOGY,
    "def test_a():\n    while False:\n        assert closed()\n": Effect.TAUTOLOGY,
    "def test_a():\n    try:\n        total()\n    except Exception:\n        pass\n": Effect.SWALLOWED,
    "def test_a():\n    with suppress(Exception):\n        total()\n": Effect.SWALLOWED,
    "def test_a():\n    return total() == 3\n": Effect.RETURNED,
    "def test_a():\n    total()\n    return True\n": Effect.RETURNED,
    "def test_a():\n    time.sleep(1)\n": Effect.SLEEP,
    "async def test_a():\n    await asyncio.sleep(0)\n": Effect.SLEEP,
    "def test_a():\n    print('ok')\n": Effect.PRINTED,
    "def test_a():\n    if total():\n        assert True\n": Effect.CONSTANT_AFTER_ACTS,
    "def test_a():\n    for one in total():\n        assert True\n": Effect.CONSTANT_AFTER_ACTS,
    "def test_a():\n    while total():\n        pass\n": Effect.ACTS,
    "def test_a():\n    match total():\n        case _:\n            pass\n": Effect.ACTS,
    "def test_a():\n    print(total())\n    assert True\n": Effect.CONSTANT_AFTER_ACTS,
    "def test_a():\n    for n in (1, 2):\n        print(f'{n}')\n        assert True\n": Effect.CONSTANT,
    "def test_a():\n    if total() != 3:\n        os._exit(1)\n": Effect.ACTS,
    "def test_a():\n    total()\n    logger.info('done')\n    print(f'✅ {total}')\n": Effect.PRINTED,
    "def test_a():\n    total()\n    print('total')\n": Effect.ACTS,
    "def test_a():\n    total()\n": Effect.ACTS,
    "def test_a():\n    checked(total())\n\ndef checked(found):\n    return found\n": Effect.ACTS,
    "def test_a():\n    verify_it(1)\n\ndef verify_it(found):\n    return found\n": Effect.ACTS,
    "class T(TestCase):\n    def test_a(self):\n        self.go()\n\n    def go(self):\n        total()\n": Effect.ACTS,
    "class T:\n    def test_a(self):\n        go()\n\n    def test_b(self):\n        assert go()\n": Effect.ACTS,
}


@pytest.mark.parametrize(("source", "effect"), UNPROVEN.items())
def test_what_a_test_amounts_to(source: str, effect: Effect) -> None:
    """A helper of the file is looked into, whatever its name promises."""
    assert effects(source)["test_a"] is effect


SWITCHED_OFF = [
    "@pytest.mark.skip(reason='later')\ndef test_a():\n    pass\n",
    "@unittest.skip('later')\nclass T(TestCase):\n    def test_a(self):\n        pass\n",
    "@pytest.mark.xfail\ndef test_a():\n    total()\n",
    "def test_a():\n    pytest.skip('later')\n",
    "class T(TestCase):\n    def test_a(self):\n        self.skipTest('later')\n        total()\n",
]


@pytest.mark.parametrize("source", SWITCHED_OFF)
def test_tests_that_are_switched_off_are_not_called_hollow(source: str) -> None:
    """They are told apart, because they say so themselves."""
    assert effects(source) == {}


def test_a_helper_called_by_nobody_proves_nothing() -> None:
    """Only what a test uses counts."""
    assert effects("def test_a():\n    total()\n\ndef same(a, b):\n    assert a == b\n") == {"test_a": Effect.ACTS}


def test_helpers_that_check_are_known_by_index() -> None:
    """So that the tests of other files can be resolved."""
    facts = facts_of("def same(a, b):\n    assert a == b\n\ndef idle():\n    pass\n")
    assert facts.checking == (0,)


def test_unresolved_calls_are_kept() -> None:
    """So that they can be resolved in other files."""
    (test,) = facts_of("def test_a():\n    shop.run(1)\n    go()\n    local()\n\ndef local():\n    pass\n").unproven
    assert test.calls == ("go", "shop.run")


def codes(source: str, context: Context = TESTS) -> list[str]:
    """The codes found in a source, by line."""
    found = run_example(REGISTRY, Example(source, context), frozenset(one.rule.code for one in REGISTRY.rules))
    return [code for _, code in found]


def test_configured_assertion_functions_count() -> None:
    """By name or dotted name."""
    source = "def test_a():\n    shop.probe(1)\n"
    assert codes(source) == ["TST002"]
    for glob in ("probe", "shop.*", "pro*"):
        assert codes(source, Context(test=True, collected=True, assertion_functions=(glob,))) == []


def test_nothing_is_said_of_data_and_production() -> None:
    """Samples may be hollow, and `assert True` in a program is no test."""
    source = "def test_a():\n    assert True\n\ndef test_b():\n    assert total() or True\n"
    assert codes(source, Context(test=True, collected=True, data=True)) == []
    assert codes(source, Context()) == []


# The truth: run the tests with a broken subject.

BROKEN = [0, 1, None, "", "text", [], [1], False, True, RuntimeError, AssertionError, KeyError]
BODIES = {
    "constant": "subject()\nassert True",
    "tautology": "assert subject() or True",
    "message": 'assert subject() or "message"',
    "complement": "result = subject()\nassert result is None or result is not None",
    "anything": "assert isinstance(subject(), object)",
    "tuple": 'assert (subject() == 3, "message")',
    "generator": "result = subject()\nassert (one for one in [result])",
    "uncalled": "assert subject",
    "unreachable": "subject()\nreturn\nassert subject() == 3",
    "dead branch": "if False:\n    assert subject() == 3",
    "dead loop": "for _ in (1, 2):\n    continue\n    assert subject() == 3",
    "returned": "return subject() == 3",
    "swallowed": "try:\n    assert subject() == 3\nexcept Exception:\n    pass",
    "swallowed, printed": "try:\n    assert subject() == 3\nexcept Exception as e:\n    print(e)\n    return False",
    "suppressed": "import contextlib\nwith contextlib.suppress(BaseException):\n    assert subject() == 3",
    "swallowed call": "try:\n    subject()\nexcept:\n    pass",
    "bare comparison": "subject() == 3",
}
NEVER_FAILS = frozenset({"swallowed", "swallowed, printed", "suppressed", "swallowed call", "dead branch", "dead loop"})


def module_of(bodies: dict[str, str], subject: str) -> str:
    """A test module with one test a body."""
    tests = [
        f"def test_{number}():\n" + "".join(f"    {line}\n" for line in body.split("\n"))
        for number, body in enumerate(bodies.values())
    ]
    return f"{subject}\n\n" + "\n".join(tests)


def defined(value: object) -> str:
    """A subject that returns a value, or raises it."""
    if isinstance(value, type):
        return f"def subject():\n    raise {value.__name__}\n"
    return f"def subject():\n    return {value!r}\n"


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("name", "value"), list(product(BODIES, BROKEN)))
def test_a_test_that_cannot_fail_passes_whatever_its_subject_does(name: str, value: object) -> None:
    """Called as a runner would; where the subject raises, only what catches that can pass."""
    assert codes(module_of({name: BODIES[name]}, "def subject():\n    return shop.total()\n"))
    source = module_of({name: BODIES[name]}, defined(value))
    names: dict[str, object] = {"__name__": "sample"}
    exec(compile(source, "sample", "exec"), names)  # noqa: S102 - written above
    test = names["test_0"]
    assert callable(test)
    if isinstance(value, type) and name not in NEVER_FAILS and name != "uncalled":
        with pytest.raises(value):
            test()
    else:
        assert test() in (None, True, False)


SOUND_BODIES = {
    "equal": "assert subject() == 3",
    "narrow": "try:\n    assert subject() == 3\nexcept KeyError:\n    pass",
    "fail": "import pytest\ntry:\n    if subject() != 3:\n        pytest.fail('wrong')\nexcept Exception:\n    raise",
    "reached": "if subject() == 3:\n    return\nassert subject() == 3",
}


def test_pytest_agrees(tmp_path: Path) -> None:
    """The hollow tests pass, and those without a finding fail, when the subject returns the wrong value."""
    hollow, sound = module_of(BODIES, defined(0)), module_of(SOUND_BODIES, defined(0))
    assert codes(sound) == []
    (tmp_path / "test_hollow.py").write_text(hollow, encoding="utf-8")
    (tmp_path / "test_sound.py").write_text(sound, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"{len(SOUND_BODIES)} failed, {len(BODIES)} passed" in ran.stdout


# Bad input.

DEEP = {
    "elif chain": "def test_a(x):\n    if x:\n        pass\n" + "    elif x:\n        assert x\n" * 900,
    "attributes": "def test_a(x):\n    assert x" + ".y" * 2_000 + "\n",
    "calls": "def test_a(x):\n    x" + ".y()" * 500 + "\n",
    "boolean": "def test_a(x):\n    assert " + "x or " * 20_000 + "True\n",
    "negation": "def test_a(x):\n    assert " + "not " * 90 + "x\n",
    "sum": "def test_a(x):\n    assert x" + " + x" * 2_000 + " == 1\n",
    "comparisons": "def test_a(x):\n    assert x" + " == x" * 20_000 + "\n",
    "nested functions": "".join(f"{' ' * n}def test_{n}():\n" for n in range(90)) + " " * 90 + "assert 1\n",
    "nested tries": "def test_a():\n"
    + "".join(f"{' ' * n}try:\n" for n in range(1, 19))
    + " " * 19
    + "assert x()\n"
    + "".join(f"{' ' * n}except Exception: pass\n" for n in range(18, 0, -1)),
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP.keys())
def test_deep_text_is_read(source: str) -> None:
    """Without recursion, whatever the answer is."""
    assert extract(source).parse.syntax == "ok"


def test_many_tests_that_mention_each_other_are_read_in_linear_time() -> None:
    """Every one of three hundred names stands in every one of a hundred tests."""
    helpers = "".join(f"def helper_{n}():\n    return helper_{n + 1}()\n" for n in range(300))
    uses = "".join(f"    helper_{n}\n" for n in range(300))
    tests = "".join(f"def test_{n}():\n{uses}" for n in range(100))
    assert len(facts_of(helpers + tests).unproven) == 100


def test_what_a_subject_calls_log_is_no_writing_to_a_log() -> None:
    """`self.git.log` runs git."""
    source = "class TestIt(Base):\n    def test_log(self):\n        self.git.log(n=1)\n"
    assert effects(source) == {"test_log": Effect.ACTS}
    assert effects(source.replace("git.log", "logger.info")) == {"test_log": Effect.PRINTED}


def test_a_fuzz_test_may_expect_the_errors_of_the_code_under_test() -> None:
    """It looks for all others."""
    body = "def test_read(data):\n    try:\n        read(data)\n    except ReadError:\n        pass\n"
    assert "TST023" in codes(body)
    assert "TST023" not in codes(f"@given(binary())\n{body}")


def test_a_property_named_like_a_test_is_none() -> None:
    """Runners collect what can be called."""
    assert codes("class TestIt:\n    def test_name(self):\n        pass\n") == ["TST001"]
    assert codes("class TestIt:\n    @property\n    def test_name(self):\n        return 'it'\n") == []


def test_a_comment_may_say_that_no_error_is_the_point() -> None:
    """In which case the finding is low."""
    sources = [f"def test_a():\n    close(){comment}\n" for comment in ("", "  # must not raise", "  # the third one")]
    assert [facts_of(source).unproven[0].smoke for source in sources] == [False, True, False]
