"""Which files are the chapters of a book, and in which order."""

import os
from pathlib import Path

import pytest

from tests.support import MANIFEST, book, codes, folder, told, write
from vulgate.editions.base import NoOptions
from vulgate.editions.cursor import CursorEdition
from vulgate.editions.ssm import SsmEdition
from vulgate.passes.compile import compile_book
from vulgate.source import open_book
from vulgate.source.book import SourceBook


def paths(source: SourceBook) -> list[str]:
    return [chapter.file.path for chapter in source.chapters]


def listing(*chapters: str, more: str = "") -> str:
    names = ", ".join(f'"{path}"' for path in chapters)
    return f"{MANIFEST}chapters = [{names}]\n{more}"


class TestManifest:
    def test_chapters_come_as_they_are_listed(self, tmp_path: Path) -> None:
        source = book(tmp_path, {"b.md": "", "a.md": "", "sub/c.md": ""})
        assert paths(source) == ["b.md", "a.md", "sub/c.md"]
        assert told(source) == []
        assert source.layout == "vulgate"

    def test_the_manifest_itself_is_the_book_too(self, tmp_path: Path) -> None:
        book(tmp_path, {"a.md": ""})
        assert paths(open_book(tmp_path / "vulgate.toml")) == ["a.md"]
        assert paths(open_book(str(tmp_path))) == ["a.md"]

    def test_a_missing_file(self, tmp_path: Path) -> None:
        source = book(tmp_path, {"vulgate.toml": listing("a.md", "b.md"), "b.md": ""})
        assert told(source) == ["VG106 vulgate.toml:4:13 chapter file `a.md` does not exist"]
        assert paths(source) == ["b.md"]

    def test_a_file_that_is_listed_twice_counts_once(self, tmp_path: Path) -> None:
        source = book(tmp_path, {"vulgate.toml": listing("a.md", "./a.md"), "a.md": ""})
        assert told(source) == ["VG107 vulgate.toml:4:21 chapter file `./a.md` is listed twice"]
        assert paths(source) == ["a.md"]

    def test_a_file_that_is_not_listed(self, tmp_path: Path) -> None:
        source = book(tmp_path, {"vulgate.toml": listing("a.md"), "a.md": "", "sub/b.md": ""})
        assert told(source) == ["VG111 vulgate.toml:1:1 `sub/b.md` is not listed in the manifest"]

    def test_a_file_that_is_ignored_need_not_be_listed(self, tmp_path: Path) -> None:
        manifest = listing("a.md", more='ignore = ["sub/*", "R*.md"]\n')
        source = book(tmp_path, {"vulgate.toml": manifest, "a.md": "", "sub/b.md": "", "README.md": ""})
        assert told(source) == []

    @pytest.mark.parametrize("path", ["../x.md", "/etc/hostname", "sub/../../x.md"])
    def test_a_path_that_leads_out(self, tmp_path: Path, path: str) -> None:
        write(tmp_path, {"x.md": "# Secret\n"})
        source = book(tmp_path / "book", {"vulgate.toml": listing(path)})
        assert codes(source) == ["VG108"]
        assert paths(source) == []

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
    @pytest.mark.parametrize("target", ["../x.md", "loop.md"])
    def test_a_link_that_leads_out_or_nowhere(self, tmp_path: Path, target: str) -> None:
        write(tmp_path, {"x.md": "# Secret\n"})
        write(tmp_path / "book", {"vulgate.toml": listing("loop.md")})
        (tmp_path / "book" / "loop.md").symlink_to(target)
        source = open_book(tmp_path / "book")
        assert codes(source) in (["VG108"], ["VG110"])
        assert paths(source) == []

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
    def test_a_link_inside_the_book_is_a_file(self, tmp_path: Path) -> None:
        write(tmp_path, {"vulgate.toml": listing("b.md", more='ignore = ["a.md"]\n'), "a.md": "# A\n"})
        (tmp_path / "b.md").symlink_to("a.md")
        source = open_book(tmp_path)
        assert [chapter.file.data for chapter in source.chapters] == [b"# A\n"]
        assert told(source) == []

    def test_a_folder_in_place_of_a_file(self, tmp_path: Path) -> None:
        source = book(tmp_path, {"vulgate.toml": listing("sub"), "sub/x.txt": ""})
        assert codes(source) == ["VG110"]

    @pytest.mark.parametrize("path", ["", "a\\u0000b.md", "x" * 5_000 + ".md"], ids=["empty", "NUL", "long"])
    def test_a_path_that_can_be_none(self, tmp_path: Path, path: str) -> None:
        source = book(tmp_path, {"vulgate.toml": listing(path)})
        assert len(codes(source)) == 1
        assert paths(source) == []

    def test_a_book_without_chapters(self, tmp_path: Path) -> None:
        assert codes(book(tmp_path, {"vulgate.toml": MANIFEST})) == ["VG102"]

    def test_parts_and_appendices(self, tmp_path: Path) -> None:
        manifest = f"""{MANIFEST}
            front = ["index.md"]
            [[parts]]
            title = "One"
            chapters = ["a.md"]
            [[parts]]
            title = "Appendices"
            appendix = true
            chapters = ["b.md"]
            """
        source = book(tmp_path, {"vulgate.toml": manifest, "index.md": "", "a.md": "", "b.md": ""})
        assert [(chapter.id, chapter.type, chapter.part) for chapter in source.chapters] == [
            ("index", "front", None),
            ("a", "chapter", 0),
            ("b", "appendix", 1),
        ]


class TestFolder:
    def test_numbers_count_by_value_and_an_index_comes_first(self, tmp_path: Path) -> None:
        names = ["10_z.md", "9_y.md", "index.md", "2 b.md", "a.md", "2/1.md", "2/README.md", "2/10.md", "2/9.md"]
        source = folder(tmp_path, dict.fromkeys(names, ""))
        assert paths(source) == [
            "index.md", "2/README.md", "2/1.md", "2/9.md", "2/10.md", "2 b.md", "9_y.md", "10_z.md", "a.md",
        ]  # fmt: skip
        assert source.layout == "folder"
        assert source.is_lenient

    @pytest.mark.parametrize(
        ("path", "id"),
        [
            ("06_functions_beginner.md", "functions-beginner"),
            ("1. Größe.md", "grosse"),
            ("日本.md", "日本"),
            ("2/index.md", "2"),
            ("01-core/README.md", "core"),
            ("core/02-types.md", "core-types"),
            ("12.md", "12"),
            ("!.md", "chapter"),
        ],
    )
    def test_ids_come_from_names_without_their_numbers(self, tmp_path: Path, path: str, id: str) -> None:
        (chapter,) = folder(tmp_path, {path: "x"}).chapters
        assert chapter.id == id

    def test_what_is_no_chapter(self, tmp_path: Path) -> None:
        no = (".hidden.md", ".git/a.md", "node_modules/a.md", "dist/a.md", "venv/a.md", "a.txt", "a.MDX", "b.md/x.txt")
        source = folder(tmp_path, dict.fromkeys(("a.md", *no), ""))
        assert paths(source) == ["a.md"]

    def test_our_own_editions_are_no_chapters(self, tmp_path: Path) -> None:
        """Built into the book's own folder, they would double the book at the next build."""
        source = folder(tmp_path / "book", {"a.md": "# A\n\n:::{rule} R\n:severity: low\nx\n:::\n"})
        compiled = compile_book(source).book
        editions = [
            SsmEdition().render(compiled, SsmEdition.options()),
            CursorEdition().render(compiled, NoOptions()),
        ]
        for files in editions:
            assert files
            write(tmp_path / "book", files)
            write(tmp_path / "book" / "sub", files)
        assert len(list((tmp_path / "book").rglob("*.md"))) == 5
        assert paths(open_book(tmp_path / "book")) == ["a.md"]

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        assert codes(open_book(tmp_path)) == ["VG102"]

    def test_the_title_comes_from_the_name(self, tmp_path: Path) -> None:
        source = folder(tmp_path / "my_python-notes", {"a.md": ""})
        assert (source.manifest.book.title, source.id) == ("My python notes", "my-python-notes")

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
    def test_a_link_that_leads_out(self, tmp_path: Path) -> None:
        write(tmp_path, {"x.md": "# Secret\n", "book/a.md": "# A\n"})
        (tmp_path / "book" / "b.md").symlink_to("../x.md")
        source = open_book(tmp_path / "book")
        assert (paths(source), codes(source)) == (["a.md"], ["VG108"])

    @pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
    def test_a_folder_that_links_to_itself(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.md": "# A\n"})
        (tmp_path / "sub").symlink_to(".")
        assert paths(open_book(tmp_path)) == ["a.md"]


class TestFile:
    @pytest.mark.parametrize("name", ["01_my_notes.md", "notes.markdown", "N.MD"])
    def test_one_file_is_a_book(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, {name: "# T\n", "other.md": "# O\n"})
        source = open_book(tmp_path / name)
        assert paths(source) == [name]
        assert source.layout == "file"
        assert source.is_lenient
        assert told(source) == []

    @pytest.mark.parametrize("name", ["nowhere", "nowhere.md", "a.txt"])
    def test_what_is_no_book(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, {"a.txt": "x"})
        source = open_book(tmp_path / name)
        assert codes(source) == ["VG101"]
        assert source.chapters == ()


class TestDigest:
    def test_depends_on_what_is_compiled_and_on_nothing_else(self, tmp_path: Path) -> None:
        files = {"a.md": "# A\n", "b.md": "# B\n"}
        first = book(tmp_path / "1", files).digest
        assert book(tmp_path / "2", files).digest == first
        assert book(tmp_path / "3", {**files, "a.md": "# AA\n"}).digest != first
        assert book(tmp_path / "4", {"b.md": "# B\n", "a.md": "# A\n"}).digest != first
        assert book(tmp_path / "5", {"a.md": "# A\n", "c.md": "# B\n"}).digest != first
        os.utime(tmp_path / "1" / "a.md", (1, 1))
        assert open_book(tmp_path / "1").digest == first
