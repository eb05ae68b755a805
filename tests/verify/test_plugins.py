"""Runners and detectors of other packages: what the manual shows works as it stands."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.build.books import environment
from tests.support import ROOT
from tests.verify.commands import HERE, PROGRAM, Book
from vulgate.markdown.nodes import CodeBlock, Heading, plain_text
from vulgate.markdown.parser import parse


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """The code of the manual's section on plug-ins, by language."""
    nodes = parse((ROOT / "docs" / "proving.md").read_bytes()).root.children
    headings = [n for n, node in enumerate(nodes) if isinstance(node, Heading)]
    titles = [plain_text(nodes[n].children) for n in headings]
    first = headings[titles.index("Another language, another detector")]
    return {node.info: node.code for node in nodes[first:] if isinstance(node, CodeBlock)}


@pytest.fixture
def installed(shown: dict[str, str], tmp_path: Path) -> Path:
    """A folder with the package, as an installer leaves it."""
    folder = tmp_path / "packages"
    metadata = folder / "handbook_tools-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / "handbook_tools.py").write_text(shown["python"], encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: handbook-tools\nVersion: 1.0\n")
    entries = shown["toml"].replace('project.entry-points."', "").replace('"]', "]").replace('"', "")
    (metadata / "entry_points.txt").write_text(entries, encoding="utf-8")
    return folder


def verify(book: Book, packages: Path | None, *words: str) -> subprocess.CompletedProcess[str]:
    paths = {"PYTHONPATH": str(packages)} if packages else {}
    return subprocess.run(
        [*PROGRAM, "verify", str(book.folder), "--isolation", "process", *words],
        capture_output=True,
        text=True,
        env=environment(**paths),
        timeout=60,
        check=False,
    )


def test_the_chapter_of_the_manual_is_proven(shown: dict[str, str], installed: Path, tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.chapter.write_text(shown["markdown"], encoding="utf-8")
    done = verify(book, installed, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    results = {result["block"]: result for result in json.loads(done.stdout)["results"]}
    assert {(result["runtime"], result["status"]) for result in results.values()} == {
        ("parsed", "proven"),
        ("names 1", "proven"),
        ("handbook-tools 1.0", "proven"),
        (HERE, "proven"),
    }
    assert len(results) == 8


def test_what_is_wrong_is_found(shown: dict[str, str], installed: Path, tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    chapter = shown["markdown"].replace("account,what", "account,what,else").replace("users = 3", "bar = 3")
    book.chapter.write_text(chapter, encoding="utf-8")
    done = verify(book, installed)
    assert done.returncode == 1
    assert f"--> {book.chapter}:6\n  ValueError: 3 cells, and the first row has 2" in done.stdout
    assert (
        "the detector fires on `a/give-a-value-a-name-of-its-own/good`\n    line 1: name `bar` says nothing"
        in done.stdout
    )


def test_without_the_package_the_detector_is_unknown(shown: dict[str, str], tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.chapter.write_text(shown["markdown"], encoding="utf-8")
    done = verify(book, None)
    assert done.returncode == 1
    assert "error[VG207]: wrong value for `:detect:`" in done.stderr


def test_a_typo_is_compared_with_the_detectors_of_other_packages(
    shown: dict[str, str], installed: Path, tmp_path: Path
) -> None:
    book = Book(tmp_path / "book")
    book.chapter.write_text(shown["markdown"].replace(":detect: names", ":detect: namse"), encoding="utf-8")
    assert "did you mean `names`?" in verify(book, installed).stderr
