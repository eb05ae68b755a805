"""Results of proving, for a person and for programs: text, JUnit XML."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.etree import ElementTree

from vulgate.model.blocks import Status
from vulgate.model.proofs import Result
from vulgate.report.text import printable, xml_text

_INDENT: Final = "    "


def failure_text(result: Result, *, root: str, rerun: str, color: bool = False) -> str:
    """A failure as a paragraph: which block, where, why, and the command that runs just this one.

    Args:
        result: The failed result.
        root: The book's folder as seen from the current one.
        rerun: The command.
        color: Whether to use ANSI colours.
    """
    return "\n".join(_failure(result, root, rerun, color=color)) + "\n"


def _failure(result: Result, root: str, rerun: str, *, color: bool) -> Iterator[str]:
    def paint(style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if color else text

    yield f"{paint('1;31', 'failed')} {paint('1', result.block)} on {result.runtime}"
    yield f"  {paint('34', '-->')} {place(result, root)}"
    yield f"  {printable(result.reason)}"
    for line in result.detail.splitlines():
        style = {"-": "31", "+": "32"}.get(line[:1])
        yield _INDENT + (paint(style, printable(line)) if style else printable(line))
    yield f"  {paint('34', '=')} {paint('1', 'rerun')}: {rerun}"


def place(result: Result, root: str) -> str:
    """File and line of a result, as an editor takes them."""
    prefix = "" if root in ("", ".") else f"{root.rstrip('/')}/"
    return f"{prefix}{result.path}:{result.fault or result.line}"


def rerun_command(result: Result, book: str, options: Sequence[str]) -> str:
    """The command that proves just one block in one place.

    Args:
        result: The result.
        book: The book as named on the command line, or empty.
        options: What names the place: `--python 3.12`, `--types mypy`.
    """
    return shlex.join(["vulgate", "verify", *([book] if book else []), result.block, *options])


def tally(results: Iterable[Result]) -> Counter[Status]:
    """How many results have each status."""
    return Counter(result.status for result in results)


def reasons(results: Iterable[Result], status: Status) -> list[tuple[str, int]]:
    """The reasons of the results with a status, most frequent first."""
    return Counter(result.reason for result in results if result.status is status).most_common()


# ---------------------------------------------------------------------------------------------------- JUnit


def as_junit(results: Sequence[Result], *, name: str) -> str:
    """JUnit XML: a suite for each chapter, a case for each block and runtime.

    The elements and attributes are those that Jenkins, GitLab and GitHub's reporters read
    (https://github.com/testmoapp/junitxml).

    Args:
        results: What to write.
        name: The book's title.
    """
    root = ElementTree.Element("testsuites", name=xml_text(name))
    for chapter in dict.fromkeys(result.chapter for result in results):
        members = [result for result in results if result.chapter == chapter]
        suite = ElementTree.SubElement(root, "testsuite", name=chapter)
        _count(suite, members)
        for result in members:
            _case(suite, result)
    _count(root, results)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _count(element: ElementTree.Element, results: Sequence[Result]) -> None:
    statuses = tally(results)
    element.set("tests", str(len(results)))
    element.set("failures", str(statuses[Status.FAILED]))
    element.set("skipped", str(statuses[Status.SKIPPED] + statuses[Status.UNPROVEN]))
    element.set("time", f"{sum(result.seconds for result in results):.3f}")


def _case(suite: ElementTree.Element, result: Result) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=result.chapter,
        name=xml_text(f"{result.block} [{result.runtime}]"),
        file=xml_text(result.path),
        line=str(result.fault or result.line),
        time=f"{result.seconds:.3f}",
    )
    if result.status is Status.FAILED:
        failure = ElementTree.SubElement(case, "failure", message=xml_text(result.reason))
        failure.text = xml_text(result.detail)
    elif result.status is not Status.PROVEN:
        ElementTree.SubElement(case, "skipped", message=xml_text(result.reason))
