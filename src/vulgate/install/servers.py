"""The files in which coding agents look for MCP servers of a project, and our entry in them.

Formats: https://cursor.com/docs/context/mcp, https://code.claude.com/docs/en/mcp,
https://code.visualstudio.com/docs/copilot/reference/mcp-configuration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, Final

from vulgate.store.settings_file import SettingsFileError, read_object, written_like

NAME: Final = "vulgate"
COMMAND: Final = "vulgate"


@dataclass(frozen=True)
class Client:
    """A coding agent.

    Attributes:
        title: Its name.
        path: Its file, in the folder of a project.
        key: The key that its servers stand under.
        extra: What an entry has besides the command.
        root: What stands for the folder of the project in an argument. The file is the same on every machine, and the server
            may be started anywhere.
    """

    title: str
    path: str
    key: str
    extra: dict[str, str]
    root: str = "${workspaceFolder}"


SERVERS: Final = {
    "cursor": Client("Cursor", ".cursor/mcp.json", "mcpServers", {}),
    "claude": Client("Claude Code", ".mcp.json", "mcpServers", {}, "${CLAUDE_PROJECT_DIR:-.}"),
    "copilot": Client("VS Code", ".vscode/mcp.json", "servers", {"type": "stdio"}),
}


def entry(client: Client, sources: Sequence[str]) -> dict[str, Any]:
    """Our entry: the command that serves some books, or the default ones.

    Args:
        client: Whose entry.
        sources: Where the books are: from the root of the project, or absolute.
    """
    named = [source if Path(source).is_absolute() else str(PurePosixPath(client.root) / source) for source in sources]
    return {**client.extra, "command": COMMAND, "args": ["mcp", *named]}


def with_entry(text: str, client: Client, wanted: dict[str, Any] | None) -> str:
    """The text of a client's file with our entry, or without it if `None` is wanted; all else stays, in its order.

    Raises:
        SettingsFileError: The text is no JSON of the right form, or another server has our name.
    """
    content = read_object(text)
    servers = content.get(client.key, {})
    if not isinstance(servers, dict):
        raise SettingsFileError(f"`{client.key}` is no object")
    there = servers.get(NAME)
    if there is not None and not _is_ours(there):
        raise SettingsFileError(f"another server is called `{NAME}`; rename it first")
    if there == wanted:
        return text
    others = {name: value for name, value in servers.items() if name != NAME}
    servers = others if wanted is None else {**servers, NAME: wanted}
    content = {**content, client.key: servers}
    if not servers and len(content) == 1:
        return ""
    return written_like(content, text)


def read_entry(text: str, client: Client) -> dict[str, Any] | None:
    """Our entry in the text of a client's file, or `None`.

    Raises:
        SettingsFileError: The text is no JSON of the right form, or another server has our name.
    """
    servers = read_object(text).get(client.key, {})
    there = servers.get(NAME) if isinstance(servers, dict) else None
    if there is not None and not _is_ours(there):
        raise SettingsFileError(f"another server is called `{NAME}`; rename it first")
    return there


def _is_ours(there: Any) -> bool:
    if not isinstance(there, dict) or not isinstance(there.get("args"), list):
        return False
    return PurePath(str(there.get("command"))).stem == COMMAND and there["args"][:1] == ["mcp"]
