"""Reads the SSM of the old compiler: `::: kind`, a header of `key: value` lines, `:::`, a body, `:::`."""

import re
from collections import Counter
from typing import Final

from vulgate.source.rescue.heap import languages
from vulgate.source.rescue.passages import Edition, Passage, Snippet, letters

_BLOCK: Final = re.compile(
    r"^::: (?P<kind>[a-z][\w-]*)\n(?P<head>(?:(?!:::)[^\n]*\n)*?):::\n(?:(?P<body>(?!::: )(?:(?!:::$)[^\n]*\n)*?):::\n)?",
    re.MULTILINE,
)
_KEY: Final = re.compile(r"^(\w+): ?(.*)$", re.MULTILINE)
_PROSE: Final = ("concept", "table")
_COPIES: Final = (
    "fact",
    "term",
    "pattern",
    "antipattern",
    "common-mistake",
    "constraint",
    "contrast",
    "rationale",
    "role-note",
)
"""Kinds that repeat what the prose says, or should: what it does not say is kept."""
_CODE: Final = ("example", "code-pattern", "diagram")


def read_ssm(text: str) -> Edition:
    """Reads an SSM file.

    Args:
        text: The file, in its right encoding.
    """
    passages: list[Passage] = []
    snippets: list[Snippet] = []
    titles: dict[str, tuple[str, str]] = {}
    dropped: Counter[str] = Counter()
    copies: list[tuple[str, Passage]] = []
    title, chapter = "Book", ""
    line, at = 1, 0
    for match in _BLOCK.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        head = dict(_KEY.findall(match["head"]))
        kind, body = match["kind"], (match["body"] or "").strip("\n")
        number = line + match[0].count("\n", 0, match.start("body") - match.start()) if match["body"] else line
        if kind == "chapter-meta":
            titles[head.get("code", "")] = head.get("number", ""), head.get("title", "")
        elif kind == "ssm-meta":
            title = head.get("title", "").strip("\"' ") or title
        elif kind in _PROSE and body:
            if head.get("chapter", "") in titles and head["chapter"] != chapter:
                chapter = head["chapter"]
                passages.append(Passage("📘 CHAPTER {} — {}".format(*titles[chapter]), number, chapter, is_head=True))
            passages.append(Passage(body, number, chapter))
        elif kind in _CODE and body.strip():
            language = languages(body)
            snippets.append(Snippet(body + "\n", number, language, kind, head.get("chapter", "")))
        elif kind in _COPIES and body.strip():
            copies.append((kind, Passage(body, number, head.get("chapter", ""))))
        else:
            dropped[kind] += 1
    whole = "\n".join(letters(passage.text) for passage in passages)
    for kind, passage in copies:
        if letters(passage.text) in whole:
            dropped[f"{kind} that the prose says already"] += 1
        else:
            passages.append(passage)
    return Edition(title, tuple(passages), tuple(snippets), 0, dict(dropped))
