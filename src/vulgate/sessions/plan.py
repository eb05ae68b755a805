"""What there is to prove: the sessions of a book, and how each is treated on a runtime."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from vulgate.model.blocks import AnyBlock, Chapter, Diagram, Example, Exercise, Fact, Rule
from vulgate.model.book import CompiledBook
from vulgate.model.versions import holds_on, ranges_of
from vulgate.sessions.steps import Planned, Runtime, Session, Step, Task, Treatment, claim_digest

MERMAID: Final = "mermaid"
_TO_OTHERS: Final = "other Pythons prove it, and `--fallback` asked only for what they cannot"
Missing = Callable[[Step, Runtime], str]
"""Why a step cannot be run on a runtime (a package is missing, say), or an empty string."""


class Left(Struct, frozen=True):
    """A step that is not run on a runtime, why, and the claim that this is a verdict on."""

    step: Step
    reason: str
    claim: str


def sessions(book: CompiledBook, runner_of: Callable[[str], str | None]) -> list[Session]:
    """The sessions of a book, in reading order.

    Args:
        book: The compiled book.
        runner_of: Names the runner of a language, or `None` where there is none.
    """
    return [
        Session(runner, tuple(steps))
        for chapter in book.chapters
        for runner, steps in _chapter_sessions(book, chapter, runner_of)
    ]


def _chapter_sessions(
    book: CompiledBook, chapter: Chapter, runner_of: Callable[[str], str | None]
) -> Iterable[tuple[str, list[Step]]]:
    """Fences of a group belong together; `harm` comes after its `bad`, `test` after the `solution`s; others are alone."""
    found: dict[tuple[str, ...], tuple[str, list[Step]]] = {}
    files: dict[str, list[Step]] = {}
    for block in _in_order(book, book.authored(chapter.id)):
        step = _step(book, chapter, block)
        runner = runner_of(step.language)
        if runner is None:
            continue
        if step.fence.file and step.fence.group:
            files.setdefault(step.fence.group, []).append(step)
        key = _session_key(book, block, runner)
        if key not in found:
            # Files are shared between the languages of a group, a namespace is not.
            others = [file for file in files.get(step.fence.group, []) if file is not step]
            found[key] = (runner, others if step.fence.group else [])
        found[key][1].append(step)
    return found.values()


def _in_order(book: CompiledBook, blocks: Iterable[AnyBlock]) -> Iterator[Example | Diagram]:
    """The code blocks; an exercise's tests come after its solutions, wherever they stand."""
    waiting: list[Example] = []
    for block in blocks:
        if waiting and block.parent != waiting[0].parent:
            yield from waiting
            waiting = []
        if isinstance(block, Example) and block.fence.role == "test":
            waiting.append(block)
        elif isinstance(block, (Example, Diagram)):
            yield block
    yield from waiting


def _session_key(book: CompiledBook, block: Example | Diagram, runner: str) -> tuple[str, ...]:
    if isinstance(block, Diagram):
        return (block.id,)
    if block.fence.group:
        return (block.fence.group, runner)
    parent = book[block.parent] if block.parent else None
    if isinstance(parent, Exercise) and block.fence.role in ("solution", "test"):
        return (parent.id, runner, "solution")
    if isinstance(parent, Rule) and block.fence.role == "harm" and (bad := _bad_before(book, parent, block)):
        return (bad.fence.group, runner) if bad.fence.group else (bad.id,)
    return (block.id,)


def _bad_before(book: CompiledBook, rule: Rule, harm: Example) -> Example | None:
    """The last `bad` fence above a `harm` one."""
    candidates = [bad for id in rule.bad if isinstance(bad := book[id], Example) and bad.span.start < harm.span.start]
    return candidates[-1] if candidates else None


def _step(book: CompiledBook, chapter: Chapter, block: Example | Diagram) -> Step:
    if isinstance(block, Diagram):
        return Step(block.id, block.span.file, block.span.first + 1, MERMAID, block.code)
    parent = book[block.parent] if block.parent else None
    holds = parent.holds if isinstance(parent, Fact) else ""
    return Step(
        block=block.id,
        path=block.span.file,
        line=block.span.first + 1,
        language=block.language,
        code=block.code,
        fence=block.fence,
        output=block.output,
        versions=ranges_of(block.fence.python, holds, chapter.python),
    )


# ---------------------------------------------------------------------------------------------------- on one runtime


def tasks(session: Session, runtime: Runtime, missing: Missing) -> tuple[list[Task], list[Left]]:
    """How a session is run on a runtime.

    Args:
        session: The session.
        runtime: Where.
        missing: Says why a step cannot be run there.

    Returns:
        The tasks: one for the session, and one more for each strict step that must fail there. And the steps that are left
        out, with the reason; a step for another version is neither.
    """
    before: list[Planned] = []  # all that is for this version, so that a claim does not depend on what is installed
    planned: list[Planned] = []
    claims: dict[int, str] = {}
    strict: list[Task] = []
    left: list[Left] = []
    broken = ""
    for step in session.steps:
        if not _is_for(step, runtime):
            if step.fence.strict and not broken:
                steps = [*planned, Planned(step, Treatment.FAIL)]
                claim = claim_digest(session.runner, [*before, steps[-1]])
                strict.append(_task(session, runtime, steps, {len(planned): claim}))
            continue
        before.append(Planned(step, _treatment(step)))
        claim = claim_digest(session.runner, before)
        reason = _reason(step, runtime, missing) or broken
        if reason:
            left.append(Left(step, reason, claim))
            if len(session.steps) > 1 and not broken:
                broken = f"a fence above it in its group is not run: {reason}"
            continue
        claims[len(planned)] = claim
        planned.append(before[-1])
    return ([_task(session, runtime, planned, claims)] if planned else []) + strict, left


def left_to_others(planned: Iterable[Task]) -> list[Left]:
    """The claims of tasks that a fallback leaves to other Pythons."""
    return [Left(task.steps[index].step, _TO_OTHERS, claim) for task in planned for index, claim in task.claims.items()]


def _is_for(step: Step, runtime: Runtime) -> bool:
    return not runtime.version or all(holds_on(text, runtime.version) for text in step.versions)


def _reason(step: Step, runtime: Runtime, missing: Missing) -> str:
    if step.fence.skip:
        return step.fence.skip
    if step.fence.static or step.fence.syntax_error or step.fence.file:
        return ""
    return missing(step, runtime)


def _treatment(step: Step) -> Treatment:
    if step.fence.syntax_error:
        return Treatment.REJECT
    if step.fence.static:
        return Treatment.COMPILE
    return Treatment.FILE if step.fence.file else Treatment.RUN


def _task(session: Session, runtime: Runtime, steps: Sequence[Planned], claims: dict[int, str]) -> Task:
    service = next((planned.step.fence.service for planned in steps if planned.step.fence.service), "")
    return Task(session.runner, runtime, tuple(steps), claims, service)
