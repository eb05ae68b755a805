"""The manifest: every key, and for every fault one diagnostic at its place."""

import re
from pathlib import Path

import pytest

import vulgate.source.book as module
from tests.support import book, codes, told
from vulgate.source.book import LimitsEntry, Manifest, RequireEntry, ServiceEntry, SourceBook, VerifyEntry


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
lenient = true

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

[editions.agents]
budget = 3000

[verify]
pythons = ["3.12", "3.14-pyodide"]
types = "mypy"
require = { examples = 1.0, facts = 0.9, rules = 1 }

[verify.limits]
seconds = 2.5
cpu_seconds = 2
memory_mb = 512
processes = 8
output_kb = 64
file_mb = 16

[services.redis]
command = "redis-server --port {port}"
ready = "redis-cli -p {port} ping"
setup = "mkdir {folder}/data"
client = "redis-cli -p {port}"
env = { URL = "redis://127.0.0.1:{port}" }
seconds = 10

[services.other]
command = "other"
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
    assert source.manifest.editions == {"agents": {"budget": 3000}}
    verify, services = source.manifest.verify, source.manifest.services
    assert (verify.pythons, verify.types) == (["3.12", "3.14-pyodide"], "mypy")
    assert verify.require == RequireEntry(examples=1, facts=0.9, rules=1)
    assert verify.limits == LimitsEntry(2.5, 2, 512, 8, 64, 16)
    assert services["redis"] == ServiceEntry(
        command="redis-server --port {port}",
        ready="redis-cli -p {port} ping",
        setup="mkdir {folder}/data",
        client="redis-cli -p {port}",
        env={"URL": "redis://127.0.0.1:{port}"},
        seconds=10,
    )
    assert services["other"] == ServiceEntry("other", "tcp:{port}", "", "", {}, 30)
    assert [(chapter.id, chapter.type, chapter.part) for chapter in source.chapters] == [
        ("index", "front", None),
        ("a", "chapter", None),
        ("b", "chapter", 0),
        ("c", "chapter", 0),
        ("d", "appendix", 1),
    ]


def test_the_sample_has_every_key() -> None:
    """A key that is added must be added to the sample above."""
    tables = ("BookEntry", "PartEntry", "PathEntry", "VerifyEntry", "RequireEntry", "LimitsEntry", "ServiceEntry")
    names = [*Manifest.__struct_fields__, *(name for table in tables for name in _fields(table))]
    assert {f"{name}Entry" for name in re.findall(r"class (\w+)Entry\(", _source())} == set(tables)
    assert all(re.search(rf"\b{name} = |^\[+(?:\w+\.)?{name}\b", WHOLE, re.MULTILINE) for name in names)


def _fields(name: str) -> tuple[str, ...]:
    return tuple(getattr(module, name).__struct_fields__)


def _source() -> str:
    return Path(module.__file__).read_text(encoding="utf-8")


def test_only_the_title_is_needed(tmp_path: Path) -> None:
    source = manifest(tmp_path, '[book]\ntitle = "A Book: Größe"\nchapters = ["a.md"]\n')
    assert told(source) == []
    assert (source.id, source.manifest.book.language) == ("a-book-grosse", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            '[book]\ntitel = "T"\ntitle = "T"\n',
            "VG104 vulgate.toml:2:1 unknown key `book.titel`",
            id="key",
        ),
        pytest.param("[boko]\n", "VG104 vulgate.toml:1:1 unknown key `boko`", id="table"),
        pytest.param(
            '[[parts]]\ntitle = "P"\nchapters = []\n[[parts]]\ntitle = "Q"\nchapters = []\n  color = "red"\n',
            "VG104 vulgate.toml:7:3 unknown key `parts[1].color`",
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
            "VG103 vulgate.toml:2:11 this is not valid TOML: illegal character '\\n'",
            id="TOML",
        ),
        pytest.param(
            '[book]\n# é\ntitle == "T"\n',
            "VG103 vulgate.toml:3:8 this is not valid TOML: invalid value",
            id="TOML value",
        ),
        pytest.param(
            '[book]\r\ntitle = "T"\r\nchapter = []\r\n',
            "VG104 vulgate.toml:3:1 unknown key `book.chapter`",
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


HEAD = '[book]\ntitle = "T"\nchapters = ["a.md"]\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[verify]\npython = ["3.12"]\n', "VG104 vulgate.toml:5:1 unknown key `verify.python`"),
        (
            '[verify]\npythons = "3.12"\n',
            "VG105 vulgate.toml:5:1 wrong value for `verify.pythons`: expected a list, got text",
        ),
        (
            "[verify]\ntypes = true\n",
            "VG105 vulgate.toml:5:1 wrong value for `verify.types`: expected text, got true or false",
        ),
        ("[[verify]]\n", "VG105 vulgate.toml:4:1 wrong value for `verify`: expected a table, got a list"),
        (
            "[verify]\nrequire = { fact = 1 }\n",
            "VG104 vulgate.toml:5:1 unknown key `verify.require.fact`",
        ),
        (
            "[verify.require]\n\nexamples = 1.5\n",
            "VG105 vulgate.toml:6:1 wrong value for `verify.require.examples`: expected a number <= 1.0",
        ),
        (
            "[verify]\nrequire.facts = -0.1\n",
            "VG105 vulgate.toml:5:1 wrong value for `verify.require.facts`: expected a number >= 0.0",
        ),
        (
            '[verify.require]\nrules = "all"\n',
            "VG105 vulgate.toml:5:1 wrong value for `verify.require.rules`: expected a number, got text",
        ),
        ("[verify.limits]\nsecond = 1\n", "VG104 vulgate.toml:5:1 unknown key `verify.limits.second`"),
        (
            "[verify.limits]\nseconds = 0\n",
            "VG105 vulgate.toml:5:1 wrong value for `verify.limits.seconds`: expected a number > 0.0",
        ),
        *(
            (
                f"[verify.limits]\n{name} = -1\n",
                f"VG105 vulgate.toml:5:1 wrong value for `verify.limits.{name}`: expected a whole number >= 1",
            )
            for name in ("cpu_seconds", "memory_mb", "processes", "output_kb", "file_mb")
        ),
        (
            "[verify.limits]\nmemory_mb = 1.5\n",
            "VG105 vulgate.toml:5:1 wrong value for `verify.limits.memory_mb`: expected a whole number, got a number",
        ),
        (
            "[services]\nredis = 3\n",
            "VG105 vulgate.toml:5:1 wrong value for `services.redis`: expected a table, got a number",
        ),
        ("[services.redis]\n", "VG105 vulgate.toml:4:1 wrong value for `services.redis.command`: it is missing"),
        (
            '[services.redis]\ncommand = "x"\nredy = ""\n',
            "VG104 vulgate.toml:6:1 unknown key `services.redis.redy`",
        ),
        (
            '[services.redis]\ncommand = ["x"]\n',
            "VG105 vulgate.toml:5:1 wrong value for `services.redis.command`: expected text, got a list",
        ),
        (
            '[services.redis]\ncommand = "x"\nseconds = 0.0\n',
            "VG105 vulgate.toml:6:1 wrong value for `services.redis.seconds`: expected a number > 0.0",
        ),
        (
            '[services.redis]\ncommand = "x"\n\n[services.redis.env]\nPORT = 1\n',
            "VG105 vulgate.toml:7:1 wrong value for `services.redis.env`: expected text, got a number",
        ),
    ],
)
def test_faults_of_verify_and_services(tmp_path: Path, text: str, expected: str) -> None:
    assert told(manifest(tmp_path, HEAD + text)) == [expected]


def test_a_fault_in_a_limit_leaves_the_others_standing(tmp_path: Path) -> None:
    text = '[verify]\ntypes = "ty"\n[verify.limits]\nseconds = -3\nprocesses = 2\n[services.x]\nready = ""\n'
    source = manifest(tmp_path, HEAD + text)
    assert codes(source) == ["VG105", "VG105"]
    assert source.manifest.verify == VerifyEntry(types="ty", limits=LimitsEntry(processes=2))
    assert source.manifest.services == {}


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
