"""Documents for property tests: ones that are built from what the source format has, and heaps of its fragments."""

from typing import Final

from hypothesis import strategies as st

Lines = list[str]

WORDS: Final = (
    "word", "Chapter 3", "Section 1.1", "**bold** is a thing", "*a*", "`code`", "[[a]]", "[[no|such]]", "[x](b.md#y)",
    "[y](#word)", "https://example.com/a_b", "me@example.org", "é", "日本", "👩‍👩‍👧", "&amp;", r"\*", "a|b", ":::", "::: x",
    "___", "<b>", "<!-- c -->", "[^1]", "\u2028", "\u00a0", "\t", "Since Python 3.8 this is true for each and every one.", "?",
)  # fmt: skip
NAMES: Final = ("rule", "fact", "term", "note", "warning", "qa", "exercise", "contrast", "role", "unheard-of", "")
OPTIONS: Final = (
    ":id: x",
    ":id: Y z",
    ":severity: high",
    ":cite: PEP 1",
    ":see: a, b",
    ":tags:",
    ":holds: python >=3.11",
    ":-",
)
INFOS: Final = (
    "", "python", "python {bad}", "python {good file=a.py}", "output", "mermaid", "json", "python {", "{proof}", "text }{",
)  # fmt: skip
CODE: Final = (
    "def f(): ...",
    "x = 1",
    "flowchart LR",
    "A --> B",
    "",
    ":::",
    ":::{rule} no",
    "```",
    "~~~",
    "    deep",
    ">>> f()",
)
FRAGMENTS: Final = (
    *WORDS, "\n", "\n", "\n\n", "\r\n", "\r", " ", "    ", "# ", "## ", "- ", "1. ", "> ", "> [!NOTE]\n", "---\n", "===\n", "```",
    "~~~", "```python {bad}\n", "```output\n", ":::{rule} r", ":::{note}\n", "::::{fact} f\n", ":::\n", "::::\n", ":id: x\n",
    "|a|b|\n|-|-|\n", "|c|d|\n", ": def\n", "[^1]: foot\n", "<div>\n", "\\", "\x00", "\ufeff", "{#id}", "title: t\n",
    "<!-- vulgate: allow VG306 why -->\n", "*", "_", "[", "](", "<", "`", "\ud7ff", "\U0010ffff",
)  # fmt: skip


def prose() -> st.SearchStrategy[Lines]:
    line = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
    return st.lists(line, min_size=1, max_size=3)


def heading() -> st.SearchStrategy[Lines]:
    return st.builds(
        lambda depth, word, end: [f"{'#' * depth} {word}{end}"],
        st.integers(1, 6),
        st.sampled_from(WORDS),
        st.sampled_from(("", "", " {#id}", " {#Id .x}")),
    )


def fence() -> st.SearchStrategy[Lines]:
    return st.builds(
        lambda mark, info, code, closed: [mark + info, *code, *([mark] if closed else [])],
        st.sampled_from(("```", "````", "~~~")),
        st.sampled_from(INFOS),
        st.lists(st.sampled_from(CODE), max_size=3),
        st.sampled_from((True, True, True, False)),
    )


def table() -> st.SearchStrategy[Lines]:
    cell = st.sampled_from(("x", "`a`", r"\|", "", "é", "[[a]]"))
    return st.lists(st.tuples(cell, cell), max_size=3).map(
        lambda rows: ["| h | k |", "|---|:-:|", *(f"| {a} | {c} |" for a, c in rows)]
    )


def directive(inner: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    return st.builds(
        lambda colons, name, title, options, body, end: [
            f"{':' * colons}{{{name}}}{title}",
            *options,
            *body,
            *end(colons),
        ],
        st.integers(3, 6),
        st.sampled_from(NAMES),
        st.sampled_from(("", " Title", " `a` vs `b`", " A vs B {x}")),
        st.lists(st.sampled_from(OPTIONS), max_size=2),
        inner,
        st.sampled_from((_same_colons, _same_colons, _same_colons, _no_end)),
    )


def _same_colons(count: int) -> Lines:
    return [":" * count]


def _no_end(_: int) -> Lines:
    return []


def within(prefix: str, more: str, lines: Lines) -> Lines:
    return [(more if index else prefix) + line for index, line in enumerate(lines)]


def containers(inner: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    many = st.lists(inner, max_size=3).map(lambda blocks: [line for block in blocks for line in (*block, "")])
    return st.one_of(
        directive(many),
        many.map(lambda lines: within("> ", "> ", lines)),
        many.map(lambda lines: within("> [!TIP]\n> ", "> ", lines)),
        many.map(lambda lines: within("- ", "  ", lines)),
        many.map(lambda lines: within("1. ", "   ", lines)),
        many.map(lambda lines: within("[^1]: ", "    ", lines)),
        many.map(lambda lines: ["term", *within(": ", "  ", lines)]),
    )


FRONT_MATTER: Final = (
    "", "", "---\ntitle: T\n---\n",
    "---\nid: other\nhours: 2\ntags: [a, b]\n---\n", "---\nlevel: no\nx: &a 1\n---\n", "---\ntitle: T\n",
)  # fmt: skip


def documents() -> st.SearchStrategy[bytes]:
    """Documents with structure: every construct of the source format, nested, in each kind of line ends."""
    leaf = st.one_of(
        prose(), heading(), fence(), table(), st.sampled_from((["---"], ["<!-- c -->"], ["<div>", "x", "</div>"]))
    )
    block = st.recursive(leaf, containers, max_leaves=6)
    return st.builds(
        lambda bom, front, blocks, end, last: (
            bom + (front + "\n\n".join("\n".join(block) for block in blocks) + last).replace("\n", end).encode()
        ),
        st.sampled_from((b"", b"", b"\xef\xbb\xbf")),
        st.sampled_from(FRONT_MATTER),
        st.lists(block, max_size=6),
        st.sampled_from(("\n", "\n", "\r\n", "\r")),
        st.sampled_from(("\n", "")),
    )


def heaps() -> st.SearchStrategy[bytes]:
    """Fragments in any order, so that constructs cut each other short."""
    return st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(lambda parts: "".join(parts).encode())


def anything() -> st.SearchStrategy[bytes]:
    """Bytes that need not be text at all."""
    return st.one_of(st.binary(max_size=200), st.builds(lambda heap, at: heap[at:], heaps(), st.integers(0, 3)))
