"""The Cursor edition: plain Markdown that any reader understands, whole, with links that lead somewhere."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import vulgate
from tests.build.books import RULE, SMALL, build, run, tree, write
from tests.support import BUNDLED, handbook
from vulgate.editions.base import NoOptions
from vulgate.editions.cursor import CursorEdition
from vulgate.markdown import nodes as n
from vulgate.markdown.parser import parse

OPTIONS: Final = ("Use when: ", "Avoid when: ", "Fix: ", "**")
"""How lines begin that hold a title or an option."""


@cache
def bundled() -> vulgate.CompiledBook:
    return handbook().book


@cache
def edition() -> str:
    return CursorEdition().render(bundled(), NoOptions())["python.cursor.md"].decode()


@cache
def prose(text: str, *, masked: tuple[type[n.Node], ...] = (n.CodeBlock, n.InlineCode)) -> str:
    """Markdown without its code blocks and code spans."""
    data = bytearray(text.encode())
    stack: list[n.Node] = [parse(text.encode()).root]
    while stack:
        node = stack.pop()
        if isinstance(node, masked):
            data[node.start : node.end] = re.sub(rb"[^\n]", b" ", data[node.start : node.end])
        stack.extend(getattr(node, "children", ()))
    return data.decode()


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", prose(text, masked=(n.CodeBlock,)), re.MULTILINE)


def heading_slug(text: str) -> str:
    """The anchor that GitHub and VS Code give a heading."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def assert_links_lead_somewhere(text: str) -> int:
    anchors = set(re.findall(r'<a id="([^"]+)">', text))
    seen: Counter[str] = Counter()
    for heading in headings(text):
        slug = heading_slug(heading)
        anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    targets = re.findall(r"\]\(#([^)\s]*)\)", prose(text))
    assert [target for target in targets if target not in anchors] == []
    return len(targets)


# ------------------------------------------------------------------------------------------------ the bundled book


def test_no_directive_syntax_is_left() -> None:
    assert not re.findall(r"^[ \t>]*:{3,}.*$", prose(edition()), re.MULTILINE)
    assert not re.findall(r"^[ \t>]*:[a-z-]+:(?: |$).*", prose(edition()), re.MULTILINE)


def test_no_attributes_are_left() -> None:
    assert not re.findall(r"^[ \t>]*(?:`{3,}|~{3,}).*\{.*$", edition(), re.MULTILINE)
    assert not re.findall(r"^#+ .*\{[#.].*\}[ \t]*$", prose(edition()), re.MULTILINE)


def test_no_references_by_id_are_left() -> None:
    lines = [line for line in prose(edition()).splitlines() if not line.lstrip(" >").startswith(OPTIONS)]
    assert len(lines) > 1000
    assert [line for line in lines if re.search(r"\[\[[^\]]*\]\]", line)] == []


@pytest.mark.parametrize(
    "block",
    [
        ":::{pattern} P\n:use-when: see [[two]]\n\nText.\n:::\n",
        ":::{pattern} P\n:avoid-when: see [[two]]\n\nText.\n:::\n",
        ":::{note} See [[two]]\nText.\n:::\n",
        RULE.replace("Cut it.", "Cut it, see [[two]]."),
    ],
    ids=["use-when", "avoid-when", "title", "fix"],
)
def test_no_references_by_id_are_left_in_titles_and_options(block: str, tmp_path: Path) -> None:
    write(tmp_path, {**SMALL, "one.md": f"# One\n\n## Inside\n\n{block}"})
    assert "[[" not in cursor(tmp_path)


def test_every_link_leads_somewhere() -> None:
    assert assert_links_lead_somewhere(edition()) > 0


def test_each_anchor_stands_there_once() -> None:
    anchors = re.findall(r'<a id="([^"]+)">', edition())
    assert anchors
    assert max(Counter(anchors).values()) == 1


def test_each_long_paragraph_stands_there_once() -> None:
    paragraphs = Counter(
        " ".join(text.split()) for text in re.split(r"\n\s*\n", prose(edition())) if len(text.strip()) > 150
    )
    assert len(paragraphs) > 100
    sources = Counter(
        " ".join(text.split())
        for chapter in BUNDLED.glob("*.md")
        for text in re.split(r"\n\s*\n", chapter.read_bytes().decode())
    )
    # What several rules rest on is named, and linked, under each of them.
    told = {text: count for text, count in paragraphs.items() if not text.startswith("Because: [")}
    assert {text: count for text, count in told.items() if count > max(1, sources[text])} == {}


def test_all_code_is_there() -> None:
    text = edition()
    lines = set(text.splitlines())  # what stands in no list and no quote is found here, and soon
    code = {line for example in bundled().of_kind(vulgate.Example) for line in example.code.splitlines()}
    assert [line for line in code - lines if line not in text] == []
    assert len(code) > 1000


def test_each_chapter_and_section_has_its_heading() -> None:
    found = {heading_slug(text) for text in headings(edition())}
    titles = [block for block in bundled().blocks if isinstance(block, (vulgate.Chapter, vulgate.Section))]
    assert [block.title for block in titles if heading_slug(block.title) not in found] == []


def test_bad_and_good_are_labelled() -> None:
    text = edition()
    rules = [rule for rule in bundled().of_kind(vulgate.Rule) if rule.is_authored]
    assert rules
    assert len(re.findall(r"^[ >]*Bad\b.*:$", text, re.MULTILINE)) >= sum(len(rule.bad) for rule in rules) > 0
    assert len(re.findall(r"^[ >]*Good\b.*:$", text, re.MULTILINE)) >= sum(len(rule.good) for rule in rules) > 0
    label = re.compile(r"Bad\b[^\n]*:\n\s*[`~]{3}[^\n]*\n *$")
    for example in bundled().of_kind(vulgate.Example):
        if example.fence.role == "bad" and example.code.strip() and example.code in text:
            places = [match.start() for match in re.finditer(re.escape(example.code), text)]
            assert any(label.search(text[max(0, place - 400) : place]) for place in places), example.id


# ------------------------------------------------------------------------------------------------ small books


def cursor(folder: Path) -> str:
    return next(data.decode() for path, data in tree(build(folder).folder).items() if path.endswith(".cursor.md"))


def test_the_book_of_init(tmp_path: Path) -> None:
    run("init", str(tmp_path / "book"))
    text = cursor(tmp_path / "book")
    assert ":::" not in prose(text)
    assert "[[" not in prose(text)
    assert assert_links_lead_somewhere(text) >= 3


def test_links_to_chapters_with_one_title_lead_to_each(tmp_path: Path) -> None:
    chapter = "# C++ & Rust: `x`\n\nSee [a](a.md) and [b](b.md).\n"
    manifest = '[book]\ntitle = "T"\nchapters = ["a.md", "b.md"]\n'
    text = cursor(write(tmp_path, {"vulgate.toml": manifest, "a.md": chapter, "b.md": chapter}))
    first, second = re.findall(r"\]\(#([^)]*)\)", text)[:2]
    assert first != second
    assert_links_lead_somewhere(text)


@pytest.mark.parametrize(
    "block",
    [
        "::::{rule} R\n:id: outer\n:severity: low\n:detect: review\n\nWhy.\n\n:::{note} N\n:id: x\nText.\n:::\n::::\n",
        "1. item\n\n   :::{note} N\n   :id: x\n   Text.\n   :::\n",
        "> :::{note} N\n> :id: x\n> Text.\n> :::\n",
        ":::{note} N\n:id: x\nText.\n:::\n",
        "## Heading {#x}\n",
        '## Heading `x`, "y" & z {#x}\n\n### x\n\n## x\n',
    ],
    ids=["nested", "list", "quote", "plain", "heading", "headings"],
)
def test_links_to_blocks_lead_somewhere(block: str, tmp_path: Path) -> None:
    write(tmp_path, {**SMALL, "one.md": f"# One\n\n[here](#x) and [[one/x]]\n\n{block}", "two.md": "# Two\n\n[[x]]\n"})
    text = cursor(tmp_path)
    assert assert_links_lead_somewhere(text) >= 3
    assert ":::" not in text


def test_other_line_ends(tmp_path: Path) -> None:
    for end in ("\n", "\r\n"):
        write(tmp_path, {**SMALL, "one.md": f"# One\n\n## Inside {{#inside}}\n{RULE}".replace("\n", end)})
        text = cursor(tmp_path)
        assert ":::" not in text
        assert ":severity:" not in text
        assert not re.search(r"^[`~]{3}.*\{|^#.*\{#", text, re.MULTILINE)
        assert "Bad (raises `TypeError`):" in text
        assert assert_links_lead_somewhere(text) >= 1


def test_code_is_left_alone(tmp_path: Path) -> None:
    code = "```bash\n[[ -f x ]]\n:::{note}\n:id: x\n# Heading {#x}\n```\n\nA span `[[ x ]]` and `:::`.\n"
    text = cursor(write(tmp_path, {**SMALL, "one.md": f"# One\n\n## Inside\n\n{code}"}))
    assert code in text
