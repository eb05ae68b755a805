"""What a text must have for a query to find anything in it: looking for that is far cheaper than parsing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Final

from msgspec import Struct

from vulgate.detect.names import BUILTINS

# The words without which there is no such node, in Python.
_WORDS: Final = {
    "assert_statement": "assert",
    "await": "await",
    "class_definition": "class",
    "decorator": "@",
    "delete_statement": "del",
    "except_clause": "except",
    "finally_clause": "finally",
    "for_statement": "for",
    "function_definition": "def",
    "global_statement": "global",
    "if_statement": "if",
    "import_from_statement": "import",
    "import_statement": "import",
    "lambda": "lambda",
    "nonlocal_statement": "nonlocal",
    "raise_statement": "raise",
    "return_statement": "return",
    "try_statement": "try",
    "while_statement": "while",
    "with_statement": "with",
    "yield": "yield",
}
# In nearly every file, so that looking for them tells nothing.
_COMMON: Final = frozenset(
    ["@", "and", "class", "def", "for", "from", "if", "import", "in", "not", "or", "return", "self"]
)
_VARIABLE = re.compile(r"\$([A-Z_][A-Z0-9_]*)")
_SHORTEST: Final = 3  # characters of a literal that is worth looking for
_IDENTIFIER = re.compile(r"(?<![\w$])[A-Za-z_]\w+")
_QUOTED = re.compile(r"(['\"]).*?\1", re.DOTALL)
# What Rust's regular expressions take for something else than Python's do: sets in sets, word boundaries.
_RUST_ONLY = re.compile(r"(?<!\\)(?:\\\\)*\[\^?\]?(?:\\.|[^\]\\])*?(?:\[|&&|--|~~)|\\[<>]|\\[bB]\{")
_EXACT: Final = ("smart", "cst")  # the strictness that compares every word of a pattern
Group = frozenset[str]


class Literals(Struct, frozen=True):
    r"""What a text must have.

    Attributes:
        groups: Of each group, one of the strings.
        patterns: Regular expressions that the text must match, the cheapest first. Each is sought in a text that begins with a
            line end, because one that begins with `\n` is found several times faster than one that begins with `(?m)^`.
    """

    groups: tuple[Group, ...] = ()
    patterns: tuple[str, ...] = ()

    def are_in(self, text: str, found: Set[str]) -> bool:
        """Whether a query may find anything in a text.

        Args:
            text: The text.
            found: The strings that were found in it.
        """
        if any(group.isdisjoint(found) for group in self.groups):
            return False
        after_line_end = f"\n{text}" if self.patterns else ""
        return all(re.search(pattern, after_line_end) for pattern in self.patterns)


class Prefilter:
    """Looks for many strings in one pass over a text, by the algorithm of Aho and Corasick.

    Args:
        literals: What the queries need.
    """

    def __init__(self, literals: Iterable[Literals]) -> None:
        from ahocorasick_rs import AhoCorasick, Implementation

        self._strings = sorted({text for needed in literals for group in needed.groups for text in group})
        self._automaton = AhoCorasick(self._strings, implementation=Implementation.DFA) if self._strings else None

    def found_in(self, text: str) -> frozenset[str]:
        """The strings that a text has."""
        if self._automaton is None:
            return frozenset()
        found = {index for index, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True)}
        return frozenset(self._strings[index] for index in found)


def literals_of(
    rule: dict[str, Any],
    utils: dict[str, Any],
    names: Mapping[str, Group],
    needs: Iterable[str],
    patterns: Iterable[str],
    *,
    python: bool,
) -> Literals:
    """The literals of a rule.

    Args:
        rule: ast-grep's rule object.
        utils: Its named rules.
        names: By metavariable, dotted names one of which it must stand for, if it is bound.
        needs: Strings one of which the author says must be there.
        patterns: Regular expressions that the author says must match.
        python: Whether the rule is for Python.
    """
    groups = _Reader(utils, names, python=python).of_rule(rule, frozenset())
    if needed := frozenset(needs):
        groups.append(needed)
    return Literals(_smallest(groups), tuple(patterns))


def _mentions(name: str) -> Iterator[str]:
    """The texts one of which is there where a file uses a dotted name: written out, or after an import under another name."""
    name = name.lstrip(".").removeprefix(f"{BUILTINS}.")
    yield name
    parts = name.split(".")
    for end in range(1, len(parts)):
        prefix = ".".join(parts[:end])
        yield f"{prefix} import"
        yield f"{prefix} as"


class _Reader:
    """Reads rules of one detector. What is not built as ast-grep wants it has no literals; ast-grep itself refuses it."""

    def __init__(self, utils: dict[str, Any], names: Mapping[str, Group], *, python: bool) -> None:
        self._utils = utils
        self._names = names
        self._python = python

    def of_rule(self, rule: Any, seen: frozenset[str]) -> list[Group]:
        """What all matches of a rule have; nothing of what is under `not`, or under a named rule inside itself."""
        groups: list[Group] = []
        for key, value in rule.items() if isinstance(rule, dict) else ():
            if key == "pattern" and self._python:
                groups += self._of_pattern(value)
            elif key in ("has", "inside", "follows", "precedes"):
                groups += self.of_rule(value, seen)
            elif key == "all" and isinstance(value, list):
                for part in value:
                    groups += self.of_rule(part, seen)
            elif key == "any" and isinstance(value, list):
                groups += _of_any([self.of_rule(part, seen) for part in value])
            elif not isinstance(value, str):
                continue
            elif key == "kind" and self._python and value in _WORDS:
                groups.append(frozenset([_WORDS[value]]))
            elif key == "regex":
                groups += _of_regex(value)
            elif key == "matches" and value in self._utils and value not in seen:
                groups += self.of_rule(self._utils[value], seen | {value})
        return groups

    def _of_pattern(self, pattern: Any) -> list[Group]:
        if isinstance(pattern, dict):
            is_exact = "selector" not in pattern and pattern.get("strictness", "smart") in _EXACT
            pattern = pattern.get("context") if is_exact else None
        if not isinstance(pattern, str):
            return []
        groups = [frozenset([word]) for word in _IDENTIFIER.findall(_QUOTED.sub("''", pattern))]
        wanted = [self._names[name] for name in _VARIABLE.findall(pattern) if name in self._names]
        return groups + [frozenset(text for name in names for text in _mentions(name)) for names in wanted]


def _of_regex(regex: str) -> list[Group]:
    """The strings without which a regular expression does not match; none where Python may not understand it as Rust does."""
    if _RUST_ONLY.search(regex):
        return []
    try:
        parsed = re._parser.parse(regex)  # type: ignore[attr-defined]
    except (re.error, OverflowError, RecursionError):
        return []
    return [] if parsed.state.flags & re.IGNORECASE else _of_parsed(parsed)


def _of_parsed(parsed: Any) -> list[Group]:
    groups: list[Group] = []
    run = ""
    for operator, argument in [*parsed, (None, None)]:
        name = str(operator)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if len(run) >= _SHORTEST:
            groups.append(frozenset([run]))
        run = ""
        if name == "SUBPATTERN" and not argument[1] & re.IGNORECASE:
            groups += _of_parsed(argument[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] > 0:
            groups += _of_parsed(argument[2])
        elif name == "BRANCH":
            groups += _of_any([_of_parsed(branch) for branch in argument[1]])
    return groups


def _of_any(alternatives: list[list[Group]]) -> list[Group]:
    """One group for all alternatives, made of the most telling one of each."""
    if not alternatives or not all(alternatives):
        return []
    return [frozenset().union(*(max(groups, key=_tells) for groups in alternatives))]


def _tells(group: Group) -> int:
    """How rare a group's literals are likely to be: the length of the shortest."""
    return min(map(len, group))


def _smallest(groups: Iterable[Group]) -> tuple[Group, ...]:
    """The groups that tell something, without those that a smaller one makes needless."""
    unique = {group for group in groups if group.isdisjoint(_COMMON)}
    kept = [group for group in unique if not any(other < group for other in unique)]
    return tuple(sorted(kept, key=lambda group: (-_tells(group), sorted(group))))
