"""Which errors of a type checker a project's configuration asks for, as mypy's error codes."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from vulgate.install.reader import Reader, table, texts

_MYPY_FILES: Final = ("mypy.ini", ".mypy.ini")
_BY_OPTION: Final = {
    "type-arg": "disallow_any_generics",
    "no-untyped-def": "disallow_untyped_defs",
    "no-untyped-call": "disallow_untyped_calls",
    "no-any-return": "warn_return_any",
    "comparison-overlap": "strict_equality",
    "redundant-cast": "warn_redundant_casts",
    "unused-ignore": "warn_unused_ignores",
    "explicit-any": "disallow_any_explicit",
    "unreachable": "warn_unreachable",
}
"""The option that turns a code on; `strict` sets all but the last two. https://mypy.readthedocs.io/en/stable/error_code_list2.html"""
_NOT_STRICT: Final = ("disallow_any_explicit", "warn_unreachable")
_ONLY_NAMED: Final = frozenset(
    [
        "deprecated",
        "exhaustive-match",
        "explicit-override",
        "ignore-without-code",
        "mutable-override",
        "narrowed-type-not-subtype",
        "possibly-undefined",
        "redundant-expr",
        "redundant-self",
        "truthy-bool",
        "truthy-iterable",
        "unimported-reveal",
        "unused-awaitable",
    ]
)
"""Codes that only `enable_error_code` turns on."""
_MODES: Final = ("off", "basic", "standard", "strict")
_PYRIGHT: Final = {
    "arg-type": ("reportArgumentType", "basic"),
    "attr-defined": ("reportAttributeAccessIssue", "basic"),
    "call-arg": ("reportCallIssue", "basic"),
    "union-attr": ("reportOptionalMemberAccess", "basic"),
    "unused-coroutine": ("reportUnusedCoroutine", "basic"),
    "override": ("reportIncompatibleMethodOverride", "standard"),
    "type-arg": ("reportMissingTypeArgument", "strict"),
    "exhaustive-match": ("reportMatchNotExhaustive", "strict"),
    "explicit-override": ("reportImplicitOverride", ""),
}
"""Pyright's rule for a code of mypy, and the mode from which it is an error.

https://github.com/microsoft/pyright/blob/main/docs/configuration.md
"""
_COMMENT = re.compile(r"(?m)^\s*//.*$")


class Types(Struct, frozen=True):
    """What a type checker reports in a project.

    Attributes:
        tool: `mypy` or `pyright`; empty where none is configured.
        named: Mypy's codes that are turned on by name or option.
        unwanted: Mypy's codes that are turned off.
        rest: Whether all codes count that are on by default: only where the bodies of all functions are checked.
    """

    tool: str = ""
    named: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    rest: bool = False

    def reports(self, code: str) -> bool:
        """Whether an error with one of mypy's codes is reported everywhere."""
        if not self.tool or code in self.unwanted:
            return False
        return code in self.named or (self.rest and code not in _ONLY_NAMED and code not in _BY_OPTION)


def type_checking(reader: Reader) -> Types:
    """What the type checkers of a project report: mypy if it is configured, else pyright."""
    return _mypy(reader) or _pyright(reader) or Types()


def _mypy(reader: Reader) -> Types | None:
    """What mypy's configuration turns on; `None` where it is not configured."""
    options = _mypy_options(reader)
    if options is None:
        return None
    strict = _is_on(options, "strict")

    def on(option: str) -> bool:
        return _is_on(options, option) or (strict and option not in _NOT_STRICT and option not in options)

    named = {code for code, option in _BY_OPTION.items() if on(option)} | _words(options.get("enable_error_code"))
    unwanted = _words(options.get("disable_error_code")) - named
    looks_inside = on("check_untyped_defs") or on("disallow_untyped_defs")
    if _is_on(options, "ignore_errors"):
        return Types("mypy")
    return Types("mypy", frozenset(named), frozenset(unwanted), rest=looks_inside)


def _mypy_options(reader: Reader) -> Mapping[str, Any] | None:
    """The first configuration that counts, in the order of https://mypy.readthedocs.io/en/stable/config_file.html (its table)."""
    for path in _MYPY_FILES:
        if (parser := reader.ini(path)).has_section("mypy"):
            return parser["mypy"]
    tools = table(reader.toml("pyproject.toml"), "tool")
    if "mypy" in tools:
        return table(tools, "mypy")
    parser = reader.ini("setup.cfg")
    return parser["mypy"] if parser.has_section("mypy") else None


def _is_on(options: Mapping[str, Any], key: str) -> bool:
    return str(options.get(key, "")).strip().lower() in ("true", "yes", "on", "1")


def _words(value: object) -> set[str]:
    found = re.split(r"[,\s]+", value) if isinstance(value, str) else texts(value)
    return {word for word in found if word}


def _pyright(reader: Reader) -> Types | None:
    """The file of its own comes first; what it looks at is checked in functions without annotations, too."""
    tools = table(reader.toml("pyproject.toml"), "tool")
    options = tools.get("pyright")
    if text := reader.text("pyrightconfig.json"):
        try:
            options = json.loads(_COMMENT.sub("", text))
        except (ValueError, RecursionError) as error:
            reader.note("pyrightconfig.json", f"is no JSON: {error}")
            return None
    if not isinstance(options, dict):
        return None
    mode = options.get("typeCheckingMode", "standard")
    level = _MODES.index(mode) if mode in _MODES else _MODES.index("standard")
    return Types("pyright", frozenset(code for code in _PYRIGHT if _is_error(code, options, level)))


def _is_error(code: str, options: Mapping[str, Any], level: int) -> bool:
    rule, least = _PYRIGHT[code]
    said = options.get(rule)
    if said is None:
        return bool(least) and level >= _MODES.index(least)
    return said in (True, "error")
