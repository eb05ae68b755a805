"""The MCP server: the tools, resources, prompts and skills of some books, on the SDK."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    CallToolResult,
    InputRequiredResult,
    Resource,
    TextContent,
    Tool,
    ToolAnnotations,
)

from vulgate.search.answers import SearchError
from vulgate.search.encoder import Encoder
from vulgate.server import texts
from vulgate.server.arguments import normalized
from vulgate.server.checking import CodeChecker
from vulgate.server.fitting import as_data, with_notes
from vulgate.server.prompts import add_prompts
from vulgate.server.rendering import render
from vulgate.server.resources import add_resources, listed
from vulgate.server.roots import Roots
from vulgate.server.schemas import lean
from vulgate.server.shelf import Shelf
from vulgate.server.skills import Skills, add_skill_files
from vulgate.server.tools import Tools
from vulgate.version import __version__

NAME: Final = "vulgate"
SECONDS: Final = 30.0
"""What a call may take, waiting included."""
THREADS: Final = 4
"""How many answers are made at a time."""
FRESH_MS: Final = 60_000
"""How long a client may keep a list or a resource: a book may be built again at any time."""
_CACHED: Final[tuple[CacheableMethod, ...]] = (
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "server/discover",
)
_READ_ONLY: Final = {
    "read_only_hint": True,
    "destructive_hint": False,
    "idempotent_hint": True,
    "open_world_hint": False,
}
_SAID: Final = {
    "search": ("Search the handbook", texts.SEARCH),
    "get": ("Read a block", texts.GET),
    "check_code": ("Check code", texts.CHECK_CODE),
    "rules_for": ("Rules for a file or a task", texts.RULES_FOR),
    "compare": ("Compare two things", texts.COMPARE),
    "outline": ("Table of contents", texts.OUTLINE),
}
_logger = logging.getLogger(__name__)


class BookServer(MCPServer[Any]):
    """An MCP server that answers from compiled books, and nothing else.

    Args:
        books: The compiled books.
        roots: The folders that `check_code` may read files from.
        encoder: What ranks by meaning besides the word vectors, if anything.

    Raises:
        BookFileError: A book cannot be opened.
    """

    def __init__(self, books: Sequence[Path], roots: Sequence[Path] = (), encoder: Encoder | None = None) -> None:
        self.shelf = Shelf(books, encoder)
        self.checker = CodeChecker(self.shelf, Roots(roots))
        self.tools = Tools(self.shelf, self.checker).all()
        # Checks take turns, and while they wait nothing else does. More threads than these would only pass the interpreter's
        # lock around: a database lets it go at every step.
        self._checks = anyio.CapacityLimiter(1)
        self._answers = anyio.CapacityLimiter(THREADS)
        with self.shelf.library() as library:
            stamps = library.stamps
        skills = Skills(self.shelf)
        super().__init__(
            NAME,
            title="Vulgate",
            description="Searches programming handbooks and checks code against their rules.",
            instructions=texts.instructions(stamps),
            version=__version__,
            log_level="ERROR",
            subscriptions=False,
            extensions=[skills],
            cache_hints={method: CacheHint(ttl_ms=FRESH_MS, scope="public") for method in _CACHED},
        )
        for name, function in self.tools.items():
            title, description = _SAID[name]
            annotations = ToolAnnotations(title=title, **_READ_ONLY)
            self.add_tool(function, name=name, title=title, description=description, annotations=annotations)
        add_resources(self, self.shelf)
        add_skill_files(self, skills)
        add_prompts(self, self.shelf)

    def close(self) -> None:
        """Ends the workers and closes the books."""
        self.checker.close()
        self.shelf.close()

    async def answer(self, name: str, given: Mapping[str, Any]) -> tuple[Any, list[str]]:
        """The answer of a tool to arguments as a client sent them, and notes on these that it has no place for.

        Raises:
            SearchError: There is no such tool, or it cannot answer; the text says why, and what to do.
        """
        function = self.tools.get(name)
        if function is None:
            raise SearchError(f"there is no tool {name[:80]!r}; there are {', '.join(self.tools)}")
        arguments, notes = normalized(function, given)
        try:
            with anyio.fail_after(SECONDS):
                answer = await anyio.to_thread.run_sync(
                    partial(function, **arguments),
                    abandon_on_cancel=True,
                    limiter=self._checks if name == "check_code" else self._answers,
                )
        except TimeoutError as error:
            if name == "check_code":
                self.checker.abort()
            raise SearchError(f"{name} took longer than {SECONDS:.0f} s; ask for less") from error
        return with_notes(answer, notes), [] if hasattr(answer, "notes") else notes

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Calls a tool: its answer as Markdown, and as structured content.

        Raises:
            ToolError: It cannot answer.
        """
        try:
            answer, notes = await self.answer(name, arguments)
        except SearchError as error:
            raise ToolError(str(error)) from error
        except Exception as error:  # its text is for us, not for a client
            _logger.exception("%s failed", name)
            raise ToolError(f"{name} failed for a fault of the server; its log says more") from error
        text = "".join(f"note: {note}\n" for note in notes) + render(answer, many=self.shelf.many)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=as_data(answer))

    async def list_tools(self) -> list[Tool]:
        """The tools, with schemas that say nothing twice."""
        return [
            tool.model_copy(
                update={"input_schema": lean(tool.input_schema), "output_schema": lean(tool.output_schema or {})}
            )
            for tool in await super().list_tools()
        ]

    async def list_resources(self) -> list[Resource]:
        """The books and their chapters, as they are now."""
        try:
            return await anyio.to_thread.run_sync(listed, self.shelf)
        except SearchError as error:
            raise MCPError(code=INTERNAL_ERROR, message=str(error)) from error
