"""The arguments of a tool, as models really send them: under other names, as other types, out of range.

What is meant is taken where only one thing can be meant. What cannot be used is left out with a note, so that the call is
answered; only what a tool cannot do without is an error.
"""

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

from vulgate.model.suggest import did_you_mean
from vulgate.search.answers import SearchError

LONGEST: Final = 4_000
"""Characters of a text argument that are used; code may be longer."""
CODE: Final = "code"
_ALIASES: Final[dict[str, str]] = {
    "query": "q question text search search_query user_query prompt keywords terms topic query_text",
    "limit": "k n top_k n_results max_results num_results count results size",
    "max_tokens": "tokens max_output_tokens token_limit token_budget budget max_length",
    "id": "block_id block name uri url ref rule rule_id section_id key",
    "kinds": "kind type types",
    "chapter": "chapter_id",
    "python": "python_version py_version version lang_version lang language py",
    "book": "book_id library library_id books",
    "path": "file filename file_path file_name",
    "code": "source snippet source_code content text",
    "select": "rules rule rule_ids checks",
    "a": "left first x one item_a option_a this",
    "b": "right second y other two item_b option_b that",
    "under": "parent id root section chapter block prefix",
    "depth": "level levels max_depth",
    "imports": "import modules module packages package libraries symbols",
    "task": "query q question goal intent description text",
    "view": "mode detail",
    "cursor": "page next next_cursor page_token continuation",
}
_UNUSABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_VERSION: Final = re.compile(r"3\.\d{1,2}")


def normalized(function: Callable[..., Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Arguments that fit a function, and notes on what was done to get them.

    Args:
        function: Its parameters have defaults, unless it cannot do without them.
        given: What was sent.

    Raises:
        SearchError: A parameter that is needed is missing, or a value means nothing.
    """
    parameters = inspect.signature(function).parameters
    types = get_type_hints(function)
    named, notes = _named(list(parameters), given)
    found = {name: _value(name, types[name], value, notes) for name, value in named.items()}
    missing = [name for name, one in parameters.items() if one.default is one.empty and name not in found]
    if missing:
        needed = " and ".join(f"`{name}`" for name in missing)
        raise SearchError(f"{needed} is missing; the arguments are {_list(parameters)}" + _and(notes))
    return {name: value for name, value in found.items() if value is not None}, notes


def _named(names: list[str], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The arguments under their own names, and notes on those that were left out."""
    known = _known(names)
    found = {name: given[name] for name in names if given.get(name) is not None}
    notes: list[str] = []
    for name, value in given.items():
        if name in names or value is None:
            continue
        meant = known.get(_squashed(name), "")
        if meant and meant not in found:
            found[meant] = value
        else:
            help = f"`{meant}` was given, too" if meant else did_you_mean(name[:80], names) or _list(names)
            notes.append(f"argument `{_clean(name)[:80]}` was left out ({help})")
    return found, notes


def _known(names: list[str]) -> dict[str, str]:
    """What other names mean: those that a call may mean by one parameter only."""
    means: dict[str, set[str]] = {}
    for name in names:
        for other in (name, *_ALIASES.get(name, "").split()):
            means.setdefault(_squashed(other), set()).add(name)
    own = {_squashed(name): name for name in names}
    return {**{other: next(iter(meant)) for other, meant in means.items() if len(meant) == 1}, **own}


def _squashed(name: str) -> str:
    """A name without what spellings differ in: `maxTokens`, `max-tokens` and `max_tokens` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _value(name: str, hint: Any, value: Any, notes: list[str]) -> Any:
    """A value of the parameter's type; `None` if it is left out."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if hint is int:
        return _number(name, value, notes)
    if get_origin(hint) is Sequence:
        return [_clean(word) for word in _words(value)]
    text = _clean(value if isinstance(value, str) else _only(value), code=name == CODE)
    if get_origin(hint) is Literal:
        return _choice(name, text, get_args(hint))
    if name == "python" and text:
        version = _VERSION.search(text)
        if version is None:
            notes.append(f"`python` was left out: {text[:40]!r} is no version such as 3.12")
        return version[0] if version else None
    if name != CODE and len(text) > LONGEST:
        notes.append(f"only the first {LONGEST:,} characters of `{name}` were used")
        return text[:LONGEST]
    return text


def _number(name: str, value: Any, notes: list[str]) -> int | None:
    try:
        return int(min(max(float(value), -1e9), 1e9))
    except (TypeError, ValueError):  # also what is not a number: min and max let it through
        notes.append(f"`{name}` was left out: it is no number")
        return None


def _words(value: Any) -> list[str]:
    """A list, or what stands for one: words with commas between them, or a list in JSON."""
    if isinstance(value, str):
        try:
            read = json.loads(value) if value.lstrip().startswith("[") else value
        except (ValueError, RecursionError):
            read = value
        value = read.split(",") if isinstance(read, str) else read
    items = value if isinstance(value, (list, tuple)) else [value]
    return [word for item in items if (word := _only(item).strip())]


def _only(value: Any) -> str:
    """A value as text; that of a list with one item is the item's."""
    while isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    word = text.strip().lower()
    if word not in choices:
        raise SearchError(f"`{name}` is one of {_list(choices)}, not {text[:40]!r}")
    return word


def _clean(text: str, *, code: bool = False) -> str:
    """Text that can be written as UTF-8, without control characters; in code, these stay."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if code else _UNUSABLE.sub(" ", text).strip()


def _list(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _and(notes: list[str]) -> str:
    return "; " + "; ".join(notes) if notes else ""
