"""What the editions of two small books look like. `VULGATE_UPDATE_GOLDEN=1` writes the files anew, to be read in the diff."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest

import vulgate
from tests.build.books import build, tree

GOLDEN: Final = Path(__file__).parent / "golden"
CASES: Final = [
    ("ssm", "golden.ssm.md"),
    ("cursor", "house-rules.cursor.md"),
]


@pytest.mark.parametrize(("name", "path"), CASES, ids=[path for _, path in CASES])
def test_an_edition_is_as_it_was(name: str, path: str, tmp_path: Path) -> None:
    book = shutil.copytree(GOLDEN / name, tmp_path / name, ignore=shutil.ignore_patterns("expected"))
    result = build(book)
    assert result.diagnostics == ()
    made = tree(book / "dist")[path].decode().replace(f"Vulgate {vulgate.__version__}", "Vulgate VERSION")
    made = made.replace(f'"version":"{vulgate.__version__}"', '"version":"VERSION"')
    expected = GOLDEN / name / "expected" / path.lstrip(".").replace("/", "-")
    if os.environ.get("VULGATE_UPDATE_GOLDEN"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_bytes(made.encode())
    assert made == expected.read_bytes().decode()
