"""`search`: what is found, in which order, how it is spread, filtered, shown and paged."""

import sqlite3
from pathlib import Path

import pytest

import vulgate
from tests.search.shop import opened
from vulgate.model.tokens import count_tokens
from vulgate.search import lexical, semantic
from vulgate.search.answers import SearchError
from vulgate.search.excerpts import EXCERPT, excerpt, gist, highlights, units
from vulgate.search.library import Library
from vulgate.search.query import parse
from vulgate.search.ranking import MOST, search
from vulgate.search.synonyms import synonyms

MUTABLE = "functions/no-mutable-default"


def top(library: Library, query: str, **options: object) -> list[str]:
    return [hit.id for hit in search(library, query, **options).hits]  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ finding, in the handbook


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ("why does my default list keep growing", MUTABLE),
        ("B006", MUTABLE),
        ("mutible defualt argumnet", MUTABLE),
        ("function remembers items from the last call", MUTABLE),
        ("functools.lru_cache unhashable arguments", "functions/lru-cache-needs-hashable"),
        ("lru cache unhashable arguments", "functions/lru-cache-needs-hashable"),
        ("UnboundLocalError: cannot access local variable 'total'", "functions/no-read-before-local-assignment"),
        ("unbound local error", "functions/no-read-before-local-assignment"),
        ("__slots__", "classes/slots-rules"),
        ("threads or asyncio for 10,000 sockets?", "concurrency/threads-or-asyncio"),
        ("*args vs **kwargs", "functions/args-vs-kwargs"),
    ],
)
def test_people_find_their_block(handbook: Library, query: str, id: str) -> None:
    assert id in top(handbook, query)


def test_different_queries_have_different_first_hits(handbook: Library) -> None:
    rows = handbook.books[0].rows("SELECT title FROM block WHERE kind = 'fact' ORDER BY id LIMIT 60")
    first = [top(handbook, str(title), limit=1)[0] for (title,) in rows]
    assert len(set(first)) >= 0.9 * len(first)


def test_a_fact_lifts_the_rule_that_rests_on_it(handbook: Library) -> None:
    hits = search(handbook, "a default value is created once when def runs", limit=10).hits
    rule = next(hit for hit in hits if hit.id == MUTABLE)
    assert any("functions/default-evaluated-once leads to it" in why for why in rule.why)


# ------------------------------------------------------------------------------------------------ what a hit says


def test_a_hit_says_what_where_and_whether_it_is_proven(shop: Library) -> None:
    hit = search(shop, "mutable default").hits[0]
    assert (hit.book, hit.id, hit.kind) == ("shop", MUTABLE, "rule")
    assert hit.title == hit.gist == "Never use a mutable default value"
    assert hit.place.startswith("1 Functions > ")
    assert hit.status == "unproven"
    assert hit.score == 1.0
    assert {"mutable", "default"} <= {word.lower() for word in hit.why}
    assert [hit.excerpt[start:end].lower() for start, end in hit.highlights][:1] == ["default"]


def test_every_answer_says_which_copy_answered(both: Library) -> None:
    answer = search(both, "default")
    assert [stamp.id for stamp in answer.books] == [each.book.id for each in both.books]
    assert all(stamp.digest and stamp.built and stamp.version == vulgate.__version__ for stamp in answer.books)


def test_excerpts_keep_their_budget_and_whole_fences(handbook: Library) -> None:
    for query in (
        "retry with backoff",
        "decorator with arguments",
        "pitfalls table",
        "generator pipeline",
        "metaclass",
    ):
        for hit in search(handbook, query, limit=20).hits:
            assert count_tokens(hit.excerpt) <= EXCERPT + 12, hit.id  # what closes a fence that was cut
            assert hit.excerpt.count("```") % 2 == 0, hit.excerpt
            assert ":::" not in hit.excerpt
            assert ":asked:" not in hit.excerpt


def test_no_more_than_two_hits_of_a_section_and_none_twice(handbook: Library) -> None:
    for query in ("default argument", "asyncio", "import", "test"):
        hits = search(handbook, query, limit=MOST).hits
        places = [hit.place for hit in hits]
        assert max(map(places.count, places)) <= 2
        assert len({hit.id for hit in hits}) == len(hits)


# ------------------------------------------------------------------------------------------------ filters


def test_kinds(handbook: Library) -> None:
    hits = search(handbook, "default value", kinds=["rule", "facts"], limit=20).hits
    assert {hit.kind for hit in hits} == {"rule", "fact"}


@pytest.mark.parametrize("chapter", ["functions", "6", "Functions", "functions.md"])
def test_a_chapter_by_id_number_title_or_file(handbook: Library, chapter: str) -> None:
    assert {id.partition("/")[0] for id in top(handbook, "default", chapter=chapter, limit=20)} == {"functions"}


def test_what_does_not_hold_for_a_version_is_left_out(handbook: Library) -> None:
    new = "functions/partial-314"
    assert new in top(handbook, "Placeholder partial", limit=20)
    assert new in top(handbook, "Placeholder partial", python="3.14", limit=20)
    assert new not in top(handbook, "Placeholder partial", python="3.12", limit=20)


def test_several_books(both: Library) -> None:
    found = {hit.book for hit in search(both, "default value", limit=MOST).hits}
    assert found == {each.book.id for each in both.books}
    assert {hit.book for hit in search(both, "default value", book="shop").hits} == {"shop"}


def test_filters_that_leave_nothing_say_so(shop: Library) -> None:
    answer = search(shop, "default", kinds=["diagram"])
    assert answer.hits == []
    assert any("filters" in note for note in answer.notes)


# ------------------------------------------------------------------------------------------------ pages and budgets


def test_pages_join_to_the_whole(handbook: Library) -> None:
    whole = top(handbook, "exception", limit=9)
    joined: list[str] = []
    cursor = ""
    for _ in range(3):
        answer = search(handbook, "exception", limit=3, cursor=cursor)
        joined += [hit.id for hit in answer.hits]
        cursor = answer.cursor
        assert answer.truncated is bool(cursor)
    assert joined == whole


def test_a_budget_gives_one_hit_at_least(handbook: Library) -> None:
    assert len(search(handbook, "exception", limit=10, max_tokens=1).hits) == 1
    few = search(handbook, "exception", limit=10, max_tokens=600)
    assert 1 <= len(few.hits) < 10
    assert few.cursor


@pytest.mark.parametrize(("limit", "given"), [(-5, 1), (0, 1), (10**9, MOST)])
def test_limits_outside_are_taken_to_the_nearer_end(handbook: Library, limit: int, given: int) -> None:
    assert len(top(handbook, "exception", limit=limit)) == given


# ------------------------------------------------------------------------------------------------ spelling


def test_a_mended_query_says_so(shop: Library) -> None:
    answer = search(shop, "mutible defualt")
    assert answer.query == "mutable default"
    assert answer.notes == ["searched for: mutable default"]


def test_words_of_ones_own_and_plain_english_are_left_alone(shop: Library) -> None:
    for query in ("cannot access 'defualt'", "stuff", "x1", "totally"):
        assert search(shop, query).query == query


def test_other_names_of_a_term_count_too(shop: Library) -> None:
    book = shop.books[0]
    assert synonyms(book, parse("what is a marker?")) == ["sentinel"]
    assert synonyms(book, parse("sentinel or marker")) == []
    assert synonyms(book, parse("markers")) == []
    assert "functions/sentinels/a-sentinel-tells-that-nothing-was" in top(shop, "marker", limit=10)


# ------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    "query",
    [
        *(
            '"',
            "default OR",
            "NEAR(default)",
            "default*",
            "-default",
            "default AND NOT",
            "title:default",
            "{",
            "^default",
            "(",
        ),
        *(
            "\\",
            "ошибка",
            "错误 default",
            "🦆 default",
            "a\0b",
            "\x1b[31mdefault",
            "\ud800default",
            "'; DROP TABLE block; --",
        ),
    ],
)
def test_no_query_breaks_it(shop: Library, query: str) -> None:
    try:
        search(shop, query)
    except SearchError as error:
        assert "no words" in str(error)


@pytest.mark.parametrize("query", ["", "   ", "?!", "\n\t"])
def test_an_empty_query_is_told_what_to_ask(shop: Library, query: str) -> None:
    with pytest.raises(SearchError, match="the query has no words"):
        search(shop, query)


def test_a_megabyte_is_cut_and_said_to_be(shop: Library) -> None:
    answer = search(shop, "default " * 130_000)
    assert answer.hits
    assert any("2,000 characters" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kinds": ["ruls"]}, "no kind 'ruls'; did you mean `rule`"),
        ({"chapter": "functons"}, "no chapter 'functons'; did you mean `functions`"),
        ({"python": "three"}, "is no version of Python; write one such as 3.12"),
        ({"book": "shpo"}, "no book 'shpo' is open; did you mean `shop`"),
        ({"cursor": "; DROP"}, "the cursor is damaged"),
        ({"cursor": "after-99999999999999"}, "the cursor is damaged"),
    ],
)
def test_what_is_wrong_is_named_with_the_nearest_right(shop: Library, options: dict[str, object], message: str) -> None:
    with pytest.raises(SearchError, match=message.replace("(", r"\(")):
        search(shop, "default", **options)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ by meaning


def _changed(file: Path, to: Path, sql: str) -> Library:
    to.write_bytes(file.read_bytes())
    with sqlite3.connect(to) as connection:
        connection.execute(sql)
    connection.close()
    return Library.open([to])


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("DELETE FROM vector", "holds no word vectors"),
        ("UPDATE vector SET model = 'other'", "another version"),
        ("UPDATE vector SET data = substr(data, 5)", "damaged"),
        ("UPDATE vector SET data = zeroblob(length(data))", "damaged, or its words are not English"),
    ],
)
def test_without_its_vectors_a_book_is_searched_by_words_and_says_so(
    shop: Library, tmp_path: Path, sql: str, fault: str
) -> None:
    with _changed(shop.books[0].path, tmp_path / "shop.sqlite", sql) as library:
        answer = search(library, "mutable default")
        assert answer.hits[0].id == MUTABLE
        assert any(fault in note and "words alone" in note for note in answer.notes)


def test_the_first_query_and_the_next_ones_rank_alike(
    handbook: Library, handbook_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handbook_book = handbook.books[0]
    with Library.open([handbook_file]) as fresh:
        first = semantic.rank(fresh.books[0], ["default", "list", "growing"], 20)
        assert semantic.rank(fresh.books[0], ["default", "list", "growing"], 20) == first
        assert len(first) == 20
    monkeypatch.setattr(semantic.importlib.util, "find_spec", lambda name: None)  # where numpy is not installed
    assert semantic.rank(handbook_book, ["default", "list", "growing"], 20) == first


def test_in_a_large_book_the_rarest_words_count(handbook: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    book = handbook.books[0]
    all_terms = lexical.rank(book, ["lru_cache", "function"], 400)
    monkeypatch.setattr(lexical, "LEADING", 50)
    rare = lexical.rank(book, ["lru_cache", "function"], 400)
    assert 0 < len(rare) < len(all_terms)
    assert {position for position, _ in rare} == {position for position, _ in lexical.rank(book, ["lru_cache"], 400)}


# ------------------------------------------------------------------------------------------------ showing


def test_units_keep_fences_and_lose_nothing_but_empty_lines() -> None:
    text = "One\ntwo\n\n```python\na = 1\n\nb = 2\n```\nthree\n\n~~~\n```\n~~~\n"
    assert units(text) == ["One\ntwo", "```python\na = 1\n\nb = 2\n```", "three", "~~~\n```\n~~~"]


def test_an_excerpt_of_a_table_keeps_its_head_and_the_row(tmp_path: Path) -> None:
    rows = "".join(f"| case {number} | filler text of no use to anybody at all |\n" for number in range(60))
    files = {
        "vulgate.toml": '[book]\nid = "t"\ntitle = "T"\nchapters = ["a.md"]\n',
        "a.md": f"# A\n\n| what | why |\n|---|---|\n{rows}| zebra | stripes |\n",
    }
    with opened(tmp_path, files) as library:
        hit = search(library, "zebra stripes").hits[0]
    assert hit.excerpt.startswith("| what | why |\n|---|---|\n")
    assert "| zebra | stripes |" in hit.excerpt
    assert count_tokens(hit.excerpt) <= EXCERPT


def test_highlights_find_other_forms_of_a_word() -> None:
    text = "Caching is cached; a cat is not."
    assert [text[start:end] for start, end in highlights(text, ["cache"])] == ["Caching", "cached"]


def test_gists(handbook: Library) -> None:
    book = handbook.books[0]
    said = {
        block.id: gist(block)
        for block in book.blocks(
            "chapter = 'functions' AND parent = '' AND kind IN ('rule', 'fact', 'qa', 'term', 'quick', 'table')"
        )
    }
    assert said["functions/args-vs-kwargs"].startswith("In a definition")
    assert said["functions/no-mutable-default"] == "Never use a mutable default value"
    assert all(said.values()), [id for id, text in said.items() if not text]


def test_an_excerpt_of_nothing_is_empty() -> None:
    block = vulgate.Concept(id="a", text="", span=vulgate.Span("a.md", 1, 1, 0, 0))
    assert excerpt(block, ["word"]) == ""


def test_an_excerpt_explains_before_it_shows_and_says_what_a_fence_is(shop: Library) -> None:
    block = shop.books[0].block(MUTABLE)
    assert block is not None
    text = excerpt(block, ["append"])
    assert text.startswith("The default is shared by all calls.")
    assert "Bad:\n\n```python\ndef add(item, into=[]):" in text


def test_no_excerpt_gives_an_exercise_or_a_detector_away(handbook: Library) -> None:
    book = handbook.books[0]
    exercise, rule = book.block("functions/exercise-retry"), book.block("error-handling/swallowed-cancel")
    assert exercise is not None
    assert rule is not None
    assert not {"Solution:", "Test:"} & set(excerpt(exercise, ["attempts", "delay"], 2000).split("\n"))
    assert "Detector:" not in excerpt(rule, ["pattern", "kind", "has"], 2000)


def test_the_full_text_is_asked_for_other_names_too(shop: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(lexical, "rank", lambda book, terms, limit: asked.extend(terms) or [])
    search(shop, "marker")
    assert asked == ["marker", "sentinel"]
