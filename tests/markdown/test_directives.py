"""Directives and alerts: the cases of the fixture files, and what an outline cannot show."""

import pytest

from tests.markdown.outline import FIXTURES, Case, as_bytes, outline, read_cases
from vulgate.markdown import nodes as n
from vulgate.markdown.parser import parse

NAMES = sorted(path.name for path in FIXTURES.glob("*.md"))
CASES = {f"{name}: {case.title}": case for name in NAMES for case in read_cases(name)}


def test_there_are_fixtures() -> None:
    assert NAMES == ["alerts.md", "directives.md", "documents.md"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: Case) -> None:
    assert outline(as_bytes(case.document)) == case.expected


def first_directive(text: str) -> tuple[n.Directive, bytes]:
    data = text.encode()
    return next(node for node in parse(data).root.walk() if isinstance(node, n.Directive)), data


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param(":::{note} T\na\nb\n:::\nc\n", "a\nb\n", id="the lines between"),
        pytest.param(":::{note} T\n:id: x\na\n:::\n", "a\n", id="options are no part of it"),
        pytest.param(":::{note} T\n:id: x\n\na\n:::\n", "\na\n", id="a blank line after the options is"),
        pytest.param(":::{note} T\r\n:id: x\r\na\r\n:::\r\n", "a\r\n", id="CRLF"),
        pytest.param(":::{note} T\n:::\n", "", id="nothing"),
        pytest.param(":::{note} T\n:id: x\n:::\n", "", id="nothing but options"),
        pytest.param(":::{note} T\na\n", "a\n", id="to the end of the file where it never closes"),
        pytest.param(":::{note} T\na", "a", id="to the end of the file without a line end"),
        pytest.param("- :::{note} T\n  a\n  :::\n", "  a\n", id="with the indentation of the list"),
        pytest.param("> :::{note} T\n> a\n> :::\n", "> a\n", id="with the marks of the quote"),
        pytest.param("::::{note} T\n:::{tip} U\nb\n:::\n::::\n", ":::{tip} U\nb\n:::\n", id="with directives inside"),
    ],
)
def test_body(text: str, body: str) -> None:
    """`body` is the byte range of what the directive says, on whole lines."""
    directive, data = first_directive(text)
    assert data[slice(*directive.body)].decode() == body


def test_a_closed_directive_ends_with_its_closing_colons() -> None:
    directive, data = first_directive("é\n\n:::{note} T\na\n:::\nb\n")
    assert data[directive.start : directive.end] == b":::{note} T\na\n:::"
    assert directive.closed


def test_an_unclosed_directive_says_so() -> None:
    directive, data = first_directive(":::{note} T\na\n")
    assert data[directive.start : directive.end] == b":::{note} T\na\n"
    assert not directive.closed
