"""Which rules a project's own tools enforce."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.install.conftest import Make
from tests.support import modest, write
from vulgate import CompiledBook
from vulgate.check.ruleset import RuleSet, rules_of
from vulgate.install.linter import Enforced, enforced
from vulgate.install.survey import survey
from vulgate.model.blocks import Rule

Ask = Callable[..., list[str]]

B006 = "functions/no-mutable-default"  # ruff B006
F401 = "modules/no-unused-imports"  # ruff F401
TWO = "introduction/version-check-with-tuple"  # ruff YTT101, YTT103
PREVIEW = "functions/no-return-value-in-list-generator"  # ruff B901 preview
TYPED = "syntax-semantics/bytes-text-mixed"  # mypy:arg-type
GENERIC = "type-system/parameterise-generics"  # mypy:type-arg
NAMED = "type-system/override-marked"  # mypy:explicit-override
OWN = "security/sql-execute-dynamic"  # ast-grep, critical
REVIEW = "security/idor"


@pytest.fixture(scope="session")
def rules(book: CompiledBook) -> RuleSet:
    return rules_of(book)


@pytest.fixture
def tools(make: Make, book: CompiledBook, rules: RuleSet) -> Ask:
    """The tool that enforces each of some rules in a repository of files."""

    def ask(files: dict[str, str], *ids: str) -> list[str]:
        found = look(make, rules, files)
        assert not found.notes
        return [found.enforces(rule) for id in ids if isinstance(rule := book[id], Rule)]

    return ask


def look(make: Make, rules: RuleSet, files: dict[str, str]) -> Enforced:
    root = make({"a.py": "x = 1\n", **files})
    return enforced(root, survey(root), rules)


# ------------------------------------------------------------------------------------------------ ruff


def test_where_ruff_is_not_used_nothing_is_enforced(tools: Ask) -> None:
    assert tools({}, B006, F401, TYPED, OWN) == [""] * 4
    assert tools({"pyproject.toml": "[tool.black]\n"}, B006, F401) == ["", ""]


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[tool.ruff.lint]\nextend-select = ["B", "YTT101"]\n'},
        {"ruff.toml": 'lint.extend-select = ["B", "YTT101"]\n'},
        {".ruff.toml": 'lint.extend-select = ["B", "YTT101"]\n', "ruff.toml": "lint.select = []\n"},
    ],
)
def test_the_codes_of_the_configuration_count(tools: Ask, files: dict[str, str]) -> None:
    assert tools(files, B006, F401, TWO, PREVIEW, OWN) == ["ruff", "ruff", "", "", ""]


def test_a_preview_code_counts_in_preview_only(tools: Ask) -> None:
    assert tools({"ruff.toml": 'preview = true\nlint.select = ["B", "YTT"]\n'}, PREVIEW, TWO, F401) == [
        "ruff",
        "ruff",
        "",
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"requirements-dev.txt": "ruff==0.17.6\n"},
        {".pre-commit-config.yaml": "repos: [{repo: r, rev: v, hooks: [{id: ruff-check}]}]"},
        {"ruff.toml": ""},
    ],
)
def test_without_a_table_the_defaults_count(tools: Ask, files: dict[str, str]) -> None:
    assert tools(files, F401, B006) == ["ruff", ""]


def test_a_formatter_is_no_linter(tools: Ask) -> None:
    assert tools({".pre-commit-config.yaml": "repos: [{repo: r, rev: v, hooks: [{id: ruff-format}]}]"}, F401) == [""]


def test_what_only_a_part_enforces_is_not_enforced(tools: Ask) -> None:
    files = {
        "ruff.toml": 'lint.select = ["B", "F"]\n',
        "sub/b.py": "",
        "sub/pyproject.toml": '[tool.ruff.lint]\nselect = ["F"]\n',
    }
    assert tools(files, B006, F401) == ["", "ruff"]
    only_below = {"sub/b.py": "", "sub/ruff.toml": 'lint.select = ["F"]\n'}
    assert tools({**only_below, "ruff.toml": "lint.select = []\n"}, F401) == [""]


def test_a_part_without_ruff_means_that_it_is_not_enforced(tools: Ask) -> None:
    assert tools({"sub/b.py": "", "sub/ruff.toml": 'lint.select = ["F"]\n'}, F401) == [""]


def test_a_tiny_part_has_no_say(tools: Ask) -> None:
    many = {f"m{number}.py": "" for number in range(20)}
    assert tools(
        {**many, "ruff.toml": "", "tests/data/b.py": "", "tests/data/ruff.toml": "lint.select = []"}, F401
    ) == ["ruff"]


@pytest.mark.parametrize(
    "configuration",
    ['lint.select = ["ZZZ"]\n', "lint = 3\n", 'required-version = "==0.0.1"\n', "[", 'extend = "../nothing.toml"\n'],
)
def test_a_wrong_configuration_of_ruff_is_noted(make: Make, rules: RuleSet, configuration: str) -> None:
    found = look(make, rules, {"ruff.toml": configuration})
    assert not found.codes
    assert found.notes
    assert all("Traceback" not in note.message and "\n" not in note.message for note in found.notes)


# ------------------------------------------------------------------------------------------------ type checkers


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, ["mypy", "mypy", ""]),
        ({"pyproject.toml": "[tool.mypy]\n"}, ["", "", ""]),
        ({"mypy.ini": "[mypy]\ncheck_untyped_defs = True\n"}, ["mypy", "", ""]),
        ({"mypy.ini": "[mypy]\n", "pyproject.toml": "[tool.mypy]\nstrict = true\n"}, ["", "", ""]),
        ({"setup.cfg": "[mypy]\nstrict = true\nenable_error_code = explicit-override, truthy-bool\n"}, ["mypy"] * 3),
        ({"pyproject.toml": '[tool.mypy]\nstrict = true\ndisable_error_code = ["arg-type"]\n'}, ["", "mypy", ""]),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\ndisallow_any_generics = false\n"}, ["mypy", "", ""]),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\nignore_errors = true\n"}, ["", "", ""]),
        ({"pyproject.toml": "[tool.pyright]\n"}, ["pyright", "", ""]),
        (
            {"pyrightconfig.json": '// c\n{"typeCheckingMode": "strict", "reportImplicitOverride": "error"}'},
            ["pyright"] * 3,
        ),
        ({"pyrightconfig.json": '{"typeCheckingMode": "off"}'}, ["", "", ""]),
        ({"pyrightconfig.json": '{"reportArgumentType": "warning"}'}, ["", "", ""]),
    ],
)
def test_type_checkers(tools: Ask, files: dict[str, str], told: list[str]) -> None:
    assert tools(files, TYPED, GENERIC, NAMED) == told


# ------------------------------------------------------------------------------------------------ vulgate check


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"pyproject.toml": "[tool.vulgate]\n"}, ["vulgate check", "vulgate check", ""]),
        ({"vulgate-check.toml": 'ignore = ["sql-execute-dynamic"]\n'}, ["", "vulgate check", ""]),
        ({"vulgate-check.toml": 'select = ["sql-execute-dynamic", "idor"]\n'}, ["vulgate check", "", ""]),
        (
            {"vulgate-check.toml": 'severity = {sql-execute-dynamic = "low"}\nfail-on = "high"\n'},
            ["", "vulgate check", ""],
        ),
        ({"vulgate-check.toml": 'book = "other"\n', "other/vulgate.toml": '[book]\nid = "other"\n'}, ["", "", ""]),
        ({"vulgate-check.toml": 'book = "../elsewhere"\n', "a/b": ""}, ["", "", ""]),
        (
            {"vulgate-check.toml": 'book = "copy"\n', "copy/vulgate.toml": '[book]\nid = "python"\n'},
            ["vulgate check"] * 2 + [""],
        ),
        ({"vulgate-check.toml": 'edition = "1999.1"\n'}, ["", "", ""]),
    ],
)
def test_vulgates_own_configuration(
    make: Make, book: CompiledBook, rules: RuleSet, files: dict[str, str], told: list[str]
) -> None:
    found = look(make, rules, files)
    assert [found.enforces(book[id]) for id in (OWN, B006, REVIEW)] == told  # type: ignore[arg-type]


def test_a_fault_of_the_configuration_is_noted(make: Make, rules: RuleSet) -> None:
    found = look(make, rules, {"vulgate-check.toml": "fail-on = 3\n"})
    assert not found.rules
    assert [note.path for note in found.notes] == ["vulgate-check.toml"]


_FILES = [
    "pyproject.toml",
    "ruff.toml",
    "mypy.ini",
    "setup.cfg",
    "pyrightconfig.json",
    ".pre-commit-config.yaml",
    "vulgate-check.toml",
]


@modest(60)
@given(
    st.dictionaries(
        st.sampled_from(_FILES),
        st.binary(max_size=30)
        | st.sampled_from(
            [
                "[tool]\nmypy = 3\n",
                "[tool.mypy]\nenable_error_code = 3\n",
                "[mypy]\nstrict = %(x)s\n",
                "[1]",
                '{"typeCheckingMode": []}',
                "null",
                "repos: 1",
                "repos: [1, {hooks: 2}, {hooks: [3]}]",
                "a: &a [*a]",
                "tool = 1",
                "[tool]\nruff = 1",
                "book = ''",
            ]
        ).map(str.encode),
    )
)
def test_configurations_may_say_anything(
    tmp_path_factory: pytest.TempPathFactory, rules: RuleSet, files: dict[str, bytes]
) -> None:
    root = write(tmp_path_factory.mktemp("any"), {"a.py": "", **files})
    found = enforced(root, survey(root), rules)
    assert json.dumps([note.message for note in found.notes])
