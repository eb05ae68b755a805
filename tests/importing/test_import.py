"""`vulgate import`: a book of another layout becomes one of ours, and nobody's files are lost."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.source.layouts.books import MDBOOK, MYST, QUARTO, notebook, write
from tests.support import SHARED
from vulgate.cli import main
from vulgate.passes.compile import compile_book
from vulgate.source import open_book

SOUND = {
    "book.toml": '[book]\ntitle = "Sound"\n',
    "src/SUMMARY.md": "# Basics\n\n- [One](one.md)\n- [Two](deep/one.md)\n",
    "src/one.md": "# One\n\nSee [two](deep/one.md) and ![a picture](a.png).\n\n```rust,ignore\nlet x = 1;\n```\n",
    "src/deep/one.md": "# Two\n\nSee [one](../one.html).\n",
    "src/a.png": "PNG",
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_sound_book_builds_without_a_warning(tmp_path: Path) -> None:
    done = run("import", write(tmp_path / "old", SOUND), "--into", tmp_path / "new")
    assert done.exit_code == 0, done.output
    book = open_book(tmp_path / "new")
    assert book.layout == "vulgate"
    assert not book.is_lenient
    ids = [block.id for block in compile_book(book).book.chapters]
    assert ids == [chapter.id for chapter in open_book(tmp_path / "old").chapters]
    assert compile_book(book).diagnostics == ()
    assert (tmp_path / "new/src/a.png").read_bytes() == b"PNG"
    assert run("build", tmp_path / "new").exit_code == 0


@pytest.mark.parametrize("files", [MDBOOK, MYST, QUARTO], ids=["mdbook", "myst", "quarto"])
def test_an_imported_book_has_no_errors(files: dict[str, str], tmp_path: Path) -> None:
    assert run("import", write(tmp_path / "old", files), "--into", tmp_path / "new").exit_code == 0
    assert run("build", tmp_path / "new").exit_code == 0
    before, after = (compile_book(open_book(tmp_path / name)).book for name in ("old", "new"))
    assert [block.title for block in after.chapters] == [block.title for block in before.chapters]


def test_links_lead_to_the_new_names(tmp_path: Path) -> None:
    cells = json.loads(notebook())
    cells["cells"].append({"cell_type": "markdown", "metadata": {}, "source": ["See [more](more.ipynb)."]})
    files = {"a.ipynb": json.dumps(cells).encode(), "more.ipynb": notebook()}
    assert run("import", write(tmp_path / "old", files), "--into", tmp_path / "new").exit_code == 0
    assert "[more](more.md)" in (tmp_path / "new/a.md").read_text(encoding="utf-8")


def test_nobodys_files_are_overwritten(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", SOUND), tmp_path / "new"
    write(new, {"src/one.md": "my own notes\n"})
    done = run("import", old, "--into", new)
    assert done.exit_code == 1
    assert "VG602" in done.output
    assert [path.name for path in new.rglob("*") if path.is_file()] == ["one.md"]
    assert (new / "src/one.md").read_text(encoding="utf-8") == "my own notes\n"
    assert run("import", old, "--into", new, "--force").exit_code == 0


def test_a_second_import_brings_it_up_to_date(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", SOUND), tmp_path / "new"
    assert run("import", old, "--into", new).exit_code == 0
    write(old, {"src/one.md": "# One\n\nNew text.\n"})
    assert run("import", old, "--into", new).exit_code == 0
    assert "New text." in (new / "src/one.md").read_text(encoding="utf-8")
    write(new, {"src/one.md": "# One\n\nMended by hand.\n"})
    assert run("import", old, "--into", new).exit_code == 1


def test_the_report_is_json_too(tmp_path: Path) -> None:
    done = run("import", write(tmp_path / "old", MDBOOK), "--into", tmp_path / "new", "--json")
    told = json.loads(done.stdout)
    assert (told["layout"], told["chapters"]) == ("mdbook", 5)
    assert {item["code"] for item in told["diagnostics"]} == {"VG112"}
    assert all(item["place"]["file"] for item in told["diagnostics"])


def test_what_cannot_be_imported(tmp_path: Path) -> None:
    write(tmp_path, {"ours/vulgate.toml": '[book]\ntitle = "Ours"\n', "empty/x.txt": "", "old/a.md": "# A\n\nA.\n"})
    assert "is a Vulgate book already" in run("import", tmp_path / "ours", "--into", tmp_path / "new").output
    assert "VG102" in run("import", tmp_path / "empty", "--into", tmp_path / "new").output
    assert "VG101" in run("import", tmp_path / "none", "--into", tmp_path / "new").output
    assert "another" in run("import", tmp_path / "old", "--into", tmp_path / "old").output
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the old edition lies in ../shared, which is not here")
def test_the_old_edition_is_a_readable_book(tmp_path: Path) -> None:
    done = run("import", SHARED / "seed/python-bible.cursor.md", "--into", tmp_path / "new")
    assert done.exit_code == 0, done.output
    book = open_book(tmp_path / "new")
    types = [chapter.type for chapter in book.chapters]
    assert (types.count("chapter"), types.count("appendix")) == (31, 11)
    assert not any("‚Äî".encode() in chapter.file.data for chapter in book.chapters)
    assert run("build", tmp_path / "new").exit_code == 0


def test_a_book_of_another_layout_is_proven_at_its_places_and_not_updated(tmp_path: Path) -> None:
    wrong = "# One\n\n!!! note\n    Look.\n\n    ```python\n    print(1)\n    ```\n\n    ```output\n    2\n    ```\n"
    old = write(tmp_path, {"mkdocs.yml": "site_name: X\n", "docs/one.md": wrong})
    done = run("verify", old, "--trust", "--json")
    (result,) = json.loads(done.stdout)["results"]
    assert (result["path"], result["line"], result["status"]) == ("docs/one.md", 6, "failed")
    refused = run("verify", old, "--update")
    assert refused.exit_code == 2
    assert "read as mkdocs" in refused.output
    assert (old / "docs/one.md").read_text(encoding="utf-8") == wrong
