"""JavaScript and TypeScript, on Node."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vulgate.sessions.steps import Planned, Runtime, Step
from vulgate.verify.jobs import ErrorReport, Outcome
from vulgate.verify.runners.base import OneProcess, folders_of, marked_outcomes, place, version_of
from vulgate.verify.runners.data import parsed, parsed_by_grammar
from vulgate.verify.sandbox import program

_REQUIRES = re.compile(r"\brequire\(|\bmodule\.exports\b|^[ \t]*exports\.\w", re.MULTILINE)
_IMPORTS = re.compile(r"""^[ \t]*(?:import\s*[\w{*"']|export\s*[\w{*])""", re.MULTILINE)
# Both begin where a word does, so that a search takes time in proportion to the text.
_FRAME = re.compile(r"(?<![^\s()'\"])[^\s()'\"]*\bexample\.[mc][jt]s:(\d+)")
_FOLDER = re.compile(r"(?<![^\s()'\"])[^\s()'\"]*/job\d+/work/")
# Node's own frames, and its own line of code at the top of a report; a brace opens what the error has beside its text.
_INTERNAL = re.compile(r"^ +at .*\bnode:internal/.*?( \{)?\n|^node:internal/\S+:\d+\n.*\n *\^+\n", re.MULTILINE)
# WebAssembly, which `fetch` is made of, reserves more addresses than the limit of memory allows, unless it is told not to.
_MODEST: Final = "--disable-wasm-trap-handler"
_MAX_TEXT: Final = 20000
_WATCH: Final = "../watch.cjs"  # beside the current folder, which is to be empty


class Thrown(Struct, frozen=True):
    """What the watcher tells of an exception that nobody caught."""

    type: str
    text: str
    stack: str = ""


def _watcher(mark: str) -> str:
    """A file that reports what nobody caught: the report that Node writes does not always name the class."""
    return f"""\
const {{ writeSync }} = require("node:fs");
process.on("uncaughtExceptionMonitor", (error) => {{
  let told = {{ type: typeof error, text: "" }};
  try {{
    const plain = (value) => Buffer.from(String(value ?? "").slice(0, {_MAX_TEXT})).toString();
    const type = error?.constructor?.name ?? typeof error;
    told = {{ type: plain(type), text: plain(error?.message ?? String(error)), stack: plain(error?.stack) }};
  }} catch {{}}
  writeSync(2, "{mark}!" + JSON.stringify(told) + "\\n");
}});
"""


def _version(said: str | None) -> tuple[int, ...]:
    """The numbers of what `node --version` prints; none if it prints something else."""
    found = re.match(r"v(\d+)\.(\d+)", said or "")
    return (int(found[1]), int(found[2])) if found else ()


class JavaScriptRunner(OneProcess):
    """Runs the steps of a session as one module, or as one CommonJS file if they say `require` and never `import`."""

    name = "javascript"
    languages: tuple[str, ...] = ("javascript", "js", "mjs", "cjs", "node")
    suffix = "js"

    def runtimes(self) -> Sequence[Runtime] | str:
        """The Node of this machine."""
        said = version_of("node", _MODEST, "--version")
        flags: tuple[str, ...] = (_MODEST,)
        if not _version(said):
            said, flags = version_of("node", "--version"), ()
        version = _version(said)
        if not said or not version:
            return "needs Node, which is not on the PATH"
        path = program("node")
        label = f"node {version[0]}.{version[1]}"
        return [Runtime(label, build=said, argv=(path, *flags), folders=folders_of(path))]

    # ------------------------------------------------------------------------------------------------ parsing

    def parse_step(self, planned: Planned, runtime: Runtime) -> dict[str, Any]:
        """Lets Node read it."""
        name = f"../parsed.{_kind([planned.step])}{self.suffix}"
        node = runtime.argv[0] if runtime.argv else "node"
        return {"mode": "exec", "argv": [node, "--check", name], "files": {name: planned.step.code}}

    def parsed(self, planned: Planned, outcome: Outcome) -> Outcome:
        """What Node says of it; where there is no Node, the grammar is asked."""
        if outcome.error:
            return parsed_by_grammar("javascript", planned.step.code, planned.treatment)
        if not outcome.status:
            return outcome
        reason_found = re.search(r"^SyntaxError: (.*)", outcome.stderr, re.MULTILINE)
        line_found = re.search(r"\bparsed\.[mc][jt]s:(\d+)", outcome.stderr)
        return parsed(reason_found[1] if reason_found else "syntax error", int(line_found[1]) if line_found else 0)

    # ------------------------------------------------------------------------------------------------ running

    def run_step(self, steps: Sequence[Step], mark: str, runtime: Runtime) -> dict[str, Any]:
        """One process, which runs one file."""
        kind = _kind(steps)
        name = f"example.{kind}{self.suffix}"
        between = _between(mark, may_await=kind == "m")
        code = between.join(_with_newline(step.code) for step in steps)
        argv = [*runtime.argv, "--require", _WATCH, name]
        return {"mode": "exec", "argv": argv, "files": {_WATCH: _watcher(mark), name: code}}

    def ran(self, steps: Sequence[Step], mark: str, outcome: Outcome) -> list[Outcome]:
        """Tells the steps apart, and finds the step and the line of an exception."""
        told = re.findall(re.escape(mark) + r"!(.*)\n", outcome.stderr)
        stderr = re.sub(re.escape(mark) + r"!.*\n", "", outcome.stderr)
        outcomes = marked_outcomes(replace(outcome, stderr=stderr), len(steps), mark)
        lines = _Lines(steps, mark)
        # A worker that fails tells of it too; if that was dealt with, the process ends well.
        if told and outcome.status:
            at = sum(found.reached for found in outcomes) - 1
            outcomes = _blamed(msgspec.json.decode(told[-1], type=Thrown), at, steps, outcomes, lines)
        return [replace(found, stderr=lines.placed(found.stderr)) for found in outcomes]


class _Lines:
    """Which line of the file is which line of which step."""

    def __init__(self, steps: Sequence[Step], mark: str) -> None:
        self.steps = steps
        between = _between(mark, may_await=False).count("\n")
        counts = [_with_newline(step.code).count("\n") for step in steps]
        self.counts = counts
        self.firsts = [0, *accumulate(count + between for count in counts)][: len(steps)]

    def find(self, line: int) -> tuple[int, int] | None:
        """The position of a step, and the line in it."""
        for at, (first, count) in enumerate(zip(self.firsts, self.counts, strict=True)):
            if first < line <= first + count:
                return at, line - first
        return None

    def all(self, text: str) -> Iterator[tuple[int, int]]:
        """The lines that a stack or a message names, the innermost first."""
        for frame in _FRAME.finditer(text):
            if found := self.find(int(frame[1])):
                yield found

    def placed(self, text: str) -> str:
        """Text with places in the chapter, and without the folder and the frames of Node itself."""

        def chapter(frame: re.Match[str]) -> str:
            found = self.find(int(frame[1]))
            return place(self.steps[found[0]], found[1]) if found else frame[0]

        text = _INTERNAL.sub(lambda found: "{\n" if found[1] else "", text)
        return _FOLDER.sub("", _FRAME.sub(chapter, text))


def _blamed(
    thrown: Thrown, at: int, steps: Sequence[Step], outcomes: Sequence[Outcome], lines: _Lines
) -> list[Outcome]:
    """The outcomes with the exception: in the step that was running, or in the one that kept the file from being read.

    Args:
        thrown: The exception.
        at: The position of the step that was running.
        steps: The steps.
        outcomes: What each did.
        lines: Where they stand in the file.
    """
    named = [*lines.all(thrown.stack), *lines.all(outcomes[at].stderr)]
    guilty = at
    if thrown.type == "SyntaxError" and at == 0 and named:
        guilty = named[0][0]
    line = next((line for step, line in named if step == guilty), 0)
    error = ErrorReport(thrown.type, "builtins", _FOLDER.sub("", thrown.text), line, outcomes[at].status)
    found = list(outcomes)
    if guilty != at:
        waiting = Outcome(note=f"is not run, because the fence at {place(steps[guilty], 1)} cannot be read with it")
        found[: guilty + 1] = [*[waiting] * guilty, outcomes[at]]
    found[guilty] = replace(found[guilty], error=error)
    return found


def _kind(steps: Sequence[Step]) -> str:
    """`m` for a module, `c` for CommonJS; what follows it is the language."""
    code = "\n".join(step.code for step in steps)
    languages = {step.language for step in steps}
    if "cjs" in languages:
        return "c"
    is_common = _REQUIRES.search(code) and not _IMPORTS.search(code)
    return "c" if is_common and "mjs" not in languages else "m"


def _with_newline(code: str) -> str:
    return code if code.endswith("\n") else f"{code}\n"


def _between(mark: str, *, may_await: bool) -> str:
    """A line that prints the mark. In a module it first lets promises settle: what they print belongs to the step above."""
    settle = "await new globalThis.Promise((done) => globalThis.setImmediate(done)); " if may_await else ""
    writes = "; ".join(f'globalThis.process.{stream}.write("{mark}0\\n")' for stream in ("stdout", "stderr"))
    return f";{settle}{writes};\n"


# ---------------------------------------------------------------------------------------------------- TypeScript


class TypeScriptRunner(JavaScriptRunner):
    """The same for TypeScript: Node leaves the types out, or `tsx` does. They are not checked."""

    name = "typescript"
    languages = ("typescript", "ts")
    suffix = "ts"
    parses_here = True

    def runtimes(self) -> Sequence[Runtime] | str:
        """The Node of this machine, if it runs TypeScript."""
        found = super().runtimes()
        if isinstance(found, str):
            return f"{found} (22.18 or newer, or any with tsx)"
        node = found[0]
        flags = _type_flags(_version(node.build))
        if flags is not None:
            return [replace(node, argv=(*node.argv, *flags))]
        if loader := _tsx():
            folders = (*node.folders, _packages(loader))
            build = f"{node.build} {loader}"
            label = f"{node.label} with tsx"
            return [
                replace(node, label=label, build=build, argv=(*node.argv, "--import", loader.as_uri()), folders=folders)
            ]
        return f"needs Node 22.18 or newer, or tsx on the PATH; this is {node.label}"

    def parsed(self, planned: Planned, outcome: Outcome) -> Outcome:
        """What the grammar says."""
        return parsed_by_grammar("typescript", planned.step.code, planned.treatment)


def _type_flags(version: tuple[int, ...]) -> tuple[str, ...] | None:
    """The flags by which Node leaves types out, or `None` if it cannot."""
    if version < (22, 6):
        return None
    quiet = "--disable-warning=ExperimentalWarning"
    transform = "--experimental-transform-types"  # enumerations and namespaces too; not all versions have it
    if _version(version_of("node", transform, "--version")):
        return (quiet, transform)
    is_default = version >= (23, 6) or (22, 18) <= version < (23, 0)
    return (quiet,) if is_default else (quiet, "--experimental-strip-types")


def _tsx() -> Path | None:
    """The module of tsx that Node is to load first."""
    path = program("tsx")
    loader = Path(path).resolve().parent / "loader.mjs"
    return loader if path and loader.is_file() else None


def _packages(loader: Path) -> str:
    """The outermost `node_modules` around a file: what it imports is somewhere in there."""
    folders = [folder for folder in loader.parents if folder.name == "node_modules"]
    return str(folders[-1] if folders else loader.parent.parent)
