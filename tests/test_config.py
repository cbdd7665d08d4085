"""Finding, reading, overriding and showing the configuration."""

from __future__ import annotations

import os
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.config.config import Config, code_faults, load, override, show_settings
from integrity.config.options import GROUPS, OPTIONS
from integrity.errors import ConfigError
from integrity.model import Severity
from integrity.score import GROUPS as SCORE_GROUPS

KNOWN = {code: code for code in ("COR001", "COR002", "ENV001")} | {
    "comment-dominated-module": "COR001",
    "tool-residue": "COR002",
    "direct-environment-access": "ENV001",
}

EMPTY = "is empty, so that nothing could match; name at least one, or leave the key out"


def write(folder: Path, text: str, name: str = "integrity.toml") -> Path:
    """Write a configuration file and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def faults(folder: Path, text: str, name: str = "integrity.toml") -> list[str]:
    """The lines with which a configuration file is refused."""
    write(folder, text, name)
    with pytest.raises(ConfigError) as caught:
        load(folder, folder)
    return caught.value.lines


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    """A project without configuration gets the defaults."""
    assert load(tmp_path, tmp_path) == Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    """Each documented key fills its field."""
    text = """
        select = ["COR", "tool-residue"]
        ignore = ["COR002"]
        extend-select = ["ENV001"]
        exclude = ["vendor/"]
        fail-severity = "medium"
        max-file-size = "2.5 MB"
        minimum-python = "3.9"
        cache-dir = "./build/cache/"
        entry-points = ["app.main", "tools/run.py"]
        baseline = "ci/known.json"
        [per-file-ignores]
        "tests/legacy/**" = ["COR"]
        [severity]
        ENV001 = "low"
        [imports]
        forbidden = { auth_service = ["backend", "web.api"] }
        canonical = { "app.old" = "app.new" }
        history = false
        [artefacts.backend]
        dockerfile = "docker/Dockerfile"
        entry-points = ["app.main"]
        [tests]
        paths = ["./tests/", "src/*/tests"]
        python-files = ["check_*.py"]
        python-classes = []
        python-functions = ["check"]
        assertion-functions = ["verify_*"]
        [policy]
        no-mock-paths = ["tests/e2e/"]
        no-mock-markers = ["e2e"]
        forbidden-imports = ["app.core"]
        required = { "tests/e2e/" = ["Base", "@e2e"] }
        [env]
        accessors = ["app.config", "scripts/*.py"]
        [structure]
        max-complexity = 12
        min-maintainability = 20
        [score]
        fail-under = 95
        weights = { corruption = 3, tests = 0.5 }
        thresholds = { corruption = 100, tests = 90.5 }
        scope-thresholds = { production = 98 }
    """
    path = write(tmp_path, text)

    config = load(tmp_path, tmp_path)

    assert config == Config(
        source=path,
        select=("COR", "tool-residue"),
        ignore=("COR002",),
        extend_select=("ENV001",),
        exclude=("vendor/",),
        per_file_ignores={"tests/legacy/**": ("COR",)},
        severity={"ENV001": Severity.LOW},
        fail_severity=Severity.MEDIUM,
        max_file_size=2_500_000,
        test_paths=("tests", "src/*/tests"),
        python_files=("check_*.py",),
        python_classes=(),
        python_functions=("check",),
        assertion_functions=("verify_*",),
        minimum_python="3.9",
        no_mock_paths=("tests/e2e/",),
        no_mock_markers=("e2e",),
        forbidden_test_imports=("app.core",),
        required_by_glob={"tests/e2e/": ("Base", "@e2e")},
        forbidden_imports={"auth_service": ("backend", "web.api")},
        canonical_imports={"app.old": "app.new"},
        import_history=False,
        artefacts={"backend": {"dockerfile": "docker/Dockerfile", "entry_points": ("app.main",)}},
        accessors=("app.config", "scripts/*.py"),
        entry_points=("app.main", "tools/run.py"),
        weights={"corruption": 3.0, "tests": 0.5},
        max_complexity=12,
        min_maintainability=20.0,
        fail_under=95.0,
        thresholds={"corruption": 100.0, "tests": 90.5},
        scope_thresholds={"production": 98.0},
        cache_dir="build/cache",
        baseline="ci/known.json",
    )
    assert config.given == {option.field for option in OPTIONS.values()}


def test_nearest_file_wins_and_integrity_toml_before_pyproject(tmp_path: Path) -> None:
    """The search goes upwards from the start and takes the first file that is ours."""
    write(tmp_path, '[tool.integrity]\nignore = ["far"]', "pyproject.toml")
    write(tmp_path / "a", 'ignore = ["near"]')
    write(tmp_path / "a", '[tool.integrity]\nignore = ["second"]', "pyproject.toml")
    write(tmp_path / "a" / "b", "[tool.other]\nx = 1", "pyproject.toml")

    found = {name: load(tmp_path / name, tmp_path).ignore for name in ("", "a", "a/b")}

    assert found == {"": ("far",), "a": ("near",), "a/b": ("near",)}


def test_search_ends_at_the_repository_root(tmp_path: Path) -> None:
    """A file above the root is not ours; without a root the search goes on; the root's own file counts."""
    write(tmp_path, 'ignore = ["outside"]')
    inner = tmp_path / "repo" / "src"
    inner.mkdir(parents=True)

    assert load(inner, tmp_path / "repo").ignore == ()
    assert load(inner, None).ignore == ("outside",)
    assert load(inner, tmp_path).ignore == ("outside",)
    assert load(inner, tmp_path / "elsewhere").ignore == ()


def test_explicit_file_and_isolation(tmp_path: Path) -> None:
    """A named file is read instead of a search, isolation reads none, and both at once contradict each other."""
    write(tmp_path, 'ignore = ["found"]')
    named = write(tmp_path, 'ignore = ["named"]', "other.toml")
    write(tmp_path / "sub", "[project]", "pyproject.toml")

    assert load(tmp_path, tmp_path, named).ignore == ("named",)
    assert load(tmp_path, tmp_path, isolated=True) == Config()
    with pytest.raises(ConfigError, match="--isolated: contradicts --config"):
        load(tmp_path, tmp_path, named, isolated=True)
    with pytest.raises(ConfigError, match=r"tool\.integrity: is missing"):
        load(tmp_path, tmp_path, tmp_path / "sub" / "pyproject.toml")
    with pytest.raises(ConfigError, match=r"absent\.toml: file: cannot be read \(No such file"):
        load(tmp_path, tmp_path, tmp_path / "absent.toml")


def test_all_faults_at_once_one_line_each(tmp_path: Path) -> None:
    """Every fault is told in the order of the file, with path, key, what is wrong and what to do."""
    text = """
        select = "ALL"
        selct = ["COR"]
        ignore = ["COR001", 3, " "]
        fail-severity = "hihg"
        max-file-size = "ten"
        minimum-python = 3.10
        cache-dir = "../elsewhere"
        env = 1
        [severity]
        COR001 = "fatal"
        [tests]
        path = ["tests"]
        paths = ["/etc"]
        python-files = []
        [score]
        fail-under = 101
        weights = { corruption = -1, corruptoin = 1, tests = nan, imports = true }
        [per-file-ignores]
        "a.py" = "COR001"
    """

    found = faults(tmp_path, text)

    assert found == [
        'integrity.toml: select: is a string, must be a list of strings; write ["ALL"]',
        "integrity.toml: selct: unknown key; did you mean 'select'?",
        "integrity.toml: ignore: item 2 is a number, must be a string; put it in quotes",
        "integrity.toml: ignore: item 3 is blank; remove it",
        "integrity.toml: fail-severity: 'hihg' is no severity; did you mean 'high'?",
        "integrity.toml: max-file-size: 'ten' is no size; give a positive number of bytes, or text such as \"10 MB\"",
        'integrity.toml: minimum-python: 3.1 is no Python version; write major and minor in quotes, as in "3.10"',
        "integrity.toml: cache-dir: '../elsewhere' is outside the repository; give a path relative to its root",
        "integrity.toml: env: is a number, must be a table; put its keys under [env]",
        "integrity.toml: severity.'COR001': 'fatal' is no severity; use critical, high, medium or low",
        "integrity.toml: tests.path: unknown key; did you mean 'tests.paths'?",
        "integrity.toml: tests.paths: '/etc' is outside the repository; give a path relative to its root",
        f"integrity.toml: tests.python-files: {EMPTY}",
        "integrity.toml: score.fail-under: 101 is no percentage; give a number from 0 to 100",
        "integrity.toml: score.weights.corruption: -1 is no weight; give a number that is 0 or more",
        "integrity.toml: score.weights.corruptoin: is no score group; did you mean 'corruption'?",
        "integrity.toml: score.weights.tests: nan is no weight; give a number that is 0 or more",
        "integrity.toml: score.weights.imports: true or false is no weight; give a number that is 0 or more",
        "integrity.toml: per-file-ignores.'a.py': is a string, must be a list of strings; write [\"COR001\"]",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select = []", "select: is empty"),
        ("exclude = 1", "exclude: is a number, must be a list of strings"),
        ("severity = 1", "severity: is a number, must be a table"),
        ("severity = {COR001 = 1}", "severity.'COR001': 1 is no severity; use critical"),
        ("per-file-ignores = []", "per-file-ignores: is a list, must be a table"),
        ("per-file-ignores = {' ' = ['COR']}", "per-file-ignores: has a blank glob"),
        ("cache-dir = ''", "cache-dir: is empty"),
        ("cache-dir = 1979-05-27", "cache-dir: is a date or time"),
        ("cache-dir = 'C:\\x'", "is outside the repository"),
        ("max-file-size = 0", "max-file-size: 0 is no size"),
        ("max-file-size = true", "max-file-size: true or false is no size"),
        ("max-file-size = '5 parsecs'", "max-file-size: '5 parsecs' is no size"),
        ("minimum-python = '4.0'", "minimum-python: '4.0' is no Python version"),
        ("score = {weights = 3}", "score.weights: is a number, must be a table"),
        ("score = {weights = {environment = inf}}", "score.weights.environment: inf is no weight"),
        ("score = {fail-under = nan}", "score.fail-under: nan is no percentage"),
        ("score = {weights = {corruption=0,tests=0,imports=0,environment=0,structure=0}}", "are all 0"),
        ("accessors = ['x']", "accessors: unknown key; did you mean 'env.accessors'?"),
        ("fail_severity = 'low'", "fail_severity: unknown key; did you mean 'fail-severity'?"),
        ("zzzzzz = 1", "zzzzzz: unknown key; use select, ignore"),
        ("env = {zzzzzz = 1}", "env.zzzzzz: unknown key; use accessors"),
        ("'tests.paths' = ['x']", "'tests.paths': unknown key"),
        ("[tool.integrity]\nselect = ['ALL']", "tool: unknown key; in this file the keys stand at the top level"),
        ("plugins = ['evil']", "plugins: unknown key"),
        ("'a\\nb' = 1", r"'a\\nb': unknown key"),
    ],
)
def test_each_wrong_value_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """A wrong value, type or key is a fault that names its key."""
    (line,) = faults(tmp_path, text)

    assert f"integrity.toml: {expected}" in line or expected in line
    assert ";" in line or "did you mean" in line


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("'12'", 12), ("'1 kB'", 1000), ("'1KiB'", 1024), ("'10 MB'", 10_000_000), ("'0.5 GiB'", 2**29)],
)
def test_sizes(tmp_path: Path, text: str, size: int) -> None:
    """A size is a number of bytes, or a number with a unit."""
    write(tmp_path, f"max-file-size = {text}")

    assert load(tmp_path, tmp_path).max_file_size == size


def test_weights_need_not_name_every_group(tmp_path: Path) -> None:
    """Zero for some groups is fine while another has its default weight."""
    write(tmp_path, "score = {weights = {structure = 0, environment = 0}}")

    assert load(tmp_path, tmp_path).weights == {"structure": 0.0, "environment": 0.0}


def test_the_groups_are_those_of_the_score() -> None:
    """What may be weighted is what the score weighs."""
    assert set(GROUPS) == set(SCORE_GROUPS)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"select = [\n'a'\n", "integrity.toml: end of document: not valid TOML"),
        (b"x = 1\ny = = 2\n", "integrity.toml: line 2, column 5: not valid TOML"),
        (b"# ok\n# \xff\n", "integrity.toml: line 2: not valid TOML (not UTF-8)"),
        (b"a = " + b"[" * 100_000, "integrity.toml: "),
        (b"a = " + b"9" * 10_000, "integrity.toml: "),
        (b"\0", "integrity.toml: line 1, column 1: not valid TOML"),
    ],
)
def test_broken_toml_is_one_line_with_its_place(tmp_path: Path, content: bytes, expected: str) -> None:
    """Text that is not TOML is refused with the line it breaks at."""
    (tmp_path / "integrity.toml").write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, tmp_path)

    (line,) = caught.value.lines
    assert line.startswith(expected)


def test_broken_pyproject_is_ours_only_if_it_may_name_us(tmp_path: Path) -> None:
    """Somebody else's broken pyproject.toml is passed by; one that mentions integrity may hold our table."""
    write(tmp_path, 'ignore = ["above"]')
    write(tmp_path / "theirs", "[tool.black\n", "pyproject.toml")
    write(tmp_path / "ours", "[tool.integrity\n", "pyproject.toml")

    assert load(tmp_path / "theirs", tmp_path).ignore == ("above",)
    with pytest.raises(ConfigError, match=r"ours/pyproject\.toml: line 1"):
        load(tmp_path / "ours", tmp_path)


def test_a_table_of_the_wrong_type_is_a_fault(tmp_path: Path) -> None:
    """`tool.integrity` must be a table, and a `tool` that is none is not ours."""
    assert "tool.integrity: is not a table" in faults(tmp_path, "[tool]\nintegrity = 1", "pyproject.toml")[0]
    write(tmp_path, "tool = 1", "pyproject.toml")
    assert load(tmp_path, tmp_path) == Config()


@pytest.mark.parametrize("kind", ["folder", "dangling", "loop", "pipe"])
def test_a_configuration_that_cannot_be_read_is_never_passed_by(tmp_path: Path, kind: str) -> None:
    """A folder, a broken link or a pipe of that name is a fault, neither a hang nor silence."""
    path = tmp_path / "integrity.toml"
    make: dict[str, Callable[[], None]] = {
        "folder": path.mkdir,
        "dangling": lambda: path.symlink_to("absent"),
        "loop": lambda: path.symlink_to(path),
        "pipe": lambda: os.mkfifo(path),
    }
    make[kind]()

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, tmp_path)

    (line,) = caught.value.lines
    assert line.startswith("integrity.toml: file: ")


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    """An editor's byte order mark does not spoil the file."""
    (tmp_path / "integrity.toml").write_bytes(b'\xef\xbb\xbfignore = ["COR"]\r\n')

    assert load(tmp_path, tmp_path).ignore == ("COR",)


def test_flags_replace_or_extend_the_file(tmp_path: Path) -> None:
    """Plain flags replace what the file says, extend flags add to it, flags not given change nothing."""
    write(tmp_path, 'select = ["COR"]\nignore = ["COR001"]\nexclude = ["a"]\nper-file-ignores = {"x" = ["COR"]}')
    config = load(tmp_path, tmp_path)

    changed = override(
        config,
        select=("ENV,SUP", "COR001"),
        ignore=(),
        extend_ignore=("ENV001",),
        extend_exclude=["b"],
        extend_select=("SUP001",),
        extend_per_file_ignores=("x:ENV", "a:b/*.py:SUP, COR"),
        fail_severity="low",
        max_file_size="1 MB",
        fail_under=0.0,
        cache_dir="/var/cache",
        minimum_python=None,
    )

    assert changed.select == ("ENV", "SUP", "COR001")
    assert changed.ignore == ("COR001", "ENV001")
    assert changed.exclude == ("a", "b")
    assert changed.extend_select == ("SUP001",)
    assert changed.per_file_ignores == {"x": ("COR", "ENV"), "a:b/*.py": ("SUP", "COR")}
    assert (changed.fail_severity, changed.max_file_size, changed.fail_under) == (Severity.LOW, 1_000_000, 0.0)
    assert changed.cache_dir == "/var/cache"
    assert changed.minimum_python == ""
    assert override(config) == config
    assert override(config, per_file_ignores=["y:COR"]).per_file_ignores == {"y": ("COR",)}


def test_wrong_flags_are_told_all_at_once() -> None:
    """Every wrong flag is named as it was typed."""
    with pytest.raises(ConfigError) as caught:
        override(Config(), fail_severity="meduim", max_file_size="-1", per_file_ignores=["COR001"], fail_under=200.0)

    assert caught.value.lines == [
        "command line: --fail-severity: 'meduim' is no severity; did you mean 'medium'?",
        "command line: --max-file-size: '-1' is no size; give a positive number of bytes, or text such as \"10 MB\"",
        "command line: --per-file-ignores: 'COR001' is not GLOB:CODE; write it as in 'tests/**:COR003'",
        "command line: --fail-under: 200.0 is no percentage; give a number from 0 to 100",
    ]
    with pytest.raises(TypeError, match="no such setting: selekt"):
        override(Config(), selekt=("COR",))


def test_selectors_are_codes_names_prefixes_or_all() -> None:
    """What selects at least one rule is no fault."""
    config = Config(
        select=("ALL", "COR", "COR0", "COR001", "tool-residue"),
        per_file_ignores={"a": ("E",)},
        severity={"ENV001": Severity.LOW, "tool-residue": Severity.LOW},
    )

    assert code_faults(config, KNOWN) == []


def test_unknown_codes_are_told_with_their_key(tmp_path: Path) -> None:
    """Each unknown selector is one line: where it stands, and what was perhaps meant."""
    text = 'ignore = ["cor001"]\nper-file-ignores = {"a.py" = ["tool-residu"]}\nseverity = {COR = "low", "" = "low"}'
    write(tmp_path, text)
    config = override(load(tmp_path, tmp_path), select=("XYZ999",), extend_ignore=("ENV002",))

    assert code_faults(config, KNOWN) == [
        "command line: --select: unknown rule 'XYZ999'; see `integrity rules` for those there are",
        "integrity.toml: ignore: unknown rule 'cor001'; did you mean 'COR001'?",
        "command line: --extend-ignore: unknown rule 'ENV002'; did you mean 'ENV001'?",
        "integrity.toml: per-file-ignores.'a.py': unknown rule 'tool-residu'; did you mean 'tool-residue'?",
        "integrity.toml: severity: 'COR' stands for several rules; name each by its code",
        "integrity.toml: severity: unknown rule ''; see `integrity rules` for those there are",
    ]


def test_settings_are_shown_in_the_spelling_of_the_file(tmp_path: Path) -> None:
    """Every key is listed with its value, and what is shown can be read back."""
    text = 'exclude = ["ä\\"b"]\nseverity = {COR001 = "low"}\nscore = {weights = {tests = 2}}'
    path = write(tmp_path, text)
    config = load(tmp_path, tmp_path)

    shown = show_settings(config)

    assert [key for key, _ in shown] == ["source", *OPTIONS]
    assert dict(shown)["source"] == str(path)
    assert dict(shown)["score.fail-under"] == "not set"
    again = write(tmp_path / "again", "\n".join(_assignments(shown)))
    assert load(again.parent, again.parent, again) == Config(**{**vars(config), "source": again})


def _assignments(shown: list[tuple[str, str]]) -> list[str]:
    """The shown settings as TOML, without those that are not set."""
    unset = ("not set", '""', "[]")
    return [f"{key} = {value}" for key, value in shown if key != "source" and value not in unset]


_TOML_TEXT = st.text(string.ascii_letters + string.digits + " =[]{}\"'.#\n-_,\\", max_size=200)
_LINES = st.sampled_from(
    [
        *(f"{key} = " for key in OPTIONS),
        "[tests]\n",
        "[score]\n",
        "[severity]\n",
        '"x"',
        "['COR']",
        "{a = 1}",
        "1\n",
        "\n",
    ]
)


@given(st.one_of(_TOML_TEXT, st.lists(_LINES, max_size=20).map("".join)))
def test_any_text_is_a_configuration_or_faults_of_one_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever the file holds, it loads or is refused in lines that name the file, a key and what to do."""
    folder = tmp_path_factory.mktemp("configuration")
    write(folder, text)

    loaded, lines = _outcome(folder)

    assert bool(loaded) != bool(lines)
    assert all(line.startswith("integrity.toml: ") and "\n" not in line for line in lines)


def _outcome(folder: Path) -> tuple[Config | None, list[str]]:
    """The configuration, or the lines that refuse it."""
    try:
        return load(folder, folder), []
    except ConfigError as error:
        return None, error.lines
