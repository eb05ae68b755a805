"""What the tests of the command and the build share: small books, and ways to run them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result

import vulgate
from vulgate.cli import main

Files = Mapping[str, str | bytes | None]
"""Contents by path; `None` deletes the file."""

SMALL: Final[dict[str, str | bytes | None]] = {
    "vulgate.toml": '[book]\ntitle = "Small"\nchapters = ["one.md", "two.md"]\n',
    "one.md": "# One\n\nThe first chapter, which names [the second](two.md).\n\n## Inside\n\nMore of it.\n",
    "two.md": "# Two\n\nThe second chapter, see [[one/inside]].\n\n```python\nprint(1)\n```\n",
}
OUTPUTS: Final = ("small.cursor.md", "small.sqlite", "small.ssm.md")
RULE: Final = """
:::{rule} Keep it short
:id: keep-it-short
:severity: low
:detect: review
:fix: Cut it.

A long one is not read.

```python {bad raises=TypeError}
len(1)
```

```python {good}
len("a")
```
:::
"""


def write(folder: Path, files: Files) -> Path:
    """Writes, or deletes, files below a folder."""
    for path, content in files.items():
        place = folder / path
        if content is None:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def build(folder: Path, **options: Any) -> vulgate.BuildResult:
    """Builds a book through the public interface."""
    return vulgate.Builder(vulgate.open_book(folder), **options).run()


def compiled(folder: Path) -> vulgate.CompiledBook:
    """Compiles a book in memory."""
    return vulgate.compile_book(vulgate.open_book(folder)).book


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    if not folder.exists():
        return {}
    return {
        place.relative_to(folder).as_posix(): place.read_bytes() for place in folder.rglob("*") if not place.is_dir()
    }


def codes(diagnostics: tuple[vulgate.Diagnostic, ...]) -> list[str]:
    """The codes of diagnostics, in order."""
    return [item.code for item in diagnostics]


def run(*arguments: str, **env: str) -> Result:
    """Runs the command in this process. Whatever happens, it ends with an exit code and no traceback."""
    result = CliRunner(env={"NO_COLOR": "1", **env}).invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1, 2)
    return result


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, without what decides about colours and completion."""
    dropped = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONHASHSEED")
    kept = {name: value for name, value in os.environ.items() if name not in dropped and not name.startswith("COMP_")}
    return {**kept, "PYTHONIOENCODING": "utf-8", **changes}


def command(*arguments: str) -> list[str]:
    """The command as a process of its own."""
    return [sys.executable, "-m", "vulgate", *arguments]


def spawn(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
