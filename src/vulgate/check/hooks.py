"""The hooks of coding agents: what an agent says it has just edited, and the answer in the form that reaches the agent.

Formats: https://code.claude.com/docs/en/hooks, https://cursor.com/docs/hooks,
https://cursor.com/docs/reference/third-party-hooks.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from vulgate.check.touched import Hunk, Piece, Touched

_BOM: Final = b"\xef\xbb\xbf"  # some versions of Cursor begin with it on Windows
_TOOLS: Final = frozenset(
    ["Edit", "Write", "MultiEdit", "NotebookEdit", "StrReplace", "EditNotebook", "ApplyPatch", "apply_patch"]
)
_PATHS: Final = ("file_path", "notebook_path", "path", "filePath", "target_notebook")
_PATCHED: Final = re.compile(r"^\*\*\* (?:(?:Add|Update) File|Move to): (.+?)[ \t\r]*$", re.MULTILINE)
_DRIVE: Final = re.compile(r"/[A-Za-z]:")
_OWN: Final = "check --hook cursor"


class HookError(Exception):
    """Standard input holds no event that can be answered; the text says why."""


class Event(Struct, frozen=True):
    """What an agent says.

    Attributes:
        agent: Who understands the answer; not always the one that was asked for.
        touched: The files that it has just edited; none where another tool ran.
        folders: Where it works: the roots of its workspace, or its current folder.
    """

    agent: str
    touched: tuple[Touched, ...] = ()
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Agent:
    """A coding agent that can be told of findings right after an edit.

    Attributes:
        title: Its name.
        event: The event whose answer reaches it.
        folders: Reads where it works.
        answer: Makes the object to print of a text.
    """

    title: str
    event: str
    folders: Callable[[dict[str, Any]], tuple[str, ...]]
    answer: Callable[[str], dict[str, Any]]


AGENTS: Final = {
    "claude": Agent(
        "Claude Code",
        "PostToolUse",
        lambda event: (_text(event, "cwd"),),
        # It blocks nothing, for the tool has run; it is the form that all versions show to the model.
        lambda text: {"decision": "block", "reason": text},
    ),
    "cursor": Agent(
        "Cursor",
        "postToolUse",
        lambda event: (*_texts(event.get("workspace_roots")), _text(event, "cwd")),
        lambda text: {"additional_context": text},
    ),
}


def read_event(name: str, data: bytes) -> Event:
    """Reads what an agent writes to a hook.

    Args:
        name: One of `AGENTS`. Cursor runs the hooks of Claude Code as well, and is known by its version.
        data: Standard input.

    Raises:
        HookError: It is no event, or one whose answer does not reach the agent.
    """
    try:
        event = msgspec.json.decode(data.removeprefix(_BOM))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise HookError(f"standard input is no JSON: {error}") from error
    if not isinstance(event, dict):
        raise HookError("standard input is no JSON object")
    if "cursor_version" in event:
        name = "cursor"
    agent = AGENTS[name]
    said = _text(event, "hook_event_name")
    if said.casefold() != agent.event.casefold():
        raise HookError(
            f"the event is {said or 'not named'!r}; only {agent.event} has an answer that reaches the agent"
        )
    folders = tuple(_path(folder) for folder in agent.folders(event) if folder) or (Path.cwd(),)
    if _text(event, "tool_name") not in _TOOLS:
        return Event(name, (), folders)
    return Event(name, tuple(_touched(event, folders[0])), folders)


def answer(name: str, text: str) -> str:
    """What a hook prints so that the agent reads a text: one line of JSON."""
    return json.dumps(AGENTS[name].answer(text))


def is_told_twice(asked: str, event: Event) -> bool:
    """Whether Cursor runs the hook of Claude Code in a project that has one for Cursor, too."""
    if asked == event.agent:
        return False
    for folder in event.folders:
        with suppress(OSError, UnicodeDecodeError):
            if _OWN in (folder / ".cursor" / "hooks.json").read_text("utf-8"):
                return True
    return False


def _touched(event: dict[str, Any], folder: Path) -> Iterator[Touched]:
    tool = event.get("tool_input")
    given = tool if isinstance(tool, dict) else {}
    path = next((found for key in _PATHS if (found := _text(given, key))), "")
    if path:
        yield Touched(folder / _path(path), _hunks(event.get("tool_response")), tuple(_pieces(given)))
        return
    patch = tool if isinstance(tool, str) else _text(given, "patch") or _text(given, "input")
    added = tuple(Piece("", text) for text in _added(patch))
    for path in dict.fromkeys(_PATCHED.findall(patch)):
        yield Touched(folder / _path(path), None, added)


def _hunks(response: Any) -> tuple[Hunk, ...] | None:
    """The difference that Claude Code tells beside its edit; `None` where it tells none."""
    patch = response.get("structuredPatch") if isinstance(response, dict) else None
    if not isinstance(patch, list) or not patch:
        return None
    try:
        return tuple(msgspec.convert(patch, list[Hunk]))
    except msgspec.ValidationError:
        return None


def _pieces(given: dict[str, Any]) -> Iterator[Piece]:
    edits = given.get("edits")
    for edit in (given, *(edits if isinstance(edits, list) else ())):
        if isinstance(edit, dict) and isinstance(edit.get("new_string"), str):
            yield Piece(_text(edit, "old_string"), edit["new_string"])
    if isinstance(given.get("new_source"), str):
        yield Piece("", given["new_source"])


def _added(patch: str) -> Iterator[str]:
    """The runs of lines that a patch adds."""
    for run in re.findall(r"(?:^\+.*\n?)+", patch, re.MULTILINE):
        yield "\n".join(line[1:] for line in run.splitlines())


def _text(given: dict[str, Any], key: str) -> str:
    found = given.get(key)
    return found if isinstance(found, str) else ""


def _texts(found: Any) -> tuple[str, ...]:
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _path(text: str) -> Path:
    """A path as the agent writes it; on Windows, Cursor may write `/c:/folder`.

    Raises:
        HookError: No file can have this name.
    """
    if "\0" in text:
        raise HookError("a path holds a NUL character")
    return Path(text[1:] if sys.platform == "win32" and _DRIVE.match(text) else text)
