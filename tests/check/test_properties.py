"""What holds for any text."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.check.projects import notebook
from tests.support import modest
from vulgate.check.files import load_bytes
from vulgate.check.positions import in_cell, line_texts, position
from vulgate.check.suppress import read_suppressions
from vulgate.detect.base import Match
from vulgate.detect.edits import apply_fixes
from vulgate.detect.source import Edit, Source

_PIECES = st.sampled_from(
    ["# vulgate: ", "ignore", "ignore-file", "disable", "enable", "[", "]", "no-print", ", ", " ", "\n", "\r\n", "\r", "x = 1",
     "'", '"""', "# ", "#", " why", "\x0c", "😀", "\\\n", "(", "\t", "\u2028", "`"]
)  # fmt: skip
_TEXTS = st.lists(_PIECES, max_size=25).map("".join) | st.text(max_size=60)
_PATHS = st.sampled_from(["a.py", "a.pyi", "a.toml", "a.ipynb"])


@given(_PATHS, _TEXTS)
@example("a.py", "# vulgate: disable[a]\n# vulgate: disable[a]\n# vulgate: enable[a, a]\n# vulgate: enable[a]")
@example("a.py", "x = 1  # vulgate: ignore[a")
@modest(600)
def test_reading_suppressions_never_fails(path: str, text: str) -> None:
    source = Source(path, text)
    last = source.line(len(text))
    for one in read_suppressions(source):
        assert 1 <= one.first <= one.last <= last
        assert 0 <= one.start.offset < one.end.offset <= len(text)
        assert text[one.start.offset : one.end.offset].lstrip("#/;- \t").startswith("vulgate:")
        assert bool(one.rules) != bool(one.fault)
        for edit in (*one.without(one.rules), *one.without(())):
            assert 0 <= edit.start.offset <= edit.end.offset <= len(text)
        taken = Match(
            "r", path, 0, 0, edits=tuple(Edit(e.start.offset, e.end.offset, e.text) for e in one.without(one.rules))
        )
        after, _ = apply_fixes(text, [taken])
        if not one.fault and {name for comment in one.comments for name in comment.names} <= set(one.rules):
            assert len(read_suppressions(Source(path, after))) < len(read_suppressions(source))


@given(st.text(alphabet="ab\r\n\x0c\u2028😀\t", max_size=40))
@modest(300)
def test_offsets_and_positions_go_back_and_forth(text: str) -> None:
    source = Source("a.py", text)
    before = (1, 0)
    for offset in range(len(text) + 1):
        place = position(source, offset)
        assert source.offset(place.line, place.column) == offset
        assert before < (place.line, place.column)
        before = (place.line, place.column)
    lines = line_texts(source, 1, source.line(len(text)))
    assert "\n".join(lines) == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(st.sampled_from(["x = 1", "", "a\nb", "ü\n"]) | st.just(("markdown", "# text")), max_size=6))
@modest(200)
def test_the_lines_of_a_notebook_know_their_cells(cells: list[str | tuple[str, str]]) -> None:
    loaded = load_bytes("a.ipynb", notebook(*cells).encode())
    assert loaded.source is not None
    seen = [in_cell(loaded.source, line) for line in range(1, loaded.source.line(len(loaded.source.text)) + 1)]
    wanted = [
        (n, k + 1) for n, cell in enumerate(cells, 1) if isinstance(cell, str) for k in range(cell.count("\n") + 1)
    ]
    assert seen == (wanted or [(0, 0)])


@given(st.binary(max_size=300), _PATHS)
@modest(300)
def test_any_bytes_are_code_or_a_problem(data: bytes, path: str) -> None:
    loaded = load_bytes(path, data)
    assert (loaded.source is None) != (loaded.problem is None)
    if loaded.source is not None and not path.endswith(".ipynb"):
        assert loaded.source.text.encode() == data.removeprefix(b"\xef\xbb\xbf")
