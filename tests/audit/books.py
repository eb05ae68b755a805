"""What the tests of the audit share: small books, and the audit of one."""

import json
from pathlib import Path
from typing import Any

from tests.build.books import Files, run, write

MANIFEST = '[book]\ntitle = "Small"\nid = "small"\npython = ["3.12", "3.14"]\nchapters = [{}]\n'


def audited(folder: Path, files: Files | str, *options: str) -> dict[str, Any]:
    """What `vulgate audit --json` says of a book; one text is its only chapter, `a.md`."""
    files = {"a.md": files} if isinstance(files, str) else files
    if "vulgate.toml" not in files:
        names = ", ".join(f'"{path}"' for path in files if path.endswith(".md"))
        files = {"vulgate.toml": MANIFEST.format(names), **files}
    result = run("audit", str(write(folder, files)), "--json", *options)
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def area(found: dict[str, Any], name: str) -> dict[str, Any]:
    """One area of an audit."""
    one: dict[str, Any] = next(area for area in found["areas"] if area["name"] == name)
    return one


def items(found: dict[str, Any]) -> list[tuple[str, str, int]]:
    """The check, the path and the line of every item."""
    return [(item["check"], item["path"], item["line"]) for area in found["areas"] for item in area["items"]]
