"""The public interface: what stands in `vulgate.__all__` is there, explained, typed and light."""

import ast
import inspect
import re
import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

import vulgate
from tests.build.books import build, environment, run

NAMES: Final = [name for name in vulgate.__all__ if name != "__version__"]
CLASSES: Final = [name for name in NAMES if isinstance(getattr(vulgate, name), type)]
FUNCTIONS: Final = [name for name in NAMES if inspect.isfunction(getattr(vulgate, name))]


def sections(documented: Any) -> dict[str, str]:
    """A Google-style docstring in sections; the text before the first one is called `summary`."""
    text = inspect.cleandoc(documented.__doc__ or "")
    parts = re.split(r"^(Args|Attributes|Returns|Raises|Yields|Example):\n", text, flags=re.MULTILINE)
    return {"summary": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def entries(section: str) -> set[str]:
    return set(re.findall(r"^    (\w+)(?: \([^)]*\))?:", section, re.MULTILINE))


# ------------------------------------------------------------------------------------------------ names


def test_the_list_of_names_is_sorted_and_complete() -> None:
    assert sorted(set(NAMES)) == NAMES
    assert set(dir(vulgate)) == set(vulgate.__all__)
    assert len(CLASSES) + len(FUNCTIONS) + 1 == len(NAMES), "a name is neither class, function nor `AnyBlock`"


@pytest.mark.parametrize("name", vulgate.__all__)
def test_a_name_can_be_imported(name: str) -> None:
    subprocess_free = getattr(vulgate, name)
    assert subprocess_free is getattr(vulgate, name)
    if name in CLASSES + FUNCTIONS:
        assert subprocess_free.__name__ == name
        assert subprocess_free is getattr(import_module(subprocess_free.__module__), name)


def test_every_name_is_loaded_when_it_is_used() -> None:
    program = (
        "import sys, vulgate; assert 'msgspec' not in sys.modules; "
        "from vulgate import *; print(all(name in globals() for name in vulgate.__all__), len(vulgate.__all__))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment()
    )
    assert printed.stdout == f"True {len(vulgate.__all__)}\n"


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="module 'vulgate' has no attribute 'nonsense'"):
        _ = vulgate.nonsense  # type: ignore[attr-defined]


def test_the_typed_names_are_the_real_ones() -> None:
    """What a type checker sees in `if TYPE_CHECKING` is what `__getattr__` gives."""
    tree = ast.parse(Path(vulgate.__file__).read_text(encoding="utf-8"))
    seen: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("vulgate."):
            for alias in node.names:
                if alias.name == "*":
                    seen.update(
                        {name: node.module for name in NAMES if hasattr(import_module(node.module or ""), name)}
                    )
                else:
                    seen[alias.asname or alias.name] = node.module
    assert set(NAMES) <= set(seen)
    for name in CLASSES + FUNCTIONS:
        assert getattr(import_module(seen[name]), name) is getattr(vulgate, name)


def test_every_kind_of_block_is_public() -> None:
    for kind in vulgate.AnyBlock.__args__:
        assert kind.__name__ in NAMES
        assert getattr(vulgate, kind.__name__) is kind


def test_importing_the_package_imports_no_dependency() -> None:
    program = "import sys; before = set(sys.modules); import vulgate; print(*sorted(set(sys.modules) - before))"
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment()
    )
    added = {name.partition(".")[0] for name in printed.stdout.split()}
    assert "vulgate" in added
    assert added <= {"vulgate", *sys.stdlib_module_names}


# ------------------------------------------------------------------------------------------------ docstrings


@pytest.mark.parametrize("name", CLASSES + FUNCTIONS)
def test_a_name_is_explained(name: str) -> None:
    thing = getattr(vulgate, name)
    summary = sections(thing)["summary"]
    assert summary.strip()
    assert not summary.startswith(f"{name}("), "that is what the struct's own docstring looks like"
    assert summary.strip().split("\n\n")[0].endswith((".", ":"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_s_arguments_are_explained(name: str) -> None:
    function = getattr(vulgate, name)
    parameters = inspect.signature(function).parameters
    if len(parameters) > 1 or "Args" in sections(function):
        assert entries(sections(function).get("Args", "")) == set(parameters)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.startswith("read_")])
def test_what_a_reader_raises_is_explained(name: str) -> None:
    raised = entries(sections(getattr(vulgate, name))["Raises"])
    assert raised
    assert all(issubclass(getattr(vulgate, error), Exception) for error in raised)


@pytest.mark.parametrize("name", CLASSES)
def test_the_attributes_of_a_class_are_explained(name: str) -> None:
    """By an `Attributes` section that names all fields, or by a summary that names what is not plain."""
    kind = getattr(vulgate, name)
    told = entries(sections(kind).get("Attributes", ""))
    fields = {field.name for field in msgspec.structs.fields(kind)} if issubclass(kind, msgspec.Struct) else set()
    own = fields - {field.name for field in msgspec.structs.fields(vulgate.Block)} if fields else set()
    if told:
        assert told == (fields if kind is vulgate.Block or not issubclass(kind, vulgate.Block) else own)


def test_the_central_classes_explain_every_attribute() -> None:
    for name in (
        "Block",
        "Book",
        "BuildResult",
        "Compilation",
        "CompiledBook",
        "Diagnostic",
        "Span",
        "Link",
        "Summary",
    ):
        assert sections(getattr(vulgate, name)).get("Attributes"), name


def test_the_builder_explains_its_arguments() -> None:
    parameters = set(inspect.signature(vulgate.Builder).parameters)
    assert entries(sections(vulgate.Builder)["Args"]) == parameters


@pytest.mark.parametrize("name", CLASSES)
def test_public_methods_are_explained(name: str) -> None:
    kind = getattr(vulgate, name)
    for attribute, value in vars(kind).items():
        if not attribute.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{attribute}"


# ------------------------------------------------------------------------------------------------ use


@pytest.fixture
def mybook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    run("init", "mybook")
    return tmp_path / "mybook"


def program_of_the_docstring() -> str:
    lines = (vulgate.__doc__ or "").split("\n")
    return textwrap.dedent("\n".join(line for line in lines if line.startswith("    ") or not line))


def test_the_program_of_the_docstring_runs(mybook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, Any] = {}
    exec(compile(program_of_the_docstring(), "docstring", "exec"), namespace)
    assert capsys.readouterr().out.splitlines() == [
        "tour/bind-loop-variable Bind the loop variable of a function made in a loop",
        "naming/no-builtin-names Do not name a variable after a builtin",
    ]
    book, compiled = namespace["book"], namespace["compilation"].book
    assert [(block.id, block.text) for block in book.blocks] == [(block.id, block.text) for block in compiled.blocks]
    assert book["tour/bind-loop-variable"].status is vulgate.Status.PROVEN
    assert compiled["tour/bind-loop-variable"].status is vulgate.Status.UNPROVEN
    assert (mybook / "dist" / "mybook.ssm.md").is_file()


def test_a_type_checker_accepts_a_client(mybook: Path, tmp_path: Path) -> None:
    client = """\
    from pathlib import Path

    import vulgate


    def severities(folder: Path) -> dict[str, int]:
        source = vulgate.open_book(folder)
        compilation: vulgate.Compilation = vulgate.compile_book(source)
        counts: dict[str, int] = {}
        for rule in compilation.book.of_kind(vulgate.Rule):
            counts[rule.severity] = counts.get(rule.severity, 0) + len(rule.bad)
        for diagnostic in compilation.diagnostics:
            if diagnostic.severity is vulgate.Severity.ERROR and diagnostic.span is not None:
                print(diagnostic.span.file, diagnostic.span.first, diagnostic.help)
        result = vulgate.Builder(source, editions=["ssm"], progress=print).run()
        text = (result.folder / result.outputs[0]).read_bytes().decode()
        try:
            book = vulgate.read_ssm(text)
        except vulgate.SsmError as error:
            raise SystemExit(str(error)) from error
        block: vulgate.AnyBlock = book["tour"]
        if isinstance(block, vulgate.Chapter):
            print(block.hours, book.children(block.id))
        return counts


    print(severities(Path("mybook")))
    """
    source = textwrap.dedent(client)
    (tmp_path / "client.py").write_text(source, encoding="utf-8")
    (tmp_path / "wrong.py").write_text("import vulgate\n\nvulgate.open_book(3)\nvulgate.nonsense\n", encoding="utf-8")
    pytest.importorskip("mypy")

    def check(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=.mypy", name],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    good = check("client.py")
    assert good.returncode == 0, good.stdout + good.stderr
    wrong = check("wrong.py")
    assert "[arg-type]" in wrong.stdout
    assert "[attr-defined]" in wrong.stdout
    ran = subprocess.run(
        [sys.executable, "client.py"], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert ran.stdout.endswith("{'high': 1, 'medium': 1}\n")


def test_the_package_is_marked_as_typed() -> None:
    assert (Path(vulgate.__file__).parent / "py.typed").is_file()


def test_a_compiled_book_answers(mybook: Path) -> None:
    book = vulgate.compile_book(vulgate.open_book(mybook)).book
    assert book["tour/closure"].kind == "term"
    assert "tour/closure" in book
    assert "nonsense" not in book
    with pytest.raises(KeyError):
        _ = book["nonsense"]
    assert [chapter.id for chapter in book.chapters] == ["index", "tour", "naming"]
    assert book.place(book["tour/bind-loop-variable"]) == "1.3 Rules"
    assert all(child.parent == "tour/bind-loop-variable" for child in book.children("tour/bind-loop-variable"))
    for chapter in book.chapters:
        text = "".join(block.text for block in book.authored(chapter.id) if not block.parent)
        assert text.encode() == (mybook / chapter.path).read_bytes()


def test_values_do_not_change(mybook: Path) -> None:
    result = build(mybook)
    book = vulgate.read_book(result.folder / "mybook.sqlite")
    for value in (result, book, book.blocks[0], book.book, book.blocks[0].span):
        with pytest.raises(AttributeError):
            setattr(value, value.__struct_fields__[0], None)


def test_a_book_can_be_proven(mybook: Path) -> None:
    (mybook / "naming.md").write_text("# Naming\n\n```python\nassert 1 == 2\n```\n", encoding="utf-8")
    source = vulgate.open_book(mybook)
    results = vulgate.verify_book(source, isolation="process", jobs=2)
    assert {result.status for result in results if result.chapter == "tour"} == {vulgate.Status.PROVEN}
    (failed,) = [result for result in results if result.status is vulgate.Status.FAILED]
    assert (failed.chapter, failed.path, failed.line, failed.reason) == ("naming", "naming.md", 3, "AssertionError")
    assert [result.cached for result in vulgate.verify_book(source) if result is not failed].count(False) == 1
    with pytest.raises(vulgate.PythonNotFoundError):
        vulgate.verify_book(source, pythons=["2.7"])


def test_a_proof_can_be_kept_elsewhere(mybook: Path, tmp_path: Path) -> None:
    source = vulgate.open_book(mybook)
    vulgate.verify_book(source, home=tmp_path / "home", isolation="process")
    assert not (mybook / ".vulgate").exists()
    result = vulgate.Builder(source, home=tmp_path / "home", editions=["ssm"]).run()
    assert result.summary is not None
    assert result.summary.proven == {"examples": (14, 14), "facts": (1, 1), "rules": (2, 2)}


def test_opening_nothing_is_a_diagnostic(tmp_path: Path) -> None:
    source = vulgate.open_book(tmp_path / "nowhere")
    assert [item.code for item in source.diagnostics] == ["VG101"]
    result = vulgate.Builder(source, home=tmp_path).run()
    assert result.has_errors
    assert list(tmp_path.iterdir()) == []
