"""Mermaid: every case of the fixture files, and what holds for any text."""

import json
import re
import time
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulgate.passes.mermaid import KINDS, Diagram, Edge, MermaidError, Node, parse

HERE = Path(__file__).parent
FIXTURES = ("flowchart", "sequence", "class", "state")
_CASE = re.compile(r"^## ([^\n]+)\n\n```mermaid\n(.*?)\n```\n\n```(json|error)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


class Case(NamedTuple):
    """One case of a fixture file: a diagram, and what it says or what is wrong with it."""

    name: str
    source: str
    kind: str
    expected: str


def read_cases(fixture: str) -> list[Case]:
    """Read a fixture file. A case that has lost a fence would vanish silently, so the headings are counted."""
    text = (HERE / f"{fixture}.md").read_text(encoding="utf-8")
    cases = [Case(*groups) for groups in _CASE.findall(text)]
    assert cases, f"{fixture}.md has no case"
    assert [case.name for case in cases] == re.findall(r"^## (.+)$", text, re.MULTILINE)
    return cases


def written(diagram: Diagram) -> str:
    """Write a diagram as the fixture files do: a line for each node and edge, without empty fields at the end."""
    parts = [f'"type": {json.dumps(diagram.type)}']
    parts += [f'"{key}": {json.dumps(value)}' for key in ("direction", "title") if (value := getattr(diagram, key))]
    parts += [f'"{key}": [\n    {rows}\n  ]' for key in ("nodes", "edges") if (rows := _rows(getattr(diagram, key)))]
    return "{\n  " + ",\n  ".join(parts) + "\n}"


def _rows(items: tuple[Node, ...] | tuple[Edge, ...]) -> str:
    rows = []
    for item in items:
        row = [getattr(item, name) for name in item.__struct_fields__]
        while len(row) > 3 and not row[-1]:
            row.pop()
        rows.append(json.dumps(row, ensure_ascii=False))
    return ",\n    ".join(rows)


CASES = {f"{name}: {case.name}": case for name in FIXTURES for case in read_cases(name)}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_fixture(case: Case) -> None:
    """A diagram of a fixture file gives the nodes and edges, or the error, that the file says."""
    if case.kind == "error":
        with pytest.raises(MermaidError) as caught:
            parse(case.source)
        error = caught.value
        assert f"{error.line}: {error.message}\nhelp: {error.help}" == case.expected
    else:
        assert json.loads(written(parse(case.source))) == json.loads(case.expected)


def test_every_fixture_file_is_read() -> None:
    """A fixture file that no test knows would prove nothing."""
    assert sorted(path.stem for path in HERE.glob("*.md")) == sorted(FIXTURES)


@pytest.mark.parametrize("word", KINDS)
def test_every_kind_is_recognised(word: str) -> None:
    """A header word gives its kind, or says that the diagram is empty; it is never unknown."""
    try:
        assert parse(f"%% comment\n{word}\n") == Diagram(word, "", "", (), ())
    except MermaidError as error:
        assert (error.message, error.line) == ("The diagram is empty", 2)


@pytest.mark.parametrize(
    ("source", "line", "help"),
    [
        ("flowchrt LR\nA", 1, "did you mean `flowchart`?"),
        ("\n\nsequencediagram\nA->>B: x", 3, "did you mean `sequenceDiagram`?"),
        ("", 1, "start with the kind of diagram, such as `flowchart LR`"),
        ("%% nothing", 1, "start with the kind of diagram, such as `flowchart LR`"),
        ("---\ntitle: x\nflowchart LR", 1, "close it with a line `---`"),
        ("pie\n%%{init: {}", 2, "close it with `}%%`"),
        ("pie\naccDescr {\nx", 2, "close it with `}`"),
    ],
)
def test_what_stands_around_a_diagram(source: str, line: int, help: str) -> None:
    """Faults outside of any grammar have a line and a help too."""
    with pytest.raises(MermaidError) as caught:
        parse(source)
    assert (caught.value.line, caught.value.help) == (line, help)


def test_line_endings_do_not_count_twice() -> None:
    """Lines are counted in the source as given, whatever ends them."""
    for end in ("\n", "\r\n", "\r"):
        with pytest.raises(MermaidError) as caught:
            parse(f"flowchart LR{end}A --> B{end}B -->")
        assert caught.value.line == 3


SOURCES = [case.source for case in CASES.values()]
_PIECES = st.sampled_from([*"[](){}<>|\"'`~-=.:;,&@#%*+/\\ox\n \t", *re.findall(r"\S+", "\n".join(SOURCES))])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A diagram of the fixture files with pieces of others cut out, put in, or in place of its own."""
    text: str = draw(st.sampled_from(SOURCES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.one_of(st.just(""), _PIECES, st.text(max_size=3))) + text[end:]
    return text


def check(source: str) -> None:
    """Assert what holds for any text."""
    try:
        diagram = parse(source)
    except MermaidError as error:
        assert error.message
        assert 1 <= error.line <= len(re.split("\r\n|\r|\n", source))
        return
    parents = {node.id: node.parent for node in diagram.nodes}
    assert len(parents) == len(diagram.nodes), "ids are unique"
    assert all(edge.source in parents and edge.target in parents for edge in diagram.edges)
    for node in diagram.nodes:
        above = list(accumulate(range(len(parents)), lambda name, _: parents[name] if name else "", initial=node.id))
        assert above[-1] == "", "parents exist and form no cycle"


@given(st.one_of(st.text(), st.builds("{}\n{}".format, st.sampled_from(KINDS), st.text())))
def test_any_text_gives_a_diagram_or_an_error(source: str) -> None:
    """No text makes the parser fail in another way."""
    check(source)


@given(mutated())
def test_any_damaged_diagram_gives_a_diagram_or_an_error(source: str) -> None:
    """Nor does any diagram with typing errors."""
    check(source)


@given(st.lists(st.sampled_from(["subgraph a", "subgraph b", "subgraph c", "a", "b", "c", "end"]), max_size=30))
def test_groups_that_name_each_other_form_no_cycle(lines: list[str]) -> None:
    """Subgraphs may name each other inside out; none lies in itself."""
    depth = 0
    for line in lines:
        depth += line.startswith("subgraph") - (line == "end" and depth > 0)
    check("\n".join(["flowchart LR", *lines, *["end"] * depth]))


N = 20_000
LONG = {
    "flowchart lines": "flowchart LR\n" + "A --> B[text]\n" * N,
    "flowchart chain": "flowchart LR\nA" + "---A" * N,
    "flowchart nesting": "flowchart LR\n" + "subgraph a b\nA\n" * N + "end\n" * N,
    "groups inside out": "flowchart LR\n" + "".join(f"subgraph s{i}\ns{i + 1}\nend\n" for i in range(N)),
    "blank": "flowchart LR\nA" + " " * N * 10 + "B",
    "arrow": "flowchart LR\nA -. x" + "." * N * 10,
    "tags": "flowchart LR\nA[" + "<a" * N * 5 + "]",
    "messages": "sequenceDiagram\n" + "A->>B: text\n" * N,
    "blocks": "sequenceDiagram\nA->>B: x\n" + "loop\n" * N + "end\n" * N,
    "spaces in a note": "sequenceDiagram\nnote over" + " " * N * 10 + "A",
    "members": "classDiagram\nclass A {\n" + "x List~List~int~~\n" * N + "}",
    "relations": "classDiagram\n" + 'A "1" <|-- "2" B : text\n' * N,
    "composite states": "stateDiagram-v2\n" + "".join(f"state s{i} {{\n" for i in range(N)) + "}" * N,
    "descriptions": "stateDiagram-v2\n" + "A : text\n" * N,
    "header": "x" * N * 10,
}


@pytest.mark.parametrize("name", LONG)
def test_time_is_linear(name: str) -> None:
    """A long input takes about as long as its length says: a quadratic one would take minutes here."""
    start = time.perf_counter()
    try:
        parse(LONG[name])
    except MermaidError:
        pass
    assert time.perf_counter() - start < 5
