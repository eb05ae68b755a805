"""Which rules matter for a file, for what it imports, for a task."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from vulgate.model.inline import plain
from vulgate.model.topics import ASYNC, NOT_TESTS, TESTS, TOPICS, WEB, holds_in, names_file
from vulgate.model.versions import holds_on
from vulgate.search.answers import Hit, RuleAdvice, RulesAnswer, SearchError
from vulgate.search.budgets import page, read_cursor, write_cursor
from vulgate.search.library import Library
from vulgate.search.mentions import stems
from vulgate.search.ranking import search
from vulgate.search.rulebook import ShortRule
from vulgate.search.signs import is_part, names_in
from vulgate.search.wanted import version_of

if TYPE_CHECKING:
    from vulgate.search.library import OpenBook

LIMIT: Final = 10
MOST: Final = 50
SEVERITY: Final = {"critical": 4.0, "high": 3.0, "medium": 2.0, "low": 1.0}
MACHINE: Final = 1.1
"""How much more a rule counts that a machine can look for."""
MOST_RELEVANCE: Final = 6.0
FILE: Final = 1.0
SCOPE: Final = 2.0
UNKNOWN: Final = 0.5
SOUGHT: Final = 3.0
NAMED: Final = 3.0
IMPORTED: Final = {"bad": 2.0, "good": 1.0}
SECTION: Final = 1.5
FOUND: Final = 4.0
RESTS_ON: Final = 3.0
BESIDE: Final = 1.5
"""How much it counts that a rule is about the file, its kind of code, a kind that may be in it, what its detector seeks, what its
words name, what its examples import, the section that it stands in, and how well it, a fact under it or a passage beside it fits
the task."""
BY_MEANING: Final = 0.25
"""What a rule counts that has no word of the task, beside one that has."""
WEAKEST: Final = 0.3
"""Hits for the task below this share of the best one are passed over."""
LOOKED_AT: Final = 15
"""How many passages the search is asked for."""
_REASONS: Final = 4
_ASYNC: Final = frozenset(
    {"asyncio", "anyio", "trio", "curio", "aiohttp", "aiofiles", "asyncpg", "starlette", "fastapi"}
)
_ASYNC_WORDS: Final = frozenset(stems("async await asyncio coroutine asynchronous event-loop"))
_WEB: Final = frozenset(
    {"aiohttp", "bottle", "django", "falcon", "fastapi", "flask", "litestar", "pyramid", "quart", "rest_framework"}
    | {"sanic", "starlette", "tornado"}
)
_WEB_WORDS: Final = frozenset(stems("web endpoint route middleware cookie cors csrf login flask django fastapi"))
_MODULE: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FROM: Final = re.compile(r"\s*from\s+(\.*[\w.]*)\s+import\s+(.+)", re.DOTALL)
_IMPORT: Final = re.compile(r"\s*import\s+(.+)", re.DOTALL)
_AS: Final = re.compile(r"\s+as\s+\w+")


@dataclass
class _Case:
    """What speaks for a rule: how much it matters here, and why."""

    rule: ShortRule
    relevance: float = 0.0
    why: dict[float, list[str]] = field(default_factory=dict)

    def add(self, weight: float, why: str) -> None:
        """Adds a reason; one that was given already counts no more."""
        if not any(why in reasons for reasons in self.why.values()):
            self.relevance += weight
            self.why.setdefault(weight, []).append(why)

    @property
    def score(self) -> float:
        """How far in front the rule stands: severity, relevance, and whether a machine finds it."""
        machine = MACHINE if self.rule.is_found_by_machine else 1.0
        return SEVERITY.get(self.rule.severity, 1.0) * min(self.relevance, MOST_RELEVANCE) * machine

    @property
    def reasons(self) -> list[str]:
        """The weightiest reasons."""
        return [why for weight in sorted(self.why, reverse=True) for why in self.why[weight]][:_REASONS]


@dataclass(frozen=True)
class _Wanted:
    """What the rules are wanted for."""

    path: PurePosixPath | None
    modules: tuple[str, ...]
    task: str

    @cached_property
    def is_test(self) -> bool:
        """Whether the file is one of tests, going by its name."""
        return any(names_file(TESTS, path.lower()) for path in self.paths)

    @cached_property
    def is_async(self) -> bool:
        """Whether asynchronous code is spoken of."""
        return self._speaks_of(_ASYNC, _ASYNC_WORDS)

    @cached_property
    def is_web(self) -> bool:
        """Whether web code is spoken of."""
        return self._speaks_of(_WEB, _WEB_WORDS)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The file from the root of its repository. That root may be anywhere in an absolute path."""
        if self.path is None or not self.path.parts:
            return ()
        parts = self.path.parts
        is_absolute = self.path.is_absolute() or parts[0].endswith(":")
        return tuple("/".join(parts[at:]) for at in (range(1, len(parts)) if is_absolute else (0,)))

    def names(self, word: str) -> bool:
        """Whether the file's name tells that a topic or glob means it."""
        return any(names_file(word, path) for path in self.paths)

    def _speaks_of(self, modules: Set[str], words: Set[str]) -> bool:
        said = {*stems(self.task), *stems(str(self.path or "").replace("_", " "))}
        return bool(words & said) or any(module.split(".")[0] in modules for module in self.modules)


def rules_for(
    library: Library,
    *,
    path: str = "",
    imports: Sequence[str] = (),
    task: str = "",
    book: str = "",
    python: str = "",
    limit: int = LIMIT,
    max_tokens: int = 0,
    cursor: str = "",
) -> RulesAnswer:
    """Names the rules that matter most, by severity, relevance, and whether a machine finds them.

    Args:
        library: The books.
        path: A file that is written or reviewed; only its name is looked at.
        imports: What the code imports: module names, or import statements.
        task: What is to be done, in words.
        book: Only this book (its id).
        python: Only rules that hold for this version, such as `3.12`.
        limit: How many rules, 1 to 50; numbers outside are taken to the nearer end.
        max_tokens: How much room the rules may take together; 0 for no limit. At least one rule is given.
        cursor: Where an earlier answer to the same request ended.

    Raises:
        SearchError: Nothing was named, or there is no such version or book.
    """
    modules, unknown = _modules(imports)
    version = version_of(python)
    clean = path.strip().replace("\\", "/")[-500:]
    wanted = _Wanted(PurePosixPath(clean) if clean else None, modules, task.strip())
    if not (wanted.path or wanted.modules or wanted.task):
        raise SearchError(
            "name a path, imports or a task: `path=tests/test_cart.py`, `imports=[sqlite3]`, `task=retry a request`"
        )
    books = library.choose(book)
    cases: list[tuple[OpenBook, _Case]] = []
    for owner in books:
        found = {rule.id: _Case(rule) for rule in owner.rules if not version or holds_on(rule.python, version)}
        _weigh(library, owner, wanted, found)
        cases += [(owner, case) for case in found.values() if case.relevance > 0]
    cases.sort(key=lambda item: -item[1].score)  # stable: of two that matter as much, the one read first
    request = ([each.stamp.digest for each in books], clean, modules, wanted.task, version)
    (start,) = read_cursor(cursor, 1, *request)
    advice = [_advice(owner, case) for owner, case in cases]
    shown, after = page(advice, start, max_tokens, min(max(limit, 1), MOST))
    notes = [f"{each!r} is no module" for each in unknown]
    if not cases:
        notes.append("no rule of the book is about this")
    return RulesAnswer(
        books=[each.stamp for each in books],
        rules=shown,
        notes=notes,
        truncated=bool(after),
        cursor=write_cursor([after], *request) if after else "",
    )


def _modules(imports: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """The dotted names that are imported, and what names none."""
    modules: list[str] = []
    unknown: list[str] = []
    for written in imports:
        text = written.strip()[:500]
        if match := _FROM.fullmatch(text):
            names = _AS.sub("", match[2].strip(" ()")).split(",")
            found = [*(f"{match[1]}.{name.strip()}" for name in names if name.strip(" *")), match[1]]
        else:
            match = _IMPORT.fullmatch(text)
            found = _AS.sub("", match[1] if match else text).split(",")
        for name in (each.strip() for each in found):
            if name.startswith("."):  # of the project itself: no book knows it
                continue
            (modules if _MODULE.fullmatch(name) else unknown).append(name)
    return tuple(dict.fromkeys(modules)), [name for name in unknown if name][:5]


def _weigh(library: Library, book: "OpenBook", wanted: _Wanted, cases: dict[str, _Case]) -> None:
    """Collects what speaks for the rules of a book, and drops those that hold elsewhere."""
    if wanted.path is not None:
        for id in [id for id, case in cases.items() if not _fits(book, wanted, case.rule)]:
            del cases[id]
    for case in cases.values():
        for module in wanted.modules:
            _weigh_import(book, module, case)
    if wanted.task:
        _weigh_task(library, book, wanted.task, cases)
    if wanted.path is not None:
        _weigh_path(book, wanted, cases)


def _fits(book: "OpenBook", wanted: _Wanted, rule: ShortRule) -> bool:
    """Whether a rule holds in the file: it is about such files, and its topics and globs admit this one."""
    sign = book.signs.get(rule.id)
    if wanted.path is None or sign is None:
        return False
    # A rule about packaging shows Python, too, and is told where pyproject.toml is open.
    is_named = any(wanted.names(word) for word in rule.applies if word not in (TESTS, NOT_TESTS, ASYNC, WEB))
    if not is_named and not sign.concerns(wanted.path):
        return False
    return any(holds_in(rule.applies, path, is_test=wanted.is_test, is_async=True) for path in wanted.paths)


def _weigh_path(book: "OpenBook", wanted: _Wanted, cases: dict[str, _Case]) -> None:
    """What the file says for a rule. Where imports or a task are known too, it must be more than that it is a Python file."""
    assert wanted.path is not None
    is_python = wanted.path.suffix in (".py", ".pyi", ".ipynb")
    for case in cases.values():
        if told := _about(wanted, [word for word in case.rule.applies if word != NOT_TESTS]):
            weight, why = told
            if weight > UNKNOWN or not (wanted.modules or wanted.task):
                case.add(weight, why)
        elif not is_python:
            case.add(SCOPE, f"it is about files such as {wanted.path.name}")
        elif case.relevance or not (wanted.modules or wanted.task):
            case.add(FILE, "it holds in Python files" if not wanted.is_test else "it holds in tests as in other code")


def _about(wanted: _Wanted, words: Sequence[str]) -> tuple[float, str] | None:
    """How much the topics and globs of a rule count for the file, and why; nothing where the rule has none."""
    if not words:
        return None
    if TESTS in words and wanted.is_test:
        return SCOPE, "it holds in tests"
    if ASYNC in words and wanted.is_async:
        return SCOPE, "it holds in asynchronous code"
    if WEB in words and (wanted.is_web or wanted.names(WEB)):
        return SCOPE, "it is about web code"
    for word in words:
        if wanted.names(word):
            about = f"it is about {TOPICS[word].title.lower()}" if word in TOPICS else f"it holds in `{word}`"
            return SCOPE, about
    return UNKNOWN, f"it is about {TOPICS[ASYNC if ASYNC in words else WEB].title.lower()}, which no name tells surely"


def _weigh_import(book: "OpenBook", module: str, case: _Case) -> None:
    sign = book.signs.get(case.rule.id)
    named = [*names_in(case.rule.title), *names_in(case.rule.fix)]
    if any(is_part(name, module) for name in named):
        case.add(NAMED, f"its words name `{next(name for name in named if is_part(name, module))}`")
    if sign is None:
        return
    if sought := sorted(name for name in sign.sought if is_part(name, module)):
        case.add(SOUGHT, f"its detector looks for `{sought[0]}`")
    for role in ("bad", "good"):
        if any(is_part(name, module) for name in sign.imported.get(role, ())):
            case.add(IMPORTED[role], f"its {role} example imports `{module}`")
            break
    heading = book.contents.by_id.get(case.rule.section)
    if heading and module.lower() in heading.title.lower().split():
        case.add(SECTION, f"it stands in {heading.label}")


def _weigh_task(library: Library, book: "OpenBook", task: str, cases: dict[str, _Case]) -> None:
    """Rules that the search finds for a task, that rest on a fact which it finds, or that stand beside what it finds."""
    hits = search(library, task, book=book.book.id, limit=LOOKED_AT).hits
    for hit in hits:
        if hit.id in cases and hit.score >= WEAKEST:
            why = (
                f"found for the task: {', '.join(hit.why[:_REASONS])}"
                if hit.why
                else "found for the task by its meaning"
            )
            cases[hit.id].add(FOUND * hit.score * (1.0 if hit.why else BY_MEANING), why)
    told: set[tuple[str, str]] = set()  # one passage of a sort is reason enough, and the first is the best
    for hit in hits:
        if hit.score >= WEAKEST and hit.why:
            for rule, weight, why in _beside(book, hit):
                if rule in cases and rule != hit.id and (rule, why) not in told:
                    told.add((rule, why))
                    cases[rule].add(weight * hit.score, f"{why} `{hit.id}`, found for the task")


def _beside(book: "OpenBook", hit: Hit) -> Iterator[tuple[str, float, str]]:
    """The rules that a passage leads to: those that rest on it, that it refers to, that refer to it, and those of its section."""
    rows = book.rows(
        "SELECT source, type FROM relation WHERE target = ? AND type IN ('requires', 'see-also')"
        " UNION SELECT target, type FROM relation WHERE source = ? AND type = 'see-also' ORDER BY 1, 2",
        (hit.id, hit.id),
    )
    linked = set()
    for rule, type_ in rows:
        rests = hit.kind == "fact" and type_ == "requires"
        linked.add(str(rule))
        yield str(rule), RESTS_ON if rests else BESIDE, "it rests on" if rests else "it goes with"
    section = next((str(id) for (id,) in book.rows("SELECT section FROM block WHERE id = ?", (hit.id,))), "")
    yield from (
        (rule.id, BESIDE, "it stands beside")
        for rule in book.rules
        if rule.section == section and rule.id not in linked
    )


def _advice(book: "OpenBook", case: _Case) -> RuleAdvice:
    rule = case.rule
    return RuleAdvice(
        book=book.book.id,
        id=rule.id,
        title=plain(rule.title),
        severity=rule.severity,
        detect=rule.detect or "review",
        fix=rule.fix,
        why=case.reasons,
    )
