"""The page of every diagnostic code: its sample shows the code, its mended form does not, and no code is without a page.

A page's files are compiled as they stand. Where files cannot show the fault, the page has a `console` fence, and a scenario
here makes the fault; the commands of the fence are run and must print what the page says.
"""

import ast
import base64
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from vulgate.cli import main
from vulgate.cli.trust import trust_book
from vulgate.editions import extras
from vulgate.editions.web import pagefind
from vulgate.markdown import nodes as n
from vulgate.markdown.fences import read_info
from vulgate.markdown.parser import parse
from vulgate.model.codes import BY_ID, CODES, Code, Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.spans import LineIndex
from vulgate.passes.compile import compile_book
from vulgate.report.pages import explain, reference
from vulgate.sessions.steps import Runtime
from vulgate.source import open_book
from vulgate.verify import interpreters
from vulgate.verify.verifier import Verifier

PAGES: Final = resources.files("vulgate.report") / "pages"
SOURCES: Final = Path(str(resources.files("vulgate")))
LANGUAGES: Final = ("markdown", "toml", "text")
Files = dict[str, str]
Console = list[tuple[str, str]]


# ------------------------------------------------------------------------------------------------ pages


class Part(NamedTuple):
    """The part of a page under `## Sample` or `## Mended`: files, or commands and what they print."""

    files: Files
    console: Console


class Page(NamedTuple):
    """A page, taken apart."""

    headings: list[tuple[int, str]]
    prose: str
    parts: dict[str, Part]


@cache
def read_page(code_id: str) -> Page:
    """Takes a page apart with the product's own parser."""
    text = explain(BY_ID[code_id])
    document = parse(text.encode())
    assert not document.faults, document.faults
    lines = LineIndex(f"{code_id}.md", document.data)
    headings: list[tuple[int, str]] = []
    parts: dict[str, Part] = {}
    prose: list[str] = []
    for node in document.root.children:
        if isinstance(node, n.Heading):
            headings.append((node.depth, n.plain_text(node.children)))
            if node.depth == 2:
                parts[headings[-1][1]] = Part({}, [])
        elif isinstance(node, n.CodeBlock):
            assert parts, "a fence stands above the sample"
            add_fence(parts[headings[-1][1]], node, lines)
        else:
            assert isinstance(node, n.Paragraph), f"{node} is neither heading, text nor fence"
            assert not parts, "text stands below the sample"
            prose.append(n.plain_text(node.children))
    return Page(headings, "\n".join(prose), parts)


def add_fence(part: Part, node: n.CodeBlock, lines: LineIndex) -> None:
    """Adds what a fence shows to a part of a page."""
    reporter = Reporter()
    info = read_info(node.info, lines.span(node.start, node.end), reporter)
    assert not reporter.items, reporter.items
    if info.language == "console":
        part.console.extend(read_console(node.code))
        return
    path = info.fence.file
    assert info.language in LANGUAGES, node.info
    assert path, f"`{node.info}` names no file"
    assert path not in part.files, f"{path} is shown twice"
    part.files[path] = node.code


def read_console(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console fence, each with what it prints."""
    commands = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not commands[0], "a console fence starts with a command"
    for command in commands[1:]:
        line, _, output = command.partition("\n")
        yield line, output


def with_manifest(files: Files) -> Files:
    """The files of a sample, with a manifest that lists its chapters if it has none of ours or of another layout."""
    if "vulgate.toml" in files or "mkdocs.yml" in files:
        return files
    chapters = json.dumps([path for path in files if path.endswith(".md")])
    return {**files, "vulgate.toml": f'[book]\ntitle = "Sample"\nchapters = {chapters}\n'}


def compile_files(files: Files, folder: Path) -> tuple[Diagnostic, ...]:
    """Writes files into a folder and compiles it; what the compiler has to say."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return compile_book(open_book(folder)).diagnostics


def of_code(diagnostics: tuple[Diagnostic, ...], code: Code) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.code == code.id]


def is_shown_in_files(code: Code) -> bool:
    return bool(read_page(code.id).parts["Sample"].files)


def has_page(code: Code) -> bool:
    return (PAGES / f"{code.id}.md").is_file()


each_code: Final = pytest.mark.parametrize(
    "code", BY_ID.values(), ids=[f"{code.id}-{code.name}" for code in CODES.values()]
)
SHOWN: Final = [code for code in BY_ID.values() if has_page(code) and is_shown_in_files(code)]
LENIENT: Final = [
    code for code in SHOWN if code.lenient and "vulgate.toml" not in read_page(code.id).parts["Sample"].files
]


def test_there_are_pages() -> None:
    assert len(BY_ID) == len(CODES) > 50
    assert len(SHOWN) > 40
    assert len(LENIENT) > 25
    assert len(SHOWN) + len(SCENARIOS) + len(INSTALLS) == len(BY_ID)


def test_no_page_is_without_a_code() -> None:
    assert {place.name for place in PAGES.iterdir()} == {f"{code_id}.md" for code_id in BY_ID}


@each_code
def test_a_page_has_its_form(code: Code) -> None:
    text = explain(code)
    page = read_page(code.id)
    assert page.headings == [(1, f"{code.id} {code.name}"), (2, "Sample"), (2, "Mended")]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert all(len(line) <= 120 for line in text.partition("## Sample")[0].split("\n"))
    assert "!" not in page.prose.replace("with `!`", "").replace("a tag with !", "")
    assert 2 <= len(re.findall(r"[.](?=\s|$)", page.prose)) <= 6
    assert all(bool(part.files) != bool(part.console) for part in page.parts.values()), "files or a console, not both"
    made = code.id in SCENARIOS or code.id in INSTALLS
    assert bool(page.parts["Sample"].files) != made, "a code has a sample in files or a scenario"


@each_code
def test_a_page_speaks_of_the_lenient_severity(code: Code) -> None:
    spoken = "without a manifest" in read_page(code.id).prose
    assert spoken or not code.lenient


# ------------------------------------------------------------------------------------------------ samples in files


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.id)
def test_a_sample_shows_its_code(code: Code, tmp_path: Path) -> None:
    found = of_code(compile_files(with_manifest(read_page(code.id).parts["Sample"].files), tmp_path), code)
    assert found, "the sample does not show the code"
    assert {diagnostic.severity for diagnostic in found} == {code.severity}
    assert not any(re.search(r"\{\w+\}", diagnostic.message) for diagnostic in found), "a template is not filled"


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.id)
def test_a_mended_sample_is_clean(code: Code, tmp_path: Path) -> None:
    assert compile_files(with_manifest(read_page(code.id).parts["Mended"].files), tmp_path) == ()


@pytest.mark.parametrize("code", LENIENT, ids=lambda code: code.id)
def test_a_sample_without_a_manifest_is_judged_leniently(code: Code, tmp_path: Path) -> None:
    found = of_code(compile_files(read_page(code.id).parts["Sample"].files, tmp_path), code)
    assert {diagnostic.severity for diagnostic in found} == {code.lenient}


@pytest.mark.parametrize(
    "chapter",
    [
        "# Functions\n\n## One {#same}\n\nText.\n\n## Two {#same}\n\nText.\n",
        "# Functions\n\n:::{note}\n:id: same\n\nText.\n:::\n\n:::{tip}\n:id: same\n\nText.\n:::\n",
    ],
    ids=["headings", "directives"],
)
def test_an_id_that_a_chapter_gives_twice_is_reported(chapter: str, tmp_path: Path) -> None:
    assert of_code(compile_files(with_manifest({"functions.md": chapter}), tmp_path), CODES["duplicate-id"])


# ------------------------------------------------------------------------------------------------ scenarios

Mend = Callable[[], object]
MANIFEST: Final = '[book]\ntitle = "Handbook"\nchapters = ["functions.md"]\n'
CHAPTER: Final = "# Functions\n\nA function is a value.\n"


def write_handbook(chapter: bytes = CHAPTER.encode()) -> None:
    """Makes the book of the scenarios in the current folder."""
    folder = Path("handbook")
    folder.mkdir()
    (folder / "vulgate.toml").write_bytes(MANIFEST.encode())
    (folder / "functions.md").write_bytes(chapter)


def deny(patch: pytest.MonkeyPatch, method: str, is_denied: Callable[[Path], bool]) -> None:
    """Lets a method of `Path` fail for some paths, as a file without permissions does even where tests run as root."""
    original = getattr(Path, method)

    def denied(self: Path, *args: Any, **kwargs: Any) -> Any:
        if is_denied(self):
            raise PermissionError(13, "Permission denied", str(self))
        return original(self, *args, **kwargs)

    patch.setattr(Path, method, denied)


def no_book(patch: pytest.MonkeyPatch) -> Mend:
    Path("notes.txt").write_text(CHAPTER, encoding="utf-8")
    return lambda: Path("notes.txt").rename("notes.md")


def latin_1(patch: pytest.MonkeyPatch) -> Mend:
    text = "# Caf\N{LATIN SMALL LETTER E WITH ACUTE}\n\nA function is a value.\n"
    write_handbook(text.encode("latin-1"))
    return lambda: Path("handbook/functions.md").write_bytes(text.encode())


def unreadable_chapter(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    deny(patch, "read_bytes", lambda path: path.name == "functions.md")
    return patch.undo


def unwritable_output(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    deny(patch, "open", lambda path: path.parent.name == "dist" and path.suffix == ".tmp")
    return lambda: None  # `--out` leads around the fault


def somebody_elses_output(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    output = Path("handbook/dist/handbook.ssm.md")
    output.parent.mkdir()
    output.write_text("# My own notes\n", encoding="utf-8")

    def mend() -> None:
        assert output.read_text(encoding="utf-8") == "# My own notes\n"

    return mend


def running_build(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    place = Path("handbook/.vulgate/lock")
    place.parent.mkdir()
    connect = sqlite3.connect
    other = connect(place, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    def connect_impatiently(*args: Any, **kwargs: Any) -> Any:
        return connect(*args, **{**kwargs, "timeout": 0.01})

    patch.setattr(sqlite3, "connect", connect_impatiently)

    def mend() -> None:
        patch.setattr(sqlite3, "connect", connect)
        other.close()

    return mend


def misspelt_edition(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    return lambda: None


def broken_theme(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    template = Path("handbook/theme/list.html")
    template.parent.mkdir()
    template.write_text("{% blok main %}", encoding="utf-8")
    return template.unlink


def missing_extra(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    with_lack = pytest.MonkeyPatch()
    find = extras.find_spec
    with_lack.setattr(extras, "find_spec", lambda name: None if name == "genanki" else find(name))
    return with_lack.undo


def broken_picture(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook(b"# Functions\n\n![The plan](plan.png)\n")
    picture = Path("handbook/plan.png")
    picture.write_bytes(b"no picture")

    def mend() -> None:
        picture.write_bytes(base64.b64decode(PIXEL))

    return mend


def slow_pandoc(patch: pytest.MonkeyPatch) -> Mend:
    write_handbook()
    with_delay = pytest.MonkeyPatch()

    def run(command: Any, **kwargs: Any) -> Any:
        raise subprocess.TimeoutExpired(command, kwargs["timeout"])

    with_delay.setattr(subprocess, "run", run)
    return with_delay.undo


PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

# Proving: the fences are really run; only the interpreters are given the versions that the pages speak of.

ADD: Final = "# Functions\n\n```python\ndef add(a, b):\n    return a + b\n\n\nprint(add(1, 2))\n```\n"
RULE: Final = """\
# Functions

:::{rule} Do not use a mutable default
:id: no-mutable-default
:detect: ruff B006

All calls share it.

```python {bad}
def collect(item, into=[]):
    into.append(item)
    return into
```

```python {good}
def collect(item, into=None):
    return [*(into or []), item]
```
:::
"""


def write_trusted(chapter: str, manifest: str = MANIFEST) -> Path:
    """Makes the book of the scenarios, which may be run; its chapter."""
    write_handbook(chapter.encode())
    Path("handbook/vulgate.toml").write_text(manifest, encoding="utf-8")
    trust_book(Path("handbook"))
    return Path("handbook/functions.md")


def pretend(patch: pytest.MonkeyPatch) -> None:
    """Gives the interpreter of the tests another version, to the program that asks for it and to the code that it runs."""
    real = interpreters.current()

    def named(version: str) -> Runtime:
        program = Path(f"python{version}").absolute()
        lines = (
            f"#!{real.argv[0]} -I",
            "import runpy, sys",
            f"sys.version = '{version}.0' + sys.version[sys.version.index(' ') :]",
            "sys.argv = sys.argv[3:]",  # without the options of Python itself
            'runpy.run_path(sys.argv[0], run_name="__main__")',
        )
        program.write_text("\n".join(lines) + "\n", encoding="utf-8")
        program.chmod(0o755)
        folders = (*real.folders, str(program))
        return replace(real, label=version, version=version, build=version, argv=(str(program),), folders=folders)

    patch.setattr(interpreters, "find", named)
    patch.setattr(interpreters, "current", lambda: named("3.12"))


def wrong_name(patch: pytest.MonkeyPatch) -> Mend:
    pretend(patch)
    chapter = write_trusted(ADD.replace("print(add", "print(ad"))
    return lambda: chapter.write_text(ADD, encoding="utf-8")


def silent_detector(patch: pytest.MonkeyPatch) -> Mend:
    pretend(patch)
    chapter = write_trusted(RULE.replace("B006", "B008"))
    return lambda: chapter.write_text(RULE, encoding="utf-8")


def stranger_s_book(patch: pytest.MonkeyPatch) -> Mend:
    pretend(patch)
    write_handbook(ADD.encode())
    return lambda: None


def two_outputs(patch: pytest.MonkeyPatch) -> Mend:
    pretend(patch)
    text = "# Functions\n\n```python\nimport platform\n\nprint(platform.python_version()[:4])\n```\n\n```output\n3.12\n```\n"
    chapter = write_trusted(text)
    return lambda: chapter.write_text(text.replace("[:4]", "[:1]"), encoding="utf-8")


def edit_in_the_meantime(patch: pytest.MonkeyPatch) -> Mend:
    pretend(patch)
    chapter = write_trusted(f"{ADD}\n```output\n4\n```\n")
    run = Verifier.run

    def run_and_edit(self: Verifier) -> list[Any]:
        results = run(self)
        chapter.write_text(chapter.read_text(encoding="utf-8") + "\nA new line.\n", encoding="utf-8")
        return results

    with_edit = pytest.MonkeyPatch()
    with_edit.setattr(Verifier, "run", run_and_edit)

    def mend() -> None:
        with_edit.undo()
        assert chapter.read_text(encoding="utf-8") == f"{ADD}\n```output\n4\n```\n\nA new line.\n"

    return mend


def high_bar(patch: pytest.MonkeyPatch) -> Mend:
    pretend(patch)
    write_trusted(ADD, f"{MANIFEST}\n[verify]\nrequire = {{ examples = 1.0 }}\n")
    return lambda: None


def no_pagefind(patch: pytest.MonkeyPatch) -> Mend:
    def missing() -> str:
        raise pagefind.PagefindError("Pagefind is not installed")

    write_handbook(ADD.encode())
    with_pagefind = pytest.MonkeyPatch()
    with_pagefind.setattr(pagefind, "version", missing)

    def mend() -> None:
        with_pagefind.undo()
        shutil.rmtree("handbook/.vulgate")  # as for a compiler with other packages

    return mend


OLD_EDITION: Final = """\
# Handbook – Cursor Edition

## Chapter 1 — FUNCTIONS

### Concepts

#### Functions are values.

1.1 Functions are values

#### A passage.

{}

---

### Code Patterns

{}
"""


def old_edition(text: str, code: str = "") -> Callable[[pytest.MonkeyPatch], Mend]:
    """An edition of the old compiler with a passage, which is mended by another one."""

    def make(patch: pytest.MonkeyPatch) -> Mend:
        place = Path("old.cursor.md")
        place.write_text(OLD_EDITION.format(text, code), encoding="utf-8")
        return lambda: place.write_text(OLD_EDITION.format("A function is a value.", ""), encoding="utf-8")

    return make


SCENARIOS: Final[dict[str, Callable[[pytest.MonkeyPatch], Mend]]] = {
    "VG101": no_book,
    "VG109": latin_1,
    "VG110": unreadable_chapter,
    "VG125": old_edition("One ‚Äî broken 日."),
    "VG126": old_edition("A function is a val..."),
    "VG127": old_edition("A function is a value.", "total = 1 + 2"),
    "VG501": wrong_name,
    "VG502": silent_detector,
    "VG503": stranger_s_book,
    "VG504": two_outputs,
    "VG505": edit_in_the_meantime,
    "VG506": high_bar,
    "VG601": unwritable_output,
    "VG602": somebody_elses_output,
    "VG603": running_build,
    "VG604": misspelt_edition,
    "VG607": broken_theme,
    "VG608": no_pagefind,
    "VG609": missing_extra,
    "VG610": broken_picture,
    "VG611": slow_pandoc,
}


EXIT_CODES: Final = {"VG101": 2, "VG125": 0, "VG126": 0, "VG127": 0, "VG503": 2, "VG604": 2, "VG608": 0, "VG610": 0}
"""What the command exits with; 1, an error in the book, if nothing is said."""


@pytest.mark.parametrize("code_id", SCENARIOS)
def test_a_scenario_prints_what_its_page_says(code_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read_page(code_id)
    monkeypatch.chdir(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        mend = SCENARIOS[code_id](patch)
        shown = run_console(page.parts["Sample"].console)
        mend()
        mended = run_console(page.parts["Mended"].console)
    assert shown == [(output, EXIT_CODES.get(code_id, 1)) for _, output in page.parts["Sample"].console]
    code = BY_ID[code_id]
    assert re.search(rf"{code.severity}\[{code_id}\]: |::{code.severity} .*title={code_id} {code.name}::", shown[-1][0])
    assert mended == [("", 0)] == [(output, 0) for _, output in page.parts["Mended"].console]
    assert not list(tmp_path.rglob("*.tmp")), "an unfinished file is left behind"


INSTALLS: Final = ("VG605", "VG606")
"""What is found in the files of an install, whose table stands on the page as `...`."""
MANY_RULES: Final = "\n".join(
    RULE.partition("\n\n")[2]
    .replace("a mutable default", f"a mutable default in the functions of module {number}")
    .replace("no-mutable-default", f"no-mutable-default-{number}")
    for number in range(1, 151)
)


@pytest.mark.parametrize("code_id", INSTALLS)
def test_an_install_prints_what_its_page_says(code_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read_page(code_id)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_handbook(f"# Functions\n\n{MANY_RULES}".encode())
    ((shown, _),) = run_console(page.parts["Sample"].console)
    expected = page.parts["Sample"].console[0][1]
    # How long a guide is in the end is not the matter of this page.
    shown, wanted = (re.sub(r"has [\d,]+", "has many", text) for text in (shown, expected))
    assert wanted.removeprefix("...\n").removesuffix("...\n") in shown
    assert re.search(rf"^{BY_ID[code_id].severity}\[{code_id}\]: ", expected, re.MULTILINE)
    ((mended, exit_code),) = run_console(page.parts["Mended"].console)
    assert "[VG60" not in mended
    assert exit_code == 0
    assert "rules are told" in mended


def run_console(console: Console) -> list[tuple[str, int]]:
    """Runs the commands of a console fence; what each prints, and its exit code."""
    results = []
    for command, _ in console:
        program, *arguments = command.split()
        assert program == "vulgate"
        result = CliRunner(env={"NO_COLOR": "1"}).invoke(main, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        printed = result.output.rstrip()
        results.append((f"{printed}\n" if printed else "", result.exit_code))
    return results


# ------------------------------------------------------------------------------------------------ the list of codes


def emitted_names() -> set[str]:
    """The first argument of every call in the compiler that reports something."""
    names: set[str] = set()
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and node.args
                and len(node.args) + len(node.keywords) >= 2
                and called_name(node.func) in ("add", "report", "Fault")
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    names.add(first.value)
    return names


def called_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_every_emitted_code_is_registered_and_every_registered_code_is_emitted() -> None:
    assert emitted_names() == set(CODES)


def test_codes_are_numbered_in_order_and_named_once() -> None:
    ids = [code.id for code in CODES.values()]
    assert ids == sorted(BY_ID) == list(BY_ID)
    assert all(re.fullmatch(r"VG[1-6]\d\d", code_id) for code_id in ids)


def test_a_lenient_severity_is_the_milder_one() -> None:
    order = list(Severity)
    assert all(order.index(code.lenient) > order.index(code.severity) for code in BY_ID.values() if code.lenient)


# ------------------------------------------------------------------------------------------------ the reference page


def test_the_reference_holds_every_page_one_level_lower() -> None:
    headings = [node for node in parse(reference().encode()).root.children if isinstance(node, n.Heading)]
    second = [n.plain_text(node.children) for node in headings if node.depth == 2]
    assert second == [f"{code.id} {code.name}" for code in BY_ID.values()]
    assert [node.depth for node in headings] == [1, *[2, 3, 3] * len(BY_ID)]


def test_the_reference_leaves_the_samples_as_they_are() -> None:
    shown = [node.code for node in parse(reference().encode()).root.children if isinstance(node, n.CodeBlock)]
    expected = [
        node.code
        for code in BY_ID.values()
        for node in parse(explain(code).encode()).root.children
        if isinstance(node, n.CodeBlock)
    ]
    assert shown == expected


def test_explain_prints_the_page_of_every_code() -> None:
    for code in BY_ID.values():
        for name in (code.id, code.id.lower(), code.name):
            assert CliRunner(env={"NO_COLOR": "1"}).invoke(main, ["explain", name]).output.startswith(explain(code))
