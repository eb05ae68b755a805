"""A tiny book of rules, and small projects that are held to it, for the tests of `vulgate check`."""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

from tests.build.books import environment
from vulgate.cli import main

PROGRAM: Final = [sys.executable, "-m", "vulgate", "check"]

MANIFEST: Final = """
[book]
title = "Team rules"
id = "team"
edition = "2.1"
chapters = ["code.md", "architecture.md"]
"""

_RULE: Final = """
:::{{rule}} {title}
:id: {id}
{options}

{why}

{fences}
```python {{bad raises=TypeError}}
len(1)
```

```python {{good}}
len("a")
```
:::
"""


def rule(id: str, *options: str, title: str = "", why: str = "It fails later.", detect: str = "") -> str:
    """The source of a rule; its examples say nothing, for nobody proves them here."""
    fence = f"```yaml {{detect}}\n{textwrap.dedent(detect).strip()}\n```\n" if detect else ""
    written = "\n".join(f":{option}" for option in options)
    return _RULE.format(title=title or id.replace("-", " "), id=id, options=written, why=why, fences=fence)


CODE: Final = "# Code\n\n## Functions\n" + "".join(
    [
        rule("mutable-default", "severity: high", "detect: ruff B006", "tags: functions", "fix: Make it `None`."),
        "\n## Values\n",
        rule(
            "empty-length",
            "severity: high",
            "detect: ast-grep",
            "formerly: code/len-is-zero",
            detect="""
            rule: {pattern: len($X) == 0}
            fix: not $X
            safe: true
            """,
        ),
        rule("compare-none", "severity: medium", "detect: ruff E711"),
        "\n## Imports\n",
        rule("unused-import", "severity: low", "detect: ruff F401"),
        "\n## Waiting\n",
        rule(
            "blocking-sleep",
            "severity: critical",
            "detect: ast-grep",
            "applies-to: async",
            "tags: concurrency",
            detect="calls: [time.sleep]",
        ),
        "\n## Output\n",
        rule(
            "no-print",
            "severity: high",
            "detect: ast-grep",
            "applies-to: not-tests",
            detect="rule: {pattern: print($$$A)}",
        ),
        rule("union-syntax", "severity: high", "detect: ruff UP007", "python: >=3.12"),
    ]
)

ARCHITECTURE: Final = "# Architecture\n\n## Layers\n" + "".join(
    [
        rule("lower-imports-upper", "severity: high", "detect: layers layers"),
        "\n## Notes\n",
        rule("shouting", "severity: high", "detect: plugin shouting"),
        "\n## Projects\n",
        rule("twins", "severity: high", "detect: plugin twins", "tags: whole"),
        "\n## Care\n",
        rule("ask-a-person", "severity: high", "detect: review"),
    ]
)

BOOK: Final[dict[str, str]] = {"vulgate.toml": MANIFEST, "code.md": CODE, "architecture.md": ARCHITECTURE}

NAUGHTY: Final = "# Naughty\n\n" + "".join(
    f"\n## {name}\n" + rule(f"it-{name}", "severity: high", f"detect: plugin it-{name}")
    for name in ("raises", "exits", "dies", "hangs", "leaves", "changes", "breaks", "grows", "lies")
)

PLUGINS: Final = '''
"""Detectors for the tests: some are good, most are naughty."""

import os
import re
import signal
import sys
import time
from pathlib import Path

from vulgate.detect.source import Edit, Place, Plugin


def shouting(source):
    for match in re.finditer("SHOUT", source.text):
        yield Place(match.start(), match.end(), "not so loud")


def twins(project):
    """Files with the same name in several folders."""
    names = [path.rpartition("/")[2] for path in project.paths]
    for path in project.paths:
        name = path.rpartition("/")[2]
        if name.startswith("twin") and names.count(name) > 1:
            yield path, Place(0, 1, f"{names.count(name)} files have this name")


def it_raises(source):
    raise ValueError("no such thing")


def it_exits(source):
    os._exit(3)


def it_dies(source):
    os.kill(os.getpid(), signal.SIGKILL)


def it_hangs(source):
    time.sleep(600)


def it_leaves(source):
    sys.exit("good bye")


def it_changes(source):
    with Path(os.environ["CHANGED_FILE"]).open("a") as stream:
        stream.write("# more")
    return ()


def _at(source, text):
    start = source.text.index(text)
    return start, start + len(text)


def it_breaks(source):
    start, end = _at(source, "BREAK")
    yield Place(start, end, "", (Edit(start, end, "((("),), True)


def it_grows(source):
    """A fix that calls for the next, for ever."""
    start, end = _at(source, "GROW")
    yield Place(start, end, "", (Edit(start, end, "GROWGROW"),), True)


def it_lies(source):
    return [42]


SHOUTING = Plugin(shouting, files=("*.py", "*.cfg", "*.ipynb"), needs=("SHOUT",))
TWINS = Plugin(twins, files=("*.py",), project=True)
'''
_NAUGHTY_NAMES: Final = ("raises", "exits", "dies", "hangs", "leaves", "changes", "breaks", "grows", "lies")


def packages(folder: Path) -> Path:
    """A folder with an installed package that adds the plugins of the books here."""
    metadata = folder / "naughty_rules-1.0.dist-info"
    metadata.mkdir(parents=True)
    lines = ["[vulgate.rule_plugins]", "shouting = naughty_rules:SHOUTING", "twins = naughty_rules:TWINS"]
    made = []
    for name in _NAUGHTY_NAMES:
        lines.append(f"it-{name} = naughty_rules:IT_{name.upper()}")
        need = {"breaks": "BREAK", "grows": "GROW"}.get(name, name.upper())
        made.append(f'IT_{name.upper()} = Plugin(it_{name}, files=("*.py",), needs=("{need}",))')
    (folder / "naughty_rules.py").write_text(PLUGINS + "\n".join(made) + "\n", encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: naughty-rules\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return folder


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes files below a folder, as they are given."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


class Project:
    """A folder with code, and a book that it is held to.

    Args:
        folder: The folder; made if it is missing.
        book: The folder of the book.
    """

    def __init__(self, folder: Path, book: Path) -> None:
        self.folder = folder
        self.book = book
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, files: Mapping[str, str | bytes]) -> "Project":
        """Writes files into the project."""
        put(self.folder, files)
        return self

    def configure(self, text: str) -> "Project":
        """Writes `vulgate-check.toml`."""
        return self.put({"vulgate-check.toml": text})

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        return (self.folder / path).read_bytes()

    def check(self, *words: str, input: bytes | None = None, book: bool = True) -> Result:
        """Runs the command in this process, in the folder of the project."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner(env={"NO_COLOR": "1"}).invoke(main, ["check", *self._words(words, book)], input=input)
        finally:
            os.chdir(before)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code in (0, 1, 2)
        assert "Traceback" not in result.output
        assert "has a fault" not in result.output
        return result

    def spawn(self, *words: str, input: bytes | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs the command in a process of its own, in the folder of the project."""
        path = os.pathsep.join(filter(None, [env.pop("PYTHONPATH", ""), os.environ.get("PYTHONPATH", "")]))
        done = subprocess.run(
            [*PROGRAM, *self._words(words, True)],
            cwd=self.folder,
            env=environment(NO_COLOR="1", **({"PYTHONPATH": path} if path else {}), **env),
            input=input,
            capture_output=True,
            timeout=120,
            check=False,
        )
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
        assert "Traceback" not in out + err, out + err
        assert "has a fault" not in out + err, out + err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def _words(self, words: tuple[str, ...], book: bool) -> list[str]:
        jobs = () if "--jobs" in words else ("--jobs", "1")
        return [*(("--book", str(self.book)) if book else ()), *jobs, *words]

    def told(self, *words: str, input: bytes | None = None) -> dict[str, Any]:
        """What the command tells a program."""
        result = self.check(*words, "--format", "json", input=input)
        try:
            value: dict[str, Any] = json.loads(result.stdout)
        except ValueError as error:
            raise AssertionError(result.output) from error
        value["exit"] = result.exit_code
        return value

    def found(self, *words: str, input: bytes | None = None) -> list[str]:
        """The findings as `path:line rule`, sorted."""
        return findings(self.told(*words, input=input))

    def problems(self, *words: str) -> list[str]:
        """The problems as `path:line rule: message`."""
        return problems(self.told(*words))


def findings(told: dict[str, Any]) -> list[str]:
    """The findings of a report as `path:line rule`, sorted."""
    return sorted(f"{one['path']}:{one['start']['line']} {one['slug']}" for one in told["findings"])


def problems(told: dict[str, Any]) -> list[str]:
    """The problems of a report as `path:line rule: message`; what is not known is left out."""
    return [
        f"{one['path']}{':' + str(one['line']) if one.get('line') else ''} "
        f"{one.get('rule', '').rpartition('/')[2]}: {one['message']}".replace(" : ", ": ")
        for one in told["problems"]
    ]


def git(folder: Path, *words: str) -> str:
    """Runs Git in a folder, without anybody's own configuration."""
    done = subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def notebook(*cells: str | tuple[str, str], indent: int | str | None = 1, **metadata: Any) -> str:
    """A notebook; a cell is its code, or its kind and its text."""
    made: list[dict[str, Any]] = []
    for cell in cells:
        kind, text = ("code", cell) if isinstance(cell, str) else cell
        more: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
        made.append({"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **more})
    value = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(value, indent=indent) + "\n"
