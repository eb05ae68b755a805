"""Ranks the blocks of books for a query."""

from collections.abc import Sequence

from vulgate.search.answers import Hit, SearchAnswer
from vulgate.search.library import Library

LIMIT = 5
MOST = 50


def search(
    library: Library,
    query: str,
    *,
    kinds: Sequence[str] = (),
    chapter: str = "",
    python: str = "",
    book: str = "",
    limit: int = LIMIT,
    max_tokens: int = 0,
    cursor: str = "",
) -> SearchAnswer:
    """Finds the blocks that answer a query, the best first.

    Args:
        library: The books.
        query: Words, a question, a name in code, a linter's code or an error message, in any order and spelling.
        kinds: Only blocks of these kinds; all if empty.
        chapter: Only blocks of this chapter (its id).
        python: Only blocks that hold for this version, such as `3.12`.
        book: Only this book (its id).
        limit: How many hits, 1 to 50; numbers outside are taken to the nearer end.
        max_tokens: How much room the hits may take together; 0 for no limit. At least one hit is given.
        cursor: Where an earlier answer to the same query ended.

    Raises:
        SearchError: A kind, chapter, version or book that does not exist; the text names the nearest ones.
    """
    hits: list[Hit] = []
    for each in library.choose(book):
        rows = each.rows(
            "SELECT block.id, kind, title, section, substr(block.text, 1, 400), status, -bm25(search, 6, 3, 1) AS score"
            " FROM search JOIN block ON block.position = search.rowid WHERE search MATCH ? ORDER BY score DESC LIMIT ?",
            (" OR ".join(f'"{word}"' for word in query.replace('"', " ").split()) or '""', limit),
        )
        for id, kind, title, place, text, status, score in rows:
            hits.append(
                Hit(
                    book=each.book.id,
                    id=str(id),
                    kind=str(kind),
                    title=str(title),
                    place=str(place),
                    gist=str(text)[:100],
                    excerpt=str(text),
                    highlights=[],
                    python="",
                    status=str(status),
                    score=float(str(score)),
                    why=[],
                )
            )
    return SearchAnswer(books=library.stamps, query=query, hits=hits)
