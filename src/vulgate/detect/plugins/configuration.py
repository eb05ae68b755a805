"""Plugins for the files around the code: images, compose files, packaging, pipelines, and scripts without a guard."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from vulgate.detect.source import Place, Plugin, Project, Source

# ------------------------------------------------------------------------------------------------------- containers

_FROM: Final = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_MOVING: Final = r"alpine|current|dev|edge|fpm|latest|lts|main|mainline|master|nightly|rolling|slim|stable|testing"
_MOVING_TAG: Final = re.compile(rf"(?:{_MOVING})(?:[-.](?:{_MOVING}))*")


def unpinned_base_image(source: Source) -> Iterator[Place]:
    """Images without a tag, or with one such as `latest` that moves from release to release."""
    stages: set[str] = set()
    for number, line in enumerate(source.text.splitlines(), 1):
        match = _FROM.match(line)
        if match is None:
            continue
        image = match[1].lower()
        if image not in stages and image != "scratch" and _floats(image):
            yield source.line_place(number)
        if match[2]:
            stages.add(match[2].lower())


def _floats(image: str) -> bool:
    _, _, last = image.rpartition("/")
    name, colon, tag = last.partition(":")
    if "@" in image or "$" in tag or "{{" in image or (not colon and "$" in name):
        return False
    return not colon or _MOVING_TAG.fullmatch(tag) is not None


def db_port_published(source: Source) -> Iterator[Place]:
    """Entries of `ports` that open a database's port on every interface of the host."""
    from vulgate.detect.plugins.ports import (
        open_ports,
    )  # a YAML parser, which takes longer to load than most files to look at

    return open_ports(source)


# -------------------------------------------------------------------------------------------------------- packaging

_OLDEST_MAINTAINED: Final = (3, 10)
_LOWER_BOUND: Final = re.compile(r"(?:^|,)\s*(?:>=|>|===?|~=|\^|~)?\s*v?(\d+)(?:\.(\d+))?")
_BOUND_LINE: Final = re.compile(r"\s*(?:requires-python|python)\s*=")


def eol_python_allowed(source: Source) -> Iterator[Place]:
    """A bound on the Python version, of the project or of Poetry, that admits one past its end of life."""
    try:
        project = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError:
        return
    bound = _at(project, "project", "requires-python") or _at(project, "tool", "poetry", "dependencies", "python")
    if not isinstance(bound, str) or "|" in bound:
        return
    lowest = max(((int(m[1]), int(m[2] or 0)) for m in _LOWER_BOUND.finditer(bound)), default=(0, 0))
    if lowest >= _OLDEST_MAINTAINED:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if _BOUND_LINE.match(line) and bound in line:
            yield source.line_place(number)
            return


def _at(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


# ------------------------------------------------------------------------------------------------------- repository

_COMMENT: Final = re.compile(r"(^|\s)#.*")
_TEMPLATE: Final = re.compile(r"example|sample|template|dist|default|test|\bci\b", re.IGNORECASE)
_ASSIGNMENT: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
_SECRET_NAME: Final = re.compile(
    r"(^|_)(SECRET|SECRETS|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PWD|CREDENTIALS|"
    r"API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY)(_\d+)?$",
    re.IGNORECASE,
)
_URL_PASSWORD: Final = re.compile(r"\w+://[^:/@\s]*:([^@/\s]+)@([\w.-]+)")
_PLACEHOLDER: Final = re.compile(
    r"[<{$\[%].*|.*(chang|replace|your|example|placeholder|dummy|insert|fixme|todo|xxx|\*\*\*|\.\.\.|local).*|(.)\2*|"
    r"(my)?_?-?(secret|password|passwd|pass|token|key|test|dev|demo|admin|root|user|guest|none|null|true|false|empty|"
    r"postgres|mysql|mariadb|mongo|redis|rabbitmq|minio|minioadmin|django|app)[\d_-]*(key|password|secret|pass)?\d*",
    re.IGNORECASE,
)
_HERE: Final = re.compile(r"localhost|127\.0\.0\.1|db|database|postgres\w*|mysql|mariadb|mongo\w*|redis|rabbitmq")


def env_file_committed(project: Project) -> Iterator[tuple[str, Place]]:
    """Lines with a secret in the `.env` files that are part of the project."""
    for path in project.paths:
        if _TEMPLATE.search(path.rpartition("/")[2]):
            continue
        source = project.read(path)
        for number, line in enumerate(source.text.splitlines(), 1):
            match = _ASSIGNMENT.match(line)
            if match and _is_secret(match[1], _value(match[2])):
                yield path, source.line_place(number)


def _value(written: str) -> str:
    """What stands right of the `=`, without quotes and comment."""
    if quoted := re.match(r"""(["'])(.*?)\1""", written):
        return quoted[2].strip()
    return _COMMENT.sub("", written).strip()


def _is_secret(name: str, value: str) -> bool:
    if url := _URL_PASSWORD.search(value):
        return _HERE.fullmatch(url[2]) is None and _PLACEHOLDER.fullmatch(url[1]) is None
    return bool(_SECRET_NAME.search(name)) and len(value) >= 6 and value[0] != "/" and not _PLACEHOLDER.fullmatch(value)


_PIPELINES: Final = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
)
_HELPERS: Final = (".pre-commit-config.yaml", "Makefile", "justfile", "noxfile.py", "tox.ini", "tox.toml", "tasks.py")
_TESTS: Final = re.compile(r"\b(pytest|py\.test|unittest|tox|nox|manage\.py test|hatch (run )?test|make \S*test)\b")
_LINTS: Final = re.compile(
    r"\b(ruff|flake8|pylint|pycodestyle|pyflakes|pylama|prospector|bandit|mypy|pyright|basedpyright|pyrefly|pytype|"
    r"pre-commit|prek|vulgate|sonar\w*|super-linter|megalinter|[\w:-]*lint\w*)\b|"
    r"\bty check\b|\buses:\s*[^.\s]\S*/\.github/workflows/"
)
_INSTALL: Final = re.compile(r"\b(install|add|sync)\b[^&;|]*")


def no_linter_in_ci(project: Project) -> Iterator[tuple[str, Place]]:
    """The first line that runs the tests, in a project whose pipelines run them and no linter."""
    first: tuple[str, Place] | None = None
    pipelines = set(project.of(_PIPELINES).paths)
    for path in sorted(project.paths):
        source = project.read(path)
        for number, line in enumerate(source.text.splitlines(), 1):
            code = _COMMENT.sub("", line)
            if _LINTS.search(code):
                return
            if first is None and path in pipelines and _TESTS.search(_INSTALL.sub("", code)):
                first = path, source.line_place(number)
    if first is not None:
        yield first


# ---------------------------------------------------------------------------------------------------------- scripts

_ENTRIES: Final = frozenset(["cli", "main", "run", "start"])
_RUNNERS: Final = frozenset(
    ["anyio.run", "asyncio.run", "builtins.SystemExit", "builtins.exit", "sys.exit", "trio.run"]
)


def missing_main_guard(source: Source) -> Iterator[Place]:
    """Calls of the module's own `main` that every import runs."""
    if source.tree is None or source.path.rpartition("/")[2] in ("__main__.py", "setup.py"):
        return
    defined = {node.name for node in source.tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    entries = defined & _ENTRIES
    for statement in source.tree.body if entries else ():
        called = statement.exc if isinstance(statement, ast.Raise) else getattr(statement, "value", None)
        if isinstance(statement, (ast.Expr, ast.Raise)) and isinstance(called, ast.Call):
            inner = called.args[0] if called.args and source.qualname(called.func) in _RUNNERS else called
            function = inner.func if isinstance(inner, ast.Call) else inner
            if isinstance(function, ast.Name) and function.id in entries:
                yield source.place(statement)


PLUGINS: dict[str, Plugin] = {
    "db-port-published": Plugin(
        db_port_published,
        files=("compose*.yaml", "compose*.yml", "docker-compose*.yaml", "docker-compose*.yml"),
        needs=("ports",),
    ),
    "env-file-committed": Plugin(env_file_committed, files=(".env", ".env.*"), project=True),
    "eol-python-allowed": Plugin(eol_python_allowed, files=("pyproject.toml",), needs=("python",)),
    "missing-main-guard": Plugin(missing_main_guard, needs=tuple(f"def {name}" for name in sorted(_ENTRIES))),
    "no-linter-in-ci": Plugin(no_linter_in_ci, files=(*_PIPELINES, *_HELPERS), project=True),
    "unpinned-base-image": Plugin(
        unpinned_base_image,
        files=("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile"),
    ),
}
