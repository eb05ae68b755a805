"""The chapters of the books as Agent Skills over MCP (the extension `io.modelcontextprotocol/skills`, SEP-2640).

A skill is a folder, `skill://BOOK/NAME`, as `vulgate.editions.agents.skills` makes it. Every file is listed with its size and
digest.
"""

import hashlib
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

from vulgate.editions.agents.skills import LookUp, Skill, skills_of
from vulgate.model.blocks import AnyBlock
from vulgate.search.answers import SearchError
from vulgate.search.contents import AUTHORED
from vulgate.search.library import OpenBook
from vulgate.server.rendering import stamp
from vulgate.server.shelf import Mark, Shelf

PAGE: Final = 50
"""Skills in one answer."""
DIRECTORY: Final = "inode/directory"
MARKDOWN: Final = "text/markdown"
_FRESH_MS: Final = 60_000


class GetSkillParams(RequestParams):
    """What `skills/get` is asked."""

    uri: str


class ReadDirectoryParams(PaginatedRequestParams):
    """What `resources/directory/read` is asked."""

    uri: str


@dataclass(frozen=True)
class ServedSkill:
    """A skill with the address of its folder."""

    root: str
    skill: Skill

    @property
    def files(self) -> dict[str, str]:
        """Texts by path in the folder, SKILL.md first."""
        return self.skill.files

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
        return {"uri": f"{self.root}/SKILL.md", "frontmatter": self.skill.frontmatter, "resources": files}


class Skills(Extension):
    """The extension: lists of skills, their entries, and the folders that they are.

    Args:
        shelf: The books.
    """

    identifier = "io.modelcontextprotocol/skills"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._made: tuple[Mark, dict[str, ServedSkill]] | None = None

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

    async def all(self) -> dict[str, ServedSkill]:
        """The skills by the address of their folder, as the books are now.

        Raises:
            SearchError: A book cannot be read.
        """
        return await anyio.to_thread.run_sync(self._all)

    def _all(self) -> dict[str, ServedSkill]:
        with self._shelf.library() as library:
            mark = self._shelf.mark()
            if self._made is None or self._made[0] != mark:
                skills = [skill for book in library.books for skill in _of_book(book)]
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

    async def _found(self) -> dict[str, ServedSkill]:
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


def _of_book(book: OpenBook) -> list[ServedSkill]:
    """The skills of a book; ids in them are looked up at this server."""
    blocks = {block.id: block for block in book.blocks(AUTHORED)}
    chapters: dict[str, list[AnyBlock]] = {}
    for block in blocks.values():
        chapters.setdefault(block.chapter, []).append(block)
    root = f"book://{book.book.id}"

    def find(id: str) -> AnyBlock | None:
        return blocks.get(id) or book.block(id)

    look_up = LookUp(
        told=f"Look up an id with the tool `get`. Links to `{root}/ID` lead to other chapters. {stamp(book.stamp)}",
        address=lambda target: f"{root}/{target}",
    )
    made = skills_of(book.book, list(chapters.values()), find, look_up)
    return [ServedSkill(f"skill://{book.book.id}/{skill.name}", skill) for skill in made]


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
