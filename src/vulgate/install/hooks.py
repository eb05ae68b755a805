"""The files in which coding agents look for hooks of a project, and ours in them.

Formats: https://code.claude.com/docs/en/hooks, https://cursor.com/docs/hooks.
"""

from dataclasses import dataclass, field
from pathlib import PureWindowsPath
from typing import Any, Final

from vulgate.store.settings_file import SettingsFileError, read_object, written_like

_KEY: Final = "hooks"
_SECONDS: Final = 30
"""What a hook may take: the first one compiles the book."""


@dataclass(frozen=True)
class Hook:
    """A hook of ours.

    Attributes:
        agent: The agent, as `vulgate check --hook` calls it.
        title: Its name.
        path: Its file, in the folder of a project.
        event: The event that the hook is for.
        entry: What stands in the list of the event.
        head: What the file must have besides.
    """

    agent: str
    title: str
    path: str
    event: str
    entry: dict[str, Any]
    head: dict[str, Any] = field(default_factory=dict)

    def by_hand(self) -> dict[str, Any]:
        """The object to add to a file that is left alone."""
        return {**self.head, _KEY: {self.event: [self.entry]}}


def _command(agent: str) -> dict[str, Any]:
    return {"command": f"vulgate check --hook {agent}", "timeout": _SECONDS}


HOOKS: Final = {
    "claude": Hook(
        "claude",
        "Claude Code",
        ".claude/settings.json",
        "PostToolUse",
        {"matcher": "Edit|Write|MultiEdit|NotebookEdit", _KEY: [{"type": "command", **_command("claude")}]},
    ),
    "cursor": Hook(
        "cursor",
        "Cursor",
        ".cursor/hooks.json",
        "postToolUse",
        {**_command("cursor"), "matcher": "Write|StrReplace|EditNotebook|ApplyPatch"},
        {"version": 1},
    ),
}


def wanted_text(before: str, hook: Hook, installed: bool) -> str:
    """The text of an agent's file with our hook, or without it; all else stays, in its order and form.

    Args:
        before: What the file holds; empty where there is none.
        hook: One of `HOOKS`.
        installed: Whether the hook is to stand there.

    Returns:
        The text; empty where nothing would be left in the file.

    Raises:
        SettingsFileError: The file is left alone; the text says why.
    """
    content = read_object(before)
    hooks, items = _items(content, hook)
    if _ours(items, hook) == ([hook.entry] if installed else []):
        return before
    at = next((at for at, item in enumerate(items) if _part(item, hook) is not None), len(items))
    items = [kept for item in items for kept in _without(item, hook)]
    if installed:
        items.insert(at, hook.entry)
    hooks = {**hooks, hook.event: items} if items else _but(hooks, hook.event)
    if not hooks and not (content.keys() - {_KEY, *hook.head}):
        return ""
    content = {**content, _KEY: hooks} if hooks else _but(content, _KEY)
    return written_like({**(hook.head if installed else {}), **content}, before)


def read_hook(text: str, hook: Hook) -> Any:
    """Our hook in the text of an agent's file, as it stands there; `None` where there is none, a list of several.

    Raises:
        SettingsFileError: The file cannot be read.
    """
    found = _ours(_items(read_object(text), hook)[1], hook)
    return found if len(found) > 1 else found[0] if found else None


def _items(content: dict[str, Any], hook: Hook) -> tuple[dict[str, Any], list[Any]]:
    """All hooks of a file, and those of our event."""
    for key, value in hook.head.items():
        if content.get(key, value) != value:
            raise SettingsFileError(f"its `{key}` is {content[key]!r}, and not {value!r}")
    hooks = content.get(_KEY, {})
    if not isinstance(hooks, dict):
        raise SettingsFileError(f"`{_KEY}` is no object")
    items = hooks.get(hook.event, [])
    if not isinstance(items, list):
        raise SettingsFileError(f"`{_KEY}.{hook.event}` is no list")
    return hooks, items


def _ours(items: list[Any], hook: Hook) -> list[Any]:
    return [part for item in items if (part := _part(item, hook)) is not None]


def _part(item: Any, hook: Hook) -> Any:
    """What is ours of an item of the list: it, or the part of it that a group holds; `None` if nothing is."""
    if _is_command(item, hook):
        return item
    inner = item.get(_KEY) if isinstance(item, dict) else None
    ours = [each for each in inner if _is_command(each, hook)] if isinstance(inner, list) else []
    return {**item, _KEY: ours} if ours else None


def _without(item: Any, hook: Hook) -> list[Any]:
    """An item of the list without what is ours; an empty list if nothing is left."""
    part = _part(item, hook)
    if part is None:
        return [item]
    if part == item:
        return []
    return [{**item, _KEY: [each for each in item[_KEY] if not _is_command(each, hook)]}]


def _is_command(item: Any, hook: Hook) -> bool:
    """Whether a command is ours: the program, wherever it lies, with `check` and `--hook` of this agent."""
    command = item.get("command") if isinstance(item, dict) else None
    words = command.replace("--hook=", "--hook ").split() if isinstance(command, str) else []
    programs = [PureWindowsPath(word.strip("\"'")).stem for word in words]
    return "vulgate" in programs and "check" in words and f"--hook {hook.agent}" in " ".join(words)


def _but(content: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != key}
