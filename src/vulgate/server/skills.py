"""The chapters of the books as Agent Skills over MCP (the extension `io.modelcontextprotocol/skills`, SEP-2640).

A skill is a folder: `skill://BOOK/NAME/SKILL.md`, which says what the chapter's rules are and where what stands, and
`references/chapter.md`, the chapter itself. Every file is listed with its size and digest.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.context import ServerRequestContext
from mcp.server.extension import Extension, MethodBinding
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, PaginatedRequestParams, RequestParams

from vulgate.model.blocks import Chapter, Rule, Section
from vulgate.model.findings import SEVERITIES
from vulgate.model.tokens import count_tokens
from vulgate.search import reading
from vulgate.search.answers import SearchError
from vulgate.search.library import Library, OpenBook
from vulgate.server.rendering import stamp
from vulgate.server.resources import chapters_of
from vulgate.server.shelf import Mark, Shelf

PAGE: Final = 50
"""Skills in one answer."""
DESCRIPTION: Final = 250
"""Characters of a description: clients give all skills together about 8,000."""
NAME: Final = 64
"""Characters of a name, as the format has it."""
BODY: Final = 4_500
"""Tokens of a SKILL.md; the format's advice is to stay below 5,000."""
DIRECTORY: Final = "inode/directory"
MARKDOWN: Final = "text/markdown"
_FRESH_MS: Final = 60_000
_MARKUP: Final = re.compile(r"[*`]|\[\[|\]\]")


class GetSkillParams(RequestParams):
    """What `skills/get` is asked."""

    uri: str


class ReadDirectoryParams(PaginatedRequestParams):
    """What `resources/directory/read` is asked."""

    uri: str


@dataclass(frozen=True)
class Skill:
    """One chapter as a skill.

    Attributes:
        root: Address of its folder.
        name: Its name, which is the folder's.
        description: What is in it, and when to use it.
        files: Texts by path in the folder, SKILL.md first.
    """

    root: str
    name: str
    description: str
    files: dict[str, str]

    @property
    def entry(self) -> dict[str, Any]:
        """What lists say of it."""
        files = [
            {
                "uri": f"{self.root}/{path}",
                "digest": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
                "size": len(text.encode()),
            }
            for path, text in self.files.items()
        ]
        frontmatter = {"name": self.name, "description": self.description}
        return {"uri": f"{self.root}/SKILL.md", "frontmatter": frontmatter, "resources": files}


class Skills(Extension):
    """The extension: lists of skills, their entries, and the folders that they are.

    Args:
        shelf: The books.
    """

    identifier = "io.modelcontextprotocol/skills"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._made: tuple[Mark, dict[str, Skill]] | None = None

    def settings(self) -> dict[str, Any]:
        """That folders can be read."""
        return {"directoryRead": True}

    def methods(self) -> Sequence[MethodBinding]:
        """The methods of the extension."""
        return (
            MethodBinding("skills/list", PaginatedRequestParams, self._list),
            MethodBinding("skills/get", GetSkillParams, self._get),
            MethodBinding("resources/directory/read", ReadDirectoryParams, self._directory),
        )

    async def all(self) -> dict[str, Skill]:
        """The skills by the address of their folder, as the books are now.

        Raises:
            SearchError: A book cannot be read.
        """
        return await anyio.to_thread.run_sync(self._all)

    def _all(self) -> dict[str, Skill]:
        with self._shelf.library() as library:
            mark = self._shelf.mark()
            if self._made is None or self._made[0] != mark:
                skills = [skill for book in library.books for skill in skills_of(library, book)]
                self._made = (mark, {skill.root: skill for skill in skills})
            return self._made[1]

    async def _list(self, ctx: ServerRequestContext[Any, Any], params: PaginatedRequestParams) -> dict[str, Any]:
        skills = list((await self._found()).values())
        start = _start(params.cursor, len(skills))
        result: dict[str, Any] = {"skills": [skill.entry for skill in skills[start : start + PAGE]], **_cached()}
        return result | _next(start, len(skills))

    async def _get(self, ctx: ServerRequestContext[Any, Any], params: GetSkillParams) -> dict[str, Any]:
        skill = (await self._found()).get(params.uri.removesuffix("/SKILL.md"))
        if skill is None or not params.uri.endswith("/SKILL.md"):
            raise _unknown(params.uri, "`skills/list` names the skills")
        return {"skill": skill.entry, **_cached()}

    async def _directory(self, ctx: ServerRequestContext[Any, Any], params: ReadDirectoryParams) -> dict[str, Any]:
        folder = params.uri.rstrip("/")
        paths = [f"{root}/{path}" for root, skill in (await self._found()).items() for path in skill.files]
        inside = sorted(
            {path[len(folder) + 1 :].partition("/")[0::2] for path in paths if path.startswith(f"{folder}/")}
        )
        children = {name: bool(rest) for name, rest in inside}
        if not children or folder == "skill:/":
            raise _unknown(params.uri, "it is no folder of skills")
        start = _start(params.cursor, len(children))
        shown = list(children.items())[start : start + PAGE]
        resources = [
            {"uri": f"{folder}/{name}", "name": name, "mimeType": DIRECTORY if is_folder else MARKDOWN}
            for name, is_folder in shown
        ]
        return {"resources": resources, **_cached()} | _next(start, len(children))

    async def _found(self) -> dict[str, Skill]:
        try:
            return await self.all()
        except SearchError as error:
            raise MCPError(code=INTERNAL_ERROR, message=str(error)) from error


def add_skill_files(server: MCPServer[Any], skills: Skills) -> None:
    """Lets `resources/read` read the files of skills."""

    @server.resource(
        "skill://{book}/{name}/{+path}",
        name="skill file",
        title="A file of a skill",
        description="SKILL.md of a chapter, or a file that it refers to.",
        mime_type=MARKDOWN,
    )
    async def skill_file(book: str, name: str, path: str) -> str:
        try:
            skill = (await skills.all()).get(f"skill://{book}/{name}")
        except SearchError as error:
            raise ResourceNotFoundError(str(error)) from error
        if skill is None or path not in skill.files:
            raise ResourceNotFoundError(
                f"no file skill://{book}/{name}/{path}"[:300] + "; `skills/list` names the files"
            )
        return skill.files[path]


# ------------------------------------------------------------------------------------------------ making skills


def skills_of(library: Library, book: OpenBook) -> list[Skill]:
    """The chapters of a book as skills."""
    taken: set[str] = set()
    found: list[Skill] = []
    for chapter in chapters_of(book):
        name = _name(book.book.id, chapter.id, taken)
        taken.add(name)
        description = _description(book, chapter)
        text = reading.get(library, chapter.id, view="full", book=book.book.id).text
        files = {"SKILL.md": _skill_file(book, chapter, name, description), "references/chapter.md": text}
        found.append(Skill(f"skill://{book.book.id}/{name}", name, description, files))
    return found


def _name(book: str, chapter: str, taken: set[str]) -> str:
    """A name of small letters, digits and single hyphens that no other skill of the book has."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{book}-{chapter}".lower()).strip("-")[:NAME].strip("-") or "chapter"
    name, number = words, 2
    while name in taken:
        name, number = f"{words[: NAME - 4].strip('-')}-{number}", number + 1
    return name


def _description(book: OpenBook, chapter: Chapter) -> str:
    """What is in the chapter and when to use it; whole words that fit."""
    topics = ", ".join(tag for tag in chapter.tags if tag != "core")
    use = f" Use when writing or reviewing code about {topics}." if topics else ""
    text = f"{_plain(chapter.title)} ({_plain(book.book.title)}): {_plain(chapter.summary)}{use}"
    if len(text) <= DESCRIPTION:
        return text
    return text[: DESCRIPTION - 3].rsplit(" ", 1)[0].rstrip(",;: ") + " ..."


def _skill_file(book: OpenBook, chapter: Chapter, name: str, description: str) -> str:
    rules = [block for block in book.blocks("kind = 'rule' AND chapter = ?", (chapter.id,)) if isinstance(block, Rule)]
    sections = [
        block for block in book.blocks("kind = 'section' AND chapter = ?", (chapter.id,)) if isinstance(block, Section)
    ]
    ranked = sorted(rules, key=lambda rule: (SEVERITIES.index(rule.severity), -rule.importance))
    head = (
        f"---\nname: {name}\ndescription: {json.dumps(description, ensure_ascii=False)}\n---\n\n"
        f"# {_plain(chapter.title)}\n\n{_plain(chapter.summary)}\n\n"
        f"The whole chapter is in [references/chapter.md](references/chapter.md). {stamp(book.stamp)}\n"
    )
    lines = ["## Rules", "", *map(_rule_line, ranked)] if ranked else []
    lines += ["", "## Sections", "", *map(_section_line, sections)] if sections else []
    room = BODY - count_tokens(head)
    kept: list[str] = []
    for line in lines:
        room -= count_tokens(line + "\n")
        if room < 0 or len(kept) > 450:
            kept.append(f"- and {len(lines) - len(kept)} more lines in the chapter")
            break
        kept.append(line)
    return "\n".join([head, *kept]).rstrip() + "\n"


def _rule_line(rule: Rule) -> str:
    fix = f": {_plain(rule.fix)}" if rule.fix else ""
    return f"- {_plain(rule.title)} ({rule.severity}, `{rule.id}`){fix}"


def _section_line(section: Section) -> str:
    return f"{'  ' * max(0, section.depth - 2)}- {section.number} {_plain(section.title)} (`{section.id}`)"


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).split())


# ------------------------------------------------------------------------------------------------ the protocol


def _cached() -> dict[str, Any]:
    return {"ttlMs": _FRESH_MS, "cacheScope": "public"}


def _start(cursor: str | None, length: int) -> int:
    """Where a page begins.

    Raises:
        MCPError: The cursor is none of ours.
    """
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and int(cursor) < max(length, 1)):
        raise MCPError(code=INVALID_PARAMS, message="the cursor is none of this list; ask again without it")
    return int(cursor)


def _next(start: int, length: int) -> dict[str, str]:
    return {"nextCursor": str(start + PAGE)} if start + PAGE < length else {}


def _unknown(uri: str, help: str) -> MCPError:
    return MCPError(code=INVALID_PARAMS, message=f"unknown: {uri[:200]}; {help}", data={"uri": uri[:200]})
