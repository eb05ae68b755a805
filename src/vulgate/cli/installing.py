"""What `vulgate install` prints: the table of files, what is not as it should be, what reaches a file."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from vulgate.cli.common import print_json, wants_color
from vulgate.model.diagnostics import Severity
from vulgate.report.terminal import TerminalForm
from vulgate.report.text import columns, counted

if TYPE_CHECKING:
    from vulgate.install.changes import Step
    from vulgate.install.explaining import Reach
    from vulgate.install.installer import Installation

COMMAND = "vulgate"
_WIDE = 140
_HEAD = ("file", "what is in it", "tokens", "budget", "limit of the tool", "")


def show(found: "Installation", *, dry: bool, as_json: bool) -> int:
    """Shows what was done, or would be; the exit code."""
    code = 1 if found.effect.left or _is_too_large(found) else 0
    if as_json:
        print_json(_data(found))
        return code
    steps = [step for step in found.all_steps if step.reason == "" or step.item]
    if not steps and not found.effect.left and not found.plans:
        click.echo("nothing is installed here")
        return code
    if steps:
        _table(_rows(found, dry=dry))
    _show_left(found.effect.left)
    _show_notes(found)
    if found.lock.entries and shutil.which(COMMAND) is None:
        click.echo(
            f"note: `{COMMAND}` is not on the PATH; an agent that is started elsewhere will not find it", err=True
        )
    return code


def show_check(found: "Installation", *, as_json: bool) -> int:
    """Shows what is not as it should be; the exit code."""
    if as_json:
        print_json(_data(found))
    else:
        for step in found.drifted:
            click.echo(f"{step.path}: {_drift(step)}")
        files = len(found.all_steps)
        if not files:
            click.echo("nothing is installed here; `vulgate install` does it", err=True)
        elif not found.drifted:
            click.echo("1 file is as it should be" if files == 1 else f"{files} files are as they should be")
        else:
            differ = "1 file differs" if len(found.drifted) == 1 else f"{len(found.drifted)} files differ"
            click.echo(f"{differ}, of {files}; `vulgate install` mends it, `--diff` shows how", err=True)
        _show_diagnostics(found)
    return 1 if found.drifted or not found.all_steps or _is_too_large(found) else 0


def show_diff(found: "Installation") -> None:
    """Shows what would change."""
    from vulgate.install.changes import difference

    text = difference(found.all_steps)
    if text and wants_color(sys.stdout):
        from rich.console import Console
        from rich.syntax import Syntax

        Console().print(Syntax(text, "diff", background_color="default"))
    else:
        click.echo(text, nl=False)
    _show_left(found.effect.left)


def show_reaches(path: str, reaches: Sequence["Reach"], *, as_json: bool) -> None:
    """Shows what agents are told when they work on a file."""
    if as_json:
        print_json({"path": path, "files": [_reach_data(reach) for reach in reaches]})
        return
    from vulgate.editions.agents.targets import TARGETS

    for agent in dict.fromkeys(reach.agent for reach in reaches):
        own = [reach for reach in reaches if reach.agent == agent]
        loaded = [reach for reach in own if reach.is_loaded]
        rules = sum(len(reach.rules) for reach in loaded)
        tokens = sum(reach.tokens for reach in loaded)
        click.echo(f"{TARGETS[agent].title}: {counted(rules, 'rule')}, {counted(tokens, 'token')} reach {path}")
        for reach in own:
            why = reach.why or "does not reach it"
            click.echo(f"  {reach.path}: {why}" + (f" ({reach.problem})" if reach.problem else ""))
            if reach.why and reach.rules:
                click.echo(_wrapped(", ".join(reach.rules), "      "))
        click.echo("")
    click.echo("`vulgate explain ID` shows a rule; `vulgate budget` says why the others are out")


def _rows(found: "Installation", *, dry: bool) -> list[tuple[str, ...]]:
    """The lines of the table: a file each, and one for all skills in a folder."""
    rows: list[tuple[str, ...]] = []
    skills: dict[str, list[Step]] = {}
    for step in found.all_steps:
        if _part(step) == "skills":
            skills.setdefault("/".join(step.path.split("/")[:2]) + "/", []).append(step)
            continue
        item = step.item
        rows.append(
            (
                step.path,
                item.holds if item else "",
                f"{item.tokens:,}" if item and item.tokens else "",
                f"{item.budget:,}" if item and item.budget else "",
                item.limit if item else "",
                _state(found, step, dry=dry),
            )
        )
    for folder, steps in skills.items():
        names = {step.path.split("/")[2] for step in steps}
        states = Counter(_state(found, step, dry=dry) for step in steps)
        rows.append(
            (
                folder,
                f"{counted(len(names), 'skill')} in {counted(len(steps), 'file')}, read on demand",
                "",
                "",
                "30 skills" if any(step.item for step in steps) else "",
                ", ".join(f"{count} {state}" if len(states) > 1 else state for state, count in states.items()),
            )
        )
    return rows


def _part(step: "Step") -> str:
    return step.item.part if step.item else step.record.part if step.record else ""


def _state(found: "Installation", step: "Step", *, dry: bool) -> str:
    from vulgate.install.changes import State

    words = {
        State.CURRENT: "unchanged",
        State.NEW: "write" if dry else "written",
        State.MISSING: "write" if dry else "written",
        State.STALE: "update" if dry else "updated",
        State.OBSOLETE: "remove" if dry else "removed",
    }
    if any(step.path == other.path for other in found.effect.left):
        return "left alone"
    return words.get(step.state, "overwrite" if dry else "overwritten")


def _table(rows: Sequence[Sequence[str]]) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE
    widths = [max(map(columns, cells)) for cells in zip(_HEAD, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) > width:
        _list(rows, width)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in _HEAD:
        table.add_column(name, justify="right" if name in ("tokens", "budget") else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=width, highlight=False, markup=False).print(table)


def _list(rows: Iterable[Sequence[str]], width: int) -> None:
    """The table where it is too wide: two lines a file."""
    for path, holds, tokens, budget, limit, state in rows:
        click.echo(
            path + state.rjust(max(1, width - columns(path)))
            if columns(path) + len(state) < width
            else f"{path} {state}"
        )
        size = f"{tokens} of {budget} tokens" if budget else ""
        if told := ", ".join(filter(None, [holds, size, limit and f"limit {limit}"])):
            click.echo(f"  {told}")


def _show_left(left: Sequence["Step"]) -> None:
    for step in left:
        click.echo(f"left alone: {step.path}: {step.reason}", err=True)


def _show_notes(found: "Installation") -> None:
    """What was left out and why, what the linter does already, what is too large, what else to do."""
    for id, plan in found.plans.items():
        if not plan.compositions:
            continue
        project = found.projects[id]
        if project.left_out:
            sorts = Counter(_sort_of(reason) for reason in project.left_out.values())
            words = ", ".join(f"{count} {sort}" for sort, count in sorts.most_common())
            click.echo(_wrapped(f"{_are(len(project.left_out))} left out as not for this project: {words}", "  "))
        if project.enforced:
            tools = ", ".join(sorted(set(project.enforced.values())))
            click.echo(f"{_are(len(project.enforced))} worth less here, as something enforces them already: {tools}")
        composition = next(iter(plan.compositions.values()))
        if not composition.entries:
            click.echo(f"note: the book `{id}` has no rules")
        else:
            told = sum(bool(entry.guide) for entry in composition.entries)
            click.echo(
                f"{told} of {_are(len(composition.entries))} told; `vulgate budget` shows which, and why not the others"
            )
    _show_diagnostics(found)
    for note in found.notes:
        click.echo(_wrapped(f"note: {note}", "  "))


def _show_diagnostics(found: "Installation") -> None:
    form = TerminalForm(lambda path: None, color=wants_color(sys.stderr))
    click.echo(form.render(found.diagnostics), nl=False, err=True)


def _is_too_large(found: "Installation") -> bool:
    """Whether an agent does not read all of a file."""
    return any(item.severity is Severity.ERROR for item in found.diagnostics)


def _sort_of(reason: str) -> str:
    """Why a rule cannot apply, in words for many of them; `vulgate budget` has the reason of each."""
    sorts = {"needs": "for packages that are not used here", "holds": "for other versions of Python"}
    return sorts.get(reason.partition(" ")[0], "about code that is not here")


def _are(number: int) -> str:
    return f"{counted(number, 'rule')} {'is' if number == 1 else 'are'}"


def _wrapped(text: str, indent: str) -> str:
    import textwrap

    width = max(40, min(shutil.get_terminal_size().columns, 120))
    first = indent if indent.startswith("      ") else ""
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _drift(step: "Step") -> str:
    from vulgate.install.changes import State

    words = {
        State.NEW: "is not installed",
        State.MISSING: "is missing",
        State.STALE: "is stale: the book, or what is known of the project, has changed",
        State.EDITED: "was edited by hand",
        State.OBSOLETE: "is no longer wanted",
        State.FOREIGN: "was not written by vulgate",
        State.BROKEN: step.reason,
    }
    return words[step.state]


def _data(found: "Installation") -> dict[str, Any]:
    return {
        "files": [
            {
                "path": step.path,
                "state": str(step.state),
                "reason": step.reason,
                "part": _part(step),
                "agent": step.item.agent if step.item else step.record.agent if step.record else "",
                "holds": step.item.holds if step.item else "",
                "tokens": step.item.tokens if step.item else 0,
                "budget": step.item.budget if step.item else 0,
            }
            for step in found.all_steps
        ],
        "left_out": {id: project.left_out for id, project in found.projects.items()},
        "enforced": {id: project.enforced for id, project in found.projects.items()},
        "diagnostics": [{"code": item.code, "message": item.message} for item in found.diagnostics],
        "notes": list(found.notes),
    }


def _reach_data(reach: "Reach") -> dict[str, Any]:
    return {
        "agent": reach.agent,
        "file": reach.path,
        "loaded": reach.is_loaded,
        "why": reach.why,
        "rules": list(reach.rules),
        "tokens": reach.tokens,
        "problem": reach.problem,
    }
