"""What a survey sees of a repository, and what it makes of bad files."""

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.install.conftest import Make, repository
from tests.support import modest, write
from vulgate.install.survey import Survey, survey

EVIDENCE = {
    "agents-md": ["AGENTS.md"],
    "claude": ["CLAUDE.md", ".claude/"],
    "copilot": [".github/copilot-instructions.md", ".github/instructions/*.instructions.md"],
    "cursor": [".cursor/"],
}


def notes(found: Survey) -> dict[str, str]:
    return {note.path: note.message for note in found.notes}


# ------------------------------------------------------------------------------------------------ files


def test_an_empty_folder_is_no_error(tmp_path: Path) -> None:
    assert survey(tmp_path) == Survey()


def test_files_that_git_ignores_are_left_out(make: Make) -> None:
    root = make(
        {".gitignore": "secret/\n*.log\n", "secret/a.py": "import flask\n", "a.log": "", "docs/x/y.md": "", ".env": ""}
    )
    found = survey(root)
    assert found.files == (".env", ".gitignore", "docs/x/y.md")
    assert found.folders == ("docs", "docs/x")
    assert not found.imports


def test_without_git_the_files_are_found_too(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.py": "import flask\n", "venv/c.py": "import django\n"})
    found = survey(tmp_path)
    assert found.files == ("a/b.py",)
    assert found.imports == {"flask"}


def test_code_of_others_is_not_the_projects(make: Make) -> None:
    root = make({"venv/lib/x.py": "import django\n", "node_modules/y/z.py": "import flask\n", "a.py": "import yaml\n"})
    assert survey(root).imports == {"yaml"}


def test_what_is_in_a_repository(make: Make) -> None:
    nothing = survey(make({"a.py": "x = 1\n"}))
    kinds = ("tests", "notebooks", "web", "asynchronous", "packaging")
    assert [getattr(nothing, kind) for kind in kinds] == [False] * 5
    found = survey(
        make(
            {
                "tests/test_a.py": "async def test(): ...\n",
                "n.ipynb": json.dumps({"cells": []}),
                "templates/a.html": "",
                "requirements-dev.txt": "",
            }
        )
    )
    assert [getattr(found, kind) for kind in kinds] == [True] * 5


def test_a_monitor_that_a_repository_names_is_not_started(make: Make) -> None:
    root = make({"a.py": "", "monitor.sh": "#!/bin/sh\ntouch started\n"})
    (root / "monitor.sh").chmod(0o755)
    with (root / ".git" / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {root / 'monitor.sh'}\n")
    assert "a.py" in survey(root).files
    assert not (root / "started").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"b.py": "import django\n", "more.txt": "flask\n", "CLAUDE.md": "x"})
    root = repository(
        tmp_path / "project", {"a.py": "import yaml\n", "requirements.txt": "-r linked.txt\n-r ../outside/more.txt\n"}
    )
    (root / "b.py").symlink_to(outside / "b.py")
    (root / "linked.txt").symlink_to(outside / "more.txt")
    (root / "CLAUDE.md").symlink_to(outside / "CLAUDE.md")
    (root / ".claude").symlink_to(outside)
    (root / "loop.py").symlink_to(root / "loop.py")
    (root / "setup.cfg").symlink_to("a.py")
    found = survey(root, EVIDENCE)
    assert found.imports == {"yaml"}
    assert not found.declared
    assert not found.agents
    assert {"b.py", "linked.txt", "CLAUDE.md"} <= notes(found).keys()
    assert "outside the repository" in notes(found)["requirements.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_not_waited_for(make: Make) -> None:
    root = make({"a.py": "import yaml\n"})
    for name in ("pyproject.toml", "b.py", "CLAUDE.md"):
        os.mkfifo(root / name)
    assert survey(root, EVIDENCE).imports == {"yaml"}


# ------------------------------------------------------------------------------------------------ imports


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import a.b as c, d\nfrom e.f import g\n", {"a", "d", "e"}),
        ("from . import a\nfrom .b import c\nfrom .. import d\n", set()),
        ("if True: import a\ntry:\n    import b; import c\nexcept ImportError:\n    pass\n", {"a", "b", "c"}),
        ("def f():\n    from a import (\n        b,\n    )\n", {"a"}),
        ("import a, \\\n    b\nfrom c \\\n    import d\n", {"a", "b", "c"}),
        ('"""Use it.\n\nimport flask\nfrom django import forms\n"""\n', set()),
        ("# import a\nx = 'import b'\n", set()),
        ("match x:\n    case 1:\n        import a\n", {"a"}),
        ("import a\r\nimport b  # why\r\n", {"a", "b"}),
        ("import größe\n", {"größe"}),
        ('"""Taken\nfrom abroad\n"""\nimport a\n', {"a"}),
        ('"""\nfrom abroad\nimport b\n"""\nimport a\n', {"a"}),
        ("s = '\\d'\nimport a\n", {"a"}),
    ],
)
def test_imports(make: Make, code: str, modules: set[str]) -> None:
    found = survey(make({"a.py": code.encode()}))
    assert found.imports == modules
    assert not found.notes


def test_imports_of_a_broken_file_are_believed_and_the_file_is_named(make: Make) -> None:
    found = survey(make({"a.py": "import django\ndef f(:\n"}))
    assert found.has("django")
    assert notes(found)["a.py"].startswith("does not parse as Python 3.")


def test_notebooks_are_read(make: Make) -> None:
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import pandas as pd"]},
        {"cell_type": "markdown", "source": "import flask"},
    ]
    found = survey(make({"a.ipynb": json.dumps({"cells": cells}), "b.ipynb": "{", "c.ipynb": "[1]"}))
    assert found.imports == {"pandas"}
    assert notes(found).keys() == {"b.ipynb", "c.ipynb"}


def test_files_that_cannot_be_read_are_named(make: Make) -> None:
    found = survey(make({"a.py": "# é\n".encode("latin-1"), "b.py": b"\0", "c.py": "import yaml\n"}))
    assert found.imports == {"yaml"}
    assert notes(found).keys() == {"a.py", "b.py"}


@modest(60)
@given(st.text(alphabet="imporftas abc.,;:\\\n#'\"()", max_size=80))
def test_the_imports_are_those_of_the_syntax_tree(tmp_path_factory: pytest.TempPathFactory, code: str) -> None:
    import ast

    root = write(tmp_path_factory.mktemp("code"), {"a.py": code.encode()})
    try:
        tree = ast.parse(code)
    except SyntaxError:
        survey(root)  # no more is asked than that it ends
        return
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    assert survey(root).imports == {name.partition(".")[0] for name in names}


# ------------------------------------------------------------------------------------------------ dependencies


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (
            {
                "pyproject.toml": """
                [project]
                dependencies = ["Flask[async]>=2 ; python_version > '3.8'", "my.Own_Lib @ https://example.org/x.whl"]
                [project.optional-dependencies]
                db = ["psycopg2-binary"]
                [dependency-groups]
                dev = ["pytest", {include-group = "x"}]
                x = ["numpy"]
                """
            },
            {"flask", "my-own-lib", "psycopg2-binary", "pytest", "numpy"},
        ),
        (
            {
                "pyproject.toml": """
                [tool.poetry.dependencies]
                python = "^3.10"
                requests = {version = "^2", optional = true}
                [tool.poetry.dev-dependencies]
                black = "*"
                [tool.poetry.group.test.dependencies]
                hypothesis = "*"
                """
            },
            {"requests", "black", "hypothesis", "poetry"},
        ),
        (
            {
                "setup.cfg": """
                [options]
                install_requires =
                    django>=4
                    # a comment
                    attrs
                [options.extras_require]
                docs =
                    sphinx
                    furo; python_version > "3.9"
                """
            },
            {"django", "attrs", "sphinx", "furo"},
        ),
        (
            {
                "setup.py": """
                from setuptools import setup
                setup(install_requires=["flask>1"], extras_require={"a": ["jinja2"]})
                """
            },
            {"flask", "jinja2"},
        ),
        (
            {
                "requirements.txt": """
                # comment
                flask==2.0 --hash=sha256:abc \\
                    --hash=sha256:def
                -r requirements/more.txt
                -e .
                -e git+https://example.org/x.git#egg=our_lib
                --index-url https://example.org
                ./local.whl
                https://example.org/y.whl
                """,
                "requirements/more.txt": "-r ../requirements.txt\nPyYAML  # for files\n",
            },
            {"flask", "our-lib", "pyyaml"},
        ),
        ({"Pipfile": '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n'}, {"flask", "pytest"}),
        ({"packages/api/pyproject.toml": '[project]\ndependencies = ["fastapi"]\n'}, {"fastapi"}),
        ({"conftest.py": ""}, {"pytest"}),
    ],
)
def test_dependencies(make: Make, files: dict[str, str], names: set[str]) -> None:
    found = survey(make(files))
    assert found.declared == names
    assert not found.notes


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ({"pyproject.toml": "[project\n"}, "pyproject.toml", "is no TOML"),
        ({"pyproject.toml": b"\xff\xfe"}, "pyproject.toml", "is not UTF-8"),
        ({"requirements.txt": "flask ==\n"}, "requirements.txt", "`flask ==` is no requirement"),
        ({"setup.cfg": "x = 1\n"}, "setup.cfg", "is no INI file"),
        ({"requirements.txt": b"a\n" * 600_000}, "requirements.txt", "has 1 MB, too much"),
        ({"setup.py": "import setuptools\nsetup("}, "setup.py", "does not parse"),
        ({"pyproject.toml": "a = " + "[" * 3000}, "pyproject.toml", "is no TOML"),
    ],
)
def test_bad_files_are_noted(make: Make, files: dict[str, str | bytes], path: str, message: str) -> None:
    assert message in notes(survey(make(files)))[path]


_VALUE = st.recursive(
    st.sampled_from(["flask", "a>=", "", "^3.9", ">=3.10", "py310", "é", "a @ b", "-r x"])
    | st.integers()
    | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["python", "a", "dependencies", "version"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_KEY = st.sampled_from(
    [
        "project.dependencies",
        "project",
        "project.requires-python",
        "project.optional-dependencies",
        "dependency-groups",
        "tool",
        "tool.ruff",
        "tool.ruff.target-version",
        "tool.poetry",
        "tool.poetry.dependencies",
        "tool.poetry.group",
        "tool.hatch.envs",
        "tool.uv.dev-dependencies",
        "tool.pdm.dev-dependencies",
        "tool.vulgate",
        "tool.vulgate.target-version",
        "build-system.requires",
    ]
)


@modest(150)
@given(_KEY, _VALUE)
def test_a_project_file_may_say_anything(tmp_path_factory: pytest.TempPathFactory, key: str, value: object) -> None:
    root = write(tmp_path_factory.mktemp("any"), {"pyproject.toml": f"{key} = {_toml(value)}\n".encode()})
    found = survey(root)
    assert found.python in ("", "3.9", "3.10")
    assert all(name == name.lower() for name in found.declared)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


@modest(150)
@given(
    st.sampled_from(["requirements.txt", "setup.cfg", "setup.py", ".python-version", "Pipfile", "ruff.toml"]),
    st.binary(max_size=60)
    | st.text(alphabet="-rec =.\n\\#[]%:abfoptins_quireyh'\"3<>@;/", max_size=60).map(str.encode),
)
def test_other_files_may_say_anything(tmp_path_factory: pytest.TempPathFactory, path: str, data: bytes) -> None:
    found = survey(write(tmp_path_factory.mktemp("any"), {path: data}))
    assert found.files == (path,)


# ------------------------------------------------------------------------------------------------ names, versions, agents


@pytest.mark.parametrize(
    ("declared", "module"),
    [
        ("PyYAML", "yaml"),
        ("PyJWT", "jwt"),
        ("beautifulsoup4", "bs4"),
        ("pillow", "PIL"),
        ("scikit-learn", "sklearn"),
        ("opencv-python-headless", "cv2"),
        ("python-dateutil", "dateutil"),
        ("python-dotenv", "dotenv"),
        ("psycopg2-binary", "psycopg2"),
        ("google-cloud-storage", "google"),
        ("pytest-cov", "pytest"),
        ("types-requests", "requests"),
        ("confluent-kafka", "confluent_kafka"),
        ("flask", "jinja2"),
        ("sqlmodel", "sqlalchemy"),
        ("pandas-stubs", "pandas"),
        ("python-jose", "jose"),
        ("pycryptodome", "Crypto"),
    ],
)
def test_a_distribution_gives_modules(make: Make, declared: str, module: str) -> None:
    assert survey(make({"requirements.txt": declared})).has(module)
    assert not survey(make({"requirements.txt": "rich"})).has(module)


@pytest.mark.parametrize(
    ("files", "version", "place"),
    [
        (
            {"pyproject.toml": '[project]\nrequires-python = ">=3.10,<4"\n[tool.ruff]\ntarget-version = "py312"\n'},
            "3.10",
            "requires-python",
        ),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.9"\n'}, "3.9", "Poetry"),
        ({"setup.cfg": "[options]\npython_requires = >=3.8\n", ".python-version": "3.13\n"}, "3.8", "setup.cfg"),
        ({"setup.py": "setup(python_requires='~=3.11')\n"}, "3.11", "setup.py"),
        ({"ruff.toml": 'target-version = "py39"\n'}, "3.9", "ruff.toml"),
        ({"pyproject.toml": '[tool.ruff]\ntarget-version = "py311"\n'}, "3.11", "ruff"),
        (
            {"pyproject.toml": '[project]\nrequires-python = ">=3.10"\n[tool.vulgate]\ntarget-version = "3.12"\n'},
            "3.12",
            "Vulgate",
        ),
        ({".python-version": "3.13.1\n3.11.9\n"}, "3.11", ".python-version"),
        ({".python-version": "system\n"}, "", ""),
        ({"pyproject.toml": '[project]\nrequires-python = ">=2.7"\n'}, "", ""),
    ],
)
def test_the_oldest_python(make: Make, files: dict[str, str], version: str, place: str) -> None:
    found = survey(make(files))
    assert found.python == version
    assert place in found.python_from


def test_agents_are_seen_by_their_files(make: Make) -> None:
    root = make(
        {
            "AGENTS.md": "",
            ".claude/settings.json": "{}",
            ".github/instructions/a.instructions.md": "",
            ".gitignore": ".claude/\n",
            ".cursor": "a file, no folder",
        }
    )
    assert survey(root, EVIDENCE).agents == {
        "agents-md": ("AGENTS.md",),
        "claude": (".claude/",),
        "copilot": (".github/instructions/*.instructions.md",),
    }


def test_evidence_outside_the_repository_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"CLAUDE.md": ""})
    assert not survey(
        repository(tmp_path / "project", {"a.py": ""}), {"claude": ["../CLAUDE.md", str(tmp_path / "CLAUDE.md")]}
    ).agents
