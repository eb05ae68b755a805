"""Symbols: the names that code defines, imports and calls; and code that does not parse."""

from pathlib import Path

import pytest

from tests.support import compiled, only, told
from vulgate.model import blocks as b
from vulgate.model.blocks import Symbols

PYTHON = """\
import os.path, sys as system
from a.b import c as d, e
from . import f
from ..g import h
from i import *

LIMIT: int = 3
x = y, z = 1, 2

async def fetch(n=len("x")):
    inner = open("y").read()
    await n.run()
    from late import k

class Thing(Base):
    field = 1
    def method(self): self.method()

@decorate(1)
def outer():
    def inner(): ...
print(f"{str(1)}", lambda: max(1))
"""


def symbols(tmp_path: Path, info: str, code: str) -> Symbols:
    found = compiled(tmp_path, f"# T\n\n```{info}\n{code.rstrip()}\n```\n")
    assert told(found) == []
    return only(found, b.Example).symbols


def test_python(tmp_path: Path) -> None:
    found = symbols(tmp_path, "python", PYTHON)
    assert found.defined == ("fetch", "Thing", "method", "outer", "inner", "LIMIT", "x")
    assert found.imported == ("os.path", "sys", "a.b.c", "a.b.e", ".f", "..g.h", "i.*", "late.k")
    assert found.called == ("len", "open", "n.run", "self.method", "decorate", "print", "str", "max")


def test_a_doctest_session(tmp_path: Path) -> None:
    code = ">>> import os\n>>> def f(x):\n...     return os.getcwd()\n...\n>>> f(1)\nprint(not_code())\n"
    assert symbols(tmp_path, "python", code) == Symbols(("f",), ("os",), ("os.getcwd", "f"))


def test_python_that_is_newer_than_the_compiler_reads(tmp_path: Path) -> None:
    code = "def first[T](items: list[T]) -> T:\n    return next(iter(items))\n\nclass Box[T]:\n    ...\nimport os\n"
    found = symbols(tmp_path, 'python {python=">=3.12"}', code)
    assert found == Symbols(("first", "Box"), ("os",), ("next", "iter"))


def test_python_that_is_newer_must_say_so(tmp_path: Path) -> None:
    found = compiled(tmp_path, "# T\n\n```python\ndef first[T](items): ...\n```\n")
    assert [line[:13] for line in told(found)] == ["VG301 a.md:4 "]


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("bash", 'build() { make "$1"; }\nbuild x | grep y\n', Symbols(("build",), (), ("make", "build", "grep"))),
        (
            "c",
            '#include <stdio.h>\n#define MAX 3\nstruct point { int x; };\nint *main(void) { puts("a"); }\n',
            Symbols(("MAX", "point", "main"), ("stdio.h",), ("puts",)),
        ),
        (
            "go",
            'package a\nimport "fmt"\ntype Box struct{}\nfunc run() { fmt.Println(1) }\nfunc (b Box) Open() {}\n',
            Symbols(("Box", "run", "Open"), ("fmt",), ("fmt.Println",)),
        ),
        (
            "java",
            "import java.util.List;\nclass A { void run() { go(); } }\nrecord B(int c) {}\ninterface D {}\nenum E { F }\n",
            Symbols(("A", "run", "B", "D", "E"), ("java.util.List",), ("go",)),
        ),
        (
            "js",
            'import { x } from "./y.js";\nfunction f() { g.h(); }\nclass K { m() {} }\nfunction* gen() {}\n',
            Symbols(("f", "K", "m", "gen"), ("./y.js",), ("g.h",)),
        ),
        (
            "rust",
            "use std::fs;\nstruct S;\nenum E { A }\ntrait T {}\nmod m {}\nfn run() { go(); println!(); }\n",
            Symbols(("S", "E", "T", "m", "run"), ("std::fs",), ("go", "println")),
        ),
        (
            "typescript",
            'import a from "b";\ninterface I {}\ntype U = string;\nabstract class C {}\nfunction f(): void { g(); }\n',
            Symbols(("I", "U", "C", "f"), ("b",), ("g",)),
        ),
        ("tsx", "function App() { return <b>{f()}</b>; }\n", Symbols(("App",), (), ("f",))),
        ("text", "def f(): import x\n", Symbols()),
        ("unheard-of", "def f(): import x\n", Symbols()),
    ],
)
def test_other_languages(tmp_path: Path, language: str, code: str, expected: Symbols) -> None:
    assert symbols(tmp_path, language, code) == expected


@pytest.mark.parametrize(
    ("info", "code", "expected"),
    [
        ("python", "x = 1\ny =\n", "VG301 a.md:5 this Python does not parse: invalid syntax"),
        ("py", "  x = 1\n", "VG301 a.md:4 this Python does not parse: unexpected indent"),
        ("python", "(" * 300 + ")" * 300, "VG301 a.md:4 this Python does not parse: too many nested parentheses"),
        ("python", "-" * 100_000 + "1", "VG301 a.md:4 this Python does not parse: "),
        ("python", ">>> x =\n", "VG301 a.md:4 this Python does not parse: invalid syntax"),
        ('python {python=">=3.12"}', "def f[T(): ...\n", "VG301 a.md:4 this Python does not parse: "),
        ("json", '{\n"a" 1\n}\n', "VG301 a.md:5 this JSON does not parse: "),
        ("json", "[" * 100_000, "VG301 a.md:4 this JSON does not parse: "),
        ("toml", "a = 1\nb = = 2\n", "VG301 a.md:5 this TOML does not parse: invalid value"),
        ("yaml", "a: 1\nb: [\n", "VG301 a.md:6 this YAML does not parse: "),
        ("yml", "a: b: c\n", "VG301 a.md:4 this YML does not parse: "),
        ("rust", "fn f( {}\n", "VG301 a.md:4 this RUST does not parse: "),
        ("bash", "if x; then\n", "VG301 a.md:"),
        ("python {syntax-error}", "x = 1\n", "VG310 a.md:3 this code is marked `syntax-error`, and it parses"),
    ],
)
def test_code_that_does_not_parse(tmp_path: Path, info: str, code: str, expected: str) -> None:
    found = compiled(tmp_path, f"# T\n\n```{info}\n{code.rstrip(chr(10))}\n```\n")
    (line,) = told(found)
    assert line.startswith(expected)


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ("python {syntax-error}", "x =\n"),
        ("python {syntax-error}", "def f():\n    nonlocal x\n"),
        ("python {syntax-error}", "return\n"),
        ('python {syntax-error python="<3"}', "print 1\n"),
        ("python", "await f()\n"),
        ("python", "'\\d'\n"),
        ("python", ""),
        ("json", '{"a": [1]}\n'),
        ("yaml", "a: &x 1\nb: *x\n---\nc: !tag 1\n"),
        ("toml", "a = 1\n"),
    ],
)
def test_code_that_is_as_it_says(tmp_path: Path, info: str, code: str) -> None:
    assert told(compiled(tmp_path, f"# T\n\n```{info}\n{code}```\n")) == []


def test_the_table_of_symbols(tmp_path: Path) -> None:
    text = (
        "# T\n\n```python\nimport os\ndef f(): ...\n```\n\n```python\ndef f(): return 1\n```\n\n"
        ":::{term} Closure\n:aliases: closures\nx\n:::\n\n**Ability** means the thing.\n\nAlso Absolute words.\n"
    )
    found = compiled(tmp_path, text)
    examples = [block.id for block in found.book.of_kind(b.Example)]
    assert [(symbol.name, symbol.type, list(symbol.blocks)) for symbol in found.book.symbols] == [
        ("Ability", "term", ["a/term-ability"]),
        ("Closure", "term", ["a/closure"]),
        ("closures", "term", ["a/closure"]),
        ("f", "code", examples),
        ("os", "import", examples[:1]),
    ]
