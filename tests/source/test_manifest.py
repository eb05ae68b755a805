"""The manifest: every key, and for every fault one diagnostic at its place."""

from pathlib import Path

import pytest

from tests.support import book, codes, told
from vulgate.source.book import Manifest, SourceBook


def manifest(tmp_path: Path, text: str, **files: str) -> SourceBook:
    """A book with this manifest and one chapter, `a.md`."""
    return book(tmp_path, {"vulgate.toml": text, "a.md": "# A\n", **files})


WHOLE = """\
[book]
title = "A Book"
id = "a-book"
language = "de"
edition = "2nd"
description = "About."
authors = ["Ada", "Bob"]
license = "MIT"
python = ["3.11", "3.12"]
front = ["index.md"]
chapters = ["a.md"]
ignore = ["drafts/*", "README.md"]

[[parts]]
title = "One"
id = "first"
chapters = ["b.md", "c/c.md"]

[[parts]]
title = "More"
appendix = true
chapters = ["d.md"]

[[paths]]
title = "Short"
id = "short-path"
description = "For the busy."
chapters = ["a", "b"]

[editions.cursor]
always_apply = true
"""
FILES = ("index.md", "a.md", "b.md", "c/c.md", "d.md", "drafts/x.md", "README.md")


def test_every_key(tmp_path: Path) -> None:
    source = book(tmp_path, {"vulgate.toml": WHOLE, **dict.fromkeys(FILES, "# T\n")})
    assert told(source) == []
    about = source.manifest.book
    assert (about.title, about.id, about.language, about.edition) == ("A Book", "a-book", "de", "2nd")
    assert (about.description, about.license) == ("About.", "MIT")
    assert (about.authors, about.python) == (["Ada", "Bob"], ["3.11", "3.12"])
    assert [(part.title, part.id, part.appendix) for part in source.manifest.parts] == [
        ("One", "first", False),
        ("More", "", True),
    ]
    (path,) = source.manifest.paths
    assert (path.title, path.id, path.description, path.chapters) == (
        "Short",
        "short-path",
        "For the busy.",
        ["a", "b"],
    )
    assert source.manifest.editions == {"cursor": {"always_apply": True}}
    assert [(chapter.id, chapter.type, chapter.part) for chapter in source.chapters] == [
        ("index", "front", None),
        ("a", "chapter", None),
        ("b", "chapter", 0),
        ("c", "chapter", 0),
        ("d", "appendix", 1),
    ]


def test_the_sample_has_every_key() -> None:
    """A key that is added must be added to the sample above."""
    names = [
        *Manifest.__struct_fields__,
        *(name for type_ in ("BookEntry", "PartEntry", "PathEntry") for name in _fields(type_)),
    ]
    assert all(f"{name} = " in WHOLE or f"[{name}" in WHOLE for name in names)


def _fields(name: str) -> tuple[str, ...]:
    import vulgate.source.book as module

    return tuple(getattr(module, name).__struct_fields__)


def test_only_the_title_is_needed(tmp_path: Path) -> None:
    source = manifest(tmp_path, '[book]\ntitle = "A Book: Größe"\nchapters = ["a.md"]\n')
    assert told(source) == []
    assert (source.id, source.manifest.book.language) == ("a-book-grosse", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            '[book]\ntitel = "T"\ntitle = "T"\n',
            "VG104 vulgate.toml:2:1 unknown key `book.titel` in the manifest",
            id="key",
        ),
        pytest.param("[boko]\n", "VG104 vulgate.toml:1:1 unknown key `boko` in the manifest", id="table"),
        pytest.param(
            '[[parts]]\ntitle = "P"\nchapters = []\n[[parts]]\ntitle = "Q"\nchapters = []\n  color = "red"\n',
            "VG104 vulgate.toml:7:3 unknown key `parts[1].color` in the manifest",
            id="key in the second part",
        ),
        pytest.param(
            "book.title = 3\n",
            "VG105 vulgate.toml:1:1 wrong value for `book.title`: expected text, got a number",
            id="number",
        ),
        pytest.param(
            '[book]\ntitle = "T"\n"authors" = "Ada"\n',
            "VG105 vulgate.toml:3:1 wrong value for `book.authors`: expected a list, got text",
            id="text for a list",
        ),
        pytest.param(
            '[book]\ntitle = "T"\nchapters = ["a.md", 3]\n',
            "VG105 vulgate.toml:3:1 wrong value for `book.chapters`: expected text, got a number",
            id="number in a list",
        ),
        pytest.param(
            '[[paths]]\ntitle = "P"\n',
            "VG105 vulgate.toml:1:1 wrong value for `paths[0].chapters`: it is missing",
            id="missing",
        ),
        pytest.param(
            'parts = "x"\n', "VG105 vulgate.toml:1:1 wrong value for `parts`: expected a list, got text", id="no tables"
        ),
        pytest.param(
            '[[parts]]\ntitle = "P"\nchapters = []\nappendix = "yes"\n',
            "VG105 vulgate.toml:4:1 wrong value for `parts[0].appendix`: expected true or false, got text",
            id="text for a flag",
        ),
        pytest.param(
            '[book]\ntitle = "T"\nid = "A Book"\n',
            "VG105 vulgate.toml:3:1 wrong value for `book.id`: an id is lower-case letters, digits and hyphens",
            id="id",
        ),
        pytest.param(
            '[book]\ntitle = "T"\npython = ["3.11", "3"]\n',
            "VG105 vulgate.toml:3:19 wrong value for `book.python`: a version is two numbers, such as `3.12`",
            id="version",
        ),
        pytest.param("", "VG105 wrong value for `book.title`: it is missing", id="nothing at all"),
        pytest.param('title = "T"\n', "VG105 wrong value for `book.title`: it is missing", id="no table"),
        pytest.param(
            '\n[book]\nid = "x"\n', "VG105 vulgate.toml:2:1 wrong value for `book.title`: it is missing", id="no title"
        ),
        pytest.param(
            '[book]\ntitle = "é\n',
            "VG103 vulgate.toml:2:11 the manifest is not valid TOML: illegal character '\\n'",
            id="TOML",
        ),
        pytest.param(
            '[book]\n# é\ntitle == "T"\n',
            "VG103 vulgate.toml:3:8 the manifest is not valid TOML: invalid value",
            id="TOML value",
        ),
        pytest.param(
            '[book]\r\ntitle = "T"\r\nchapter = []\r\n',
            "VG104 vulgate.toml:3:1 unknown key `book.chapter` in the manifest",
            id="CRLF",
        ),
        pytest.param(
            '[book]\ntitle = "T"\nchapters = [\n  "a.md",\n  "é", "b.md",\n]\n',
            "VG106 vulgate.toml:5:8 chapter file `b.md` does not exist",
            id="a missing file in its list",
        ),
    ],
)
def test_faults(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in told(manifest(tmp_path, text))


def test_an_unknown_key_is_suggested(tmp_path: Path) -> None:
    source = manifest(tmp_path, '[book]\ntitle = "T"\nchaptres = ["a.md"]\n')
    assert source.diagnostics[0].help == "did you mean `chapters`?"


def test_a_missing_file_is_suggested(tmp_path: Path) -> None:
    source = book(tmp_path, {"vulgate.toml": '[book]\ntitle="T"\nchapters=["functoins.md"]\n', "functions.md": "# F\n"})
    assert source.diagnostics[0].help == "did you mean `functions.md`?"


def test_a_fault_leaves_the_rest_standing(tmp_path: Path) -> None:
    source = manifest(tmp_path, '[book]\ntitle = "T"\nauthors = 3\nid = "t"\nchapters = ["a.md"]\n')
    assert codes(source) == ["VG105"]
    assert source.id == "t"
    assert [chapter.id for chapter in source.chapters] == ["a"]


@pytest.mark.parametrize("data", [b"\xff[book]\n", b'[book]\ntitle = "\xe9"\n'], ids=["first byte", "in a text"])
def test_a_manifest_that_is_not_utf8(tmp_path: Path, data: bytes) -> None:
    source = book(tmp_path, {"vulgate.toml": data})
    assert codes(source) == ["VG109"]
    span = source.diagnostics[0].span
    assert span is not None
    assert data[span.start] >= 0x80


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('a = "' + "x" * 1_000_000 + '"', id="a long text"),
        pytest.param("a = " + "[" * 5_000 + "]" * 5_000, id="deep lists"),
        pytest.param("a" + ".a" * 5_000 + " = 1", id="a deep key"),
        pytest.param("[" + "a." * 5_000 + "a]", id="a deep table"),
        pytest.param('[book]\ntitle = "T"\n[book.title]\n', id="a key twice"),
        pytest.param("\0", id="NUL"),
        pytest.param("[book]\rtitle = 'T'\r", id="lone carriage returns"),
        pytest.param('[book]\n"title" = """\nT\n[parts]\n"""\n', id="a text that looks like a table"),
        pytest.param("[[book]]\n[paths]\n[[editions]]\n", id="tables for lists"),
        pytest.param("book = []\nparts = [1, {}]\npaths = {}\neditions.x = 1\n", id="other types"),
    ],
)
def test_hostile_manifests(tmp_path: Path, text: str) -> None:
    """Whatever stands in it, there are diagnostics and no exception."""
    assert told(manifest(tmp_path, text))
