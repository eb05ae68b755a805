"""The edition for retrieval: all of the book once, in passages of a size, with what a store filters by."""

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vulgate
from tests.build.books import RULE, SMALL, build, codes, run, tree, write
from tests.support import ROOT, compiled, handbook, modest
from vulgate.editions.chunks import ChunksEdition, ChunksOptions
from vulgate.markdown.parser import parse
from vulgate.model.blocks import Example, Status, Verdict
from vulgate.model.plain import Surroundings, plain_passage
from vulgate.model.tokens import count_tokens
from vulgate.search.cutting import is_fence, paragraphs

Lines = list[dict[str, Any]]


def lines(book: vulgate.CompiledBook, **options: Any) -> Lines:
    ((path, data),) = ChunksEdition().render(book, ChunksOptions(**options)).items()
    assert path == f"{book.book.id}.chunks.jsonl"
    return [json.loads(line) for line in data.splitlines()]


def made(root: Path, files: dict[str, str] | str, **options: Any) -> Lines:
    book = compiled(root, files).book
    found = lines(book, **options)
    assert_laws(book, found, options.get("max_tokens", 1000))
    return found


@cache
def schema() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(run("schema", "--of", "chunks").stdout)
    jsonschema.Draft202012Validator.check_schema(value)
    return value


def words(text: str) -> str:
    """A text without white space, which may change at a cut."""
    return re.sub(r"\s+", "", text)


def assert_laws(book: vulgate.CompiledBook, found: Lines, most: int) -> None:
    """Nothing is lost, nothing is there twice, and only what may not be cut is larger than it should be."""
    validator = jsonschema.Draft202012Validator(schema())
    for chunk in found:
        validator.validate(chunk)
        assert chunk["text"].strip()
        assert chunk["tokens"] == count_tokens(chunk["text"])
        assert 0 <= chunk["importance"] <= 1
        assert chunk["tokens"] <= most or is_one_thing(chunk["text"]), chunk["text"]
    assert max(Counter(chunk["id"] for chunk in found).values(), default=1) == 1
    around = plain_around(book)
    for chapter in book.chapters:
        whole = plain_passage(book.authored(chapter.id), around)
        assert words(joined([chunk for chunk in found if chunk["chapter"] == chapter.id])) == words(whole)
        told = {id for chunk in found if chunk["chapter"] == chapter.id for id in chunk["blocks"]}
        missing = [block for block in book.authored(chapter.id) if block.id not in told]
        assert not words(plain_passage(missing, around)) if missing else True


def is_one_thing(text: str) -> bool:
    """Whether a text is one code block, with at most a line that introduces it, or one sentence, row or list item."""
    parts = paragraphs(text)
    if any(map(is_fence, parts)):
        return all(part.strip().endswith(":") or part.startswith("#") for part in parts if not is_fence(part)) and (
            sum(map(is_fence, parts)) == 1
        )
    body = [part for part in parts if not part.startswith("#")]
    return len(body) == 1 and (len(re.findall(r"[.!?]\s+[A-Z]", body[0])) == 0 or body[0].count("\n") <= 3)


def joined(found: Lines) -> str:
    """The texts in order, without the head of a table where it stands over a further piece of it."""
    texts = []
    for before, chunk in pairwise([{"text": "", "blocks": []}, *found]):
        text: str = chunk["text"]
        head = re.match(r"[ \t]*\|[^\n]*\n[ \t]*\|[-:| \t]*\n", text)
        again = head and chunk["blocks"] == before["blocks"] and head[0] in before["text"] + "\n"
        texts.append(text[head.end() :] if head and again else text)
    return "".join(texts)


def plain_around(book: vulgate.CompiledBook) -> Surroundings:
    return Surroundings(
        title=lambda target: book[target].title if target in book else None, href=lambda target: f"vulgate:{target}"
    )


# ------------------------------------------------------------------------------------------------ the handbook


@pytest.mark.parametrize("most", [1000, 256])
def test_the_handbook_is_there_once(most: int) -> None:
    found = lines(handbook().book, max_tokens=most)
    assert_laws(handbook().book, found, most)
    assert len(found) > 1000


def test_fences_are_whole() -> None:
    for chunk in lines(handbook().book, max_tokens=128):
        fences = re.findall(r"^[ \t>]*(`{3,})", chunk["text"], re.MULTILINE)
        assert len(fences) % 2 == 0, chunk["text"]


def test_rules_carry_their_severity() -> None:
    severities = {rule.id: rule.severity for rule in handbook().book.of_kind(vulgate.Rule) if rule.is_authored}
    told = {chunk["chunk"]: chunk["severity"] for chunk in lines(handbook().book) if chunk["kind"] == "rule"}
    assert told == severities


# ------------------------------------------------------------------------------------------------ small books


def test_a_line_says_what_a_store_filters_by(tmp_path: Path) -> None:
    chapter = f"---\npython: '>=3.11'\ntags: [style]\n---\n# One\n\n## Inside\n\nSee [[two]] and [it](https://example.org).\n{RULE}"
    found = made(tmp_path, {"one.md": chapter, "two.md": "# Two\n\nText.\n"})
    prose, rule, _ = found
    assert (prose["id"], prose["kind"], prose["path"]) == ("one/inside/see-and-it", "concept", ["1 One", "1.1 Inside"])
    assert prose["text"] == (
        "# One\n\n*Chapter 1. Python >=3.11.*\n\n## Inside\n\nSee [Two](vulgate:two) and [it](https://example.org)."
    )
    assert prose["links"] == [{"type": "block", "target": "two"}, {"type": "external", "target": "https://example.org"}]
    assert (prose["python"], prose["chapter"], prose["book"]) == (">=3.11", "one", "small")
    assert prose["blocks"] == ["one", "one/inside", "one/inside/see-and-it"]
    assert (rule["id"], rule["kind"], rule["severity"], rule["title"]) == (
        "one/keep-it-short",
        "rule",
        "low",
        "Keep it short",
    )
    assert rule["status"] == "unproven"
    assert len(rule["blocks"]) == 3


def test_links_lead_to_the_web_book(tmp_path: Path) -> None:
    files = {"one.md": "# One\n\nSee [[two/end]].\n", "two.md": "# Two\n\n## End\n"}
    one = made(tmp_path / "a", files)[0]
    assert "[End](vulgate:two/end)" in one["text"]
    one = lines(compiled(tmp_path / "b", files).book, base="https://example.org/b")[0]
    assert "[End](https://example.org/b/two.html#two/end)" in one["text"]


def test_the_worst_verdict_counts(tmp_path: Path) -> None:
    book = compiled(tmp_path, "# One\n\nText.\n\n```python\nprint(1)\n```\n\n```python\nprint(2)\n```\n").book
    verdicts = iter(
        [
            ((Verdict("3.11", Status.PROVEN), Verdict("3.12", Status.PROVEN)), Status.PROVEN),
            ((Verdict("3.11", Status.PROVEN), Verdict("3.12", Status.FAILED, "no")), Status.FAILED),
        ]
    )

    def proven(block: Any) -> Any:
        if not isinstance(block, Example):
            return block
        told, status = next(verdicts)
        return msgspec.structs.replace(block, verdicts=told, status=status)

    (chunk,) = lines(msgspec.structs.replace(book, blocks=tuple(map(proven, book.blocks))))
    assert chunk["status"] == "failed"
    assert chunk["versions"] == {"3.11": "proven", "3.12": "failed"}


def test_a_long_paragraph_is_cut_between_sentences(tmp_path: Path) -> None:
    sentences = [
        f"Sentence {index} says `a. B` and e.g. No. 3 [see. This](https://example.org/{index})." for index in range(40)
    ]
    found = made(tmp_path, f"# One\n\n## Inside\n\n{' '.join(sentences)}\n", max_tokens=100)
    assert len(found) > 5
    assert found[0]["text"].startswith("# One\n\n")
    first = found[0]["id"]
    assert [chunk["id"] for chunk in found] == [first, *(f"{first}#{number}" for number in range(2, len(found) + 1))]
    told = [sentence for chunk in found for sentence in sentences if sentence in " ".join(chunk["text"].split())]
    assert told == sentences


def test_a_long_table_keeps_its_head(tmp_path: Path) -> None:
    rows = "".join(f"| {index} | {'word ' * 10} |\n" for index in range(40))
    found = made(tmp_path, f"# One\n\n| number | words |\n|---|---|\n{rows}", max_tokens=200)
    tables = [chunk["text"] for chunk in found if "| " in chunk["text"]]
    assert len(tables) > 3
    assert all("| number | words |\n|---|---|\n| " in text for text in tables)
    assert [sum(text.count(f"| {index} |") for text in tables) for index in range(40)] == [1] * 40


def test_code_longer_than_a_chunk_stays_whole(tmp_path: Path) -> None:
    code = "".join(f"value_{index} = {index}\n" for index in range(300))
    found = made(tmp_path, f"# One\n\nBefore it.\n\n```python\n{code}```\n\nAfter it.\n", max_tokens=100)
    (chunk,) = [chunk for chunk in found if "value_0 " in chunk["text"]]
    assert code in chunk["text"]
    assert chunk["tokens"] > 100


def test_a_chunk_keeps_its_digest_when_others_change(tmp_path: Path) -> None:
    first = made(tmp_path / "a", "# One\n\nText.\n\n## Inside\n\nOld.\n")
    second = made(tmp_path / "b", "# One\n\nText.\n\n## Inside\n\nNew words.\n")
    assert [chunk["digest"] for chunk in first][:1] == [chunk["digest"] for chunk in second][:1]
    assert first[-1]["digest"] != second[-1]["digest"]


def test_an_empty_chapter_has_its_title(tmp_path: Path) -> None:
    assert [chunk["text"] for chunk in made(tmp_path, {"a.md": "", "b.md": "# B\n"})] == [
        "# A\n\n*Chapter 1.*",
        "# B\n\n*Chapter 2.*",
    ]


PARTS: Final = st.sampled_from(
    [
        "## Heading\n",
        "### Deeper\n",
        "# Another\n",
        "A sentence. " * 30,
        "Short.\n",
        "```python\nprint(1)\n```\n",
        "~~~\n" + "long line\n" * 60 + "~~~\n",
        "| a | b |\n|---|---|\n" + "| 1 | two words |\n" * 30,
        "* item one. With two sentences.\n* item two\n\n  ```sh\n  ls\n  ```\n" * 6,
        "> quoted. And more of it.\n" * 12,
        RULE,
        ":::{note}\nAn aside: " + "it goes on. " * 40 + "\n:::\n",
        "<!-- vulgate: asked what is it -->\n",
        "<!-- a comment -->\n",
        "    indented code\n",
        "unclosed `span. And [link. " * 10,
        "\u51fd\u6570\u3002" * 40,
        "\r\n",
    ]
)


@modest(80)
@given(parts=st.lists(PARTS | st.text(max_size=60), max_size=12), most=st.integers(64, 400))
def test_nothing_is_lost_of_any_chapter(parts: list[str], most: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "\n".join(parts).encode("utf-8", "replace")
    folder = tmp_path_factory.mktemp("book")
    (folder / "a.md").write_bytes(b"# A\n\n" + text)
    book = vulgate.compile_book(vulgate.open_book(folder)).book
    found = lines(book, max_tokens=most)
    whole = plain_passage(book.authored(book.chapters[0].id), plain_around(book))
    assert words(joined(found)) == words(whole)
    assert max(Counter(chunk["id"] for chunk in found).values(), default=1) == 1
    for chunk in found:
        assert parse(chunk["text"].encode()).root


# ------------------------------------------------------------------------------------------------ building


def test_it_is_written_when_asked_for_and_again(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    assert "small.chunks.jsonl" not in tree(build(tmp_path).folder)
    for text in ("First", "Second"):
        write(tmp_path, {"one.md": f"# One\n\n{text}.\n\n## Inside\n"})
        done = run("build", str(tmp_path), "--edition", "chunks")
        assert done.exit_code == 0, done.output
        assert text in tree(tmp_path / "dist")["small.chunks.jsonl"].decode()


@pytest.mark.parametrize("value", ["0", "-5", "63", '"many"'])
def test_a_size_that_is_none_is_told(value: str, tmp_path: Path) -> None:
    manifest = f'[book]\ntitle = "Small"\nchapters = ["one.md", "two.md"]\n[editions.chunks]\nmax_tokens = {value}\n'
    write(tmp_path, {**SMALL, "vulgate.toml": manifest})
    assert codes(build(tmp_path, editions=("chunks",)).diagnostics) == ["VG105"]


def test_the_way_into_a_vector_store_that_the_documentation_shows(tmp_path: Path) -> None:
    if importlib.util.find_spec("qdrant_client") is None:
        pytest.skip("qdrant-client is not installed")
    page = (ROOT / "docs" / "rag.md").read_bytes().decode()
    found = re.search(r"```python\n(import json.*?)```\n\n```text\n(.*?)```", page, re.DOTALL)
    assert found
    run("init", str(tmp_path / "mybook"))
    build(tmp_path / "mybook", editions=("chunks",))
    done = subprocess.run([sys.executable, "-c", found[1]], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.stdout, done.returncode) == (found[2], 0), done.stderr
