"""JavaScript and TypeScript on Node."""

import signal

import pytest

from tests.verify.running import COMPILE, REJECT, Programs, Running, file, outputs, step
from vulgate.sessions.steps import Runtime
from vulgate.verify.jobs import Answer, ErrorReport, Outcome
from vulgate.verify.runners import runners

# ------------------------------------------------------------------------------------------------ JavaScript


def test_modules_share_what_they_declare(run: Running) -> None:
    outcomes = run(
        "javascript",
        file("javascript", "lib/shapes.mjs", "export const area = (r) => r * 2;\n"),
        step("javascript", "import { area } from './lib/shapes.mjs';\nconst r = await Promise.resolve(4);\n"),
        step("js", "Promise.resolve().then(() => console.log('settled'));\nprocess.stdout.write(`é ${area(r)} `)"),
        step("node", "import fs from 'node:fs';\nsetTimeout(() => console.log(fs.readdirSync('lib')), 5);\n// end"),
    )
    assert outputs(outcomes) == ["", "", "é 8 settled\n", "[ 'shapes.mjs' ]\n"]


@pytest.mark.parametrize(
    ("language", "code", "is_common"),
    [
        ("javascript", "const fs = require('node:fs');\nconsole.log(typeof module)", True),
        ("javascript", "module.exports = { a: 1 };\nconsole.log(typeof module)", True),
        ("cjs", "undeclared = 1;\nconsole.log(typeof module)", True),
        ("javascript", "console.log(typeof module)", False),
        ("mjs", "// not require('fs')\nconsole.log(typeof module)", False),
        ("javascript", "import os from 'node:os';\n// not require('fs')\nconsole.log(typeof module)", False),
    ],
)
def test_common_js_is_told_from_modules(run: Running, language: str, code: str, is_common: bool) -> None:
    assert outputs(run("javascript", step(language, code))) == ["object\n" if is_common else "undefined\n"]


def test_an_exception_names_its_class_and_line(run: Running) -> None:
    first, second, third = run(
        "javascript",
        step("javascript", "function deep(o) {\n  return o.a.b;\n}\nclass OddError extends RangeError {}\n"),
        step("javascript", "console.log('so far');\n\ndeep({});"),
        step("javascript", "console.log('never')"),
    )
    assert outputs([first]) == [""]
    assert second.error == ErrorReport("TypeError", "builtins", "Cannot read properties of undefined (reading 'b')", 3)
    assert second.stdout == "so far\n"
    assert "at deep (a.md:11:14)\n    at a.md:12:1\n" in second.stderr
    assert "node:internal" not in second.stderr
    assert third == Outcome()
    (odd,) = run("javascript", step("js", "class OddError extends RangeError {}\nthrow new OddError('a\\nb')"))
    assert odd.error == ErrorReport("OddError", "builtins", "a\nb", 2)


@pytest.mark.parametrize(
    ("code", "type", "text"),
    [
        ("throw 'text'", "String", "text"),
        ("throw null", "object", "null"),
        ("throw { get message() { throw 1 } }", "object", ""),
        ("import './nope.mjs'", "Error", "Cannot find module 'nope.mjs' imported from example.mjs"),
        ("Promise.reject(new RangeError('\\ud800 late'))", "RangeError", "\ufffd late"),
        ("setTimeout(() => { throw new Error('late') }, 1)", "Error", "late"),
    ],
)
def test_what_is_thrown(run: Running, code: str, type: str, text: str) -> None:
    (outcome,) = run("javascript", step("javascript", code))
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.text, outcome.status) == (type, text, 1)


def test_steps_that_cannot_be_read_together(run: Running) -> None:
    first, second, third = run(
        "javascript", step("js", "const a = 1;"), step("js", "\nconst a = 2;"), step("js", "console.log(a)")
    )
    assert first.note == "is not run, because the fence at a.md:10 cannot be read with it"
    assert second.error == ErrorReport("SyntaxError", "builtins", "Identifier 'a' has already been declared", 2)
    assert third == Outcome()


@pytest.mark.parametrize(
    ("code", "status", "signal_number", "limit"),
    [
        ("process.exit(3)", 3, 0, ""),
        ("process.exitCode = 4;", 4, 0, ""),
        ("await new Promise(() => {})", 13, 0, ""),
        ("process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => {}))", 0, signal.SIGKILL, ""),
        ("for (;;);", 0, signal.SIGKILL, "time"),
    ],
)
def test_how_node_ends(run: Running, code: str, status: int, signal_number: int, limit: str) -> None:
    first, last = run("javascript", step("js", "console.log('begun')"), step("js", code), seconds=0.7 if limit else 10)
    assert outputs([first]) == ["begun\n"]
    assert (last.reached, last.error, last.status, last.signal, last.limit) == (
        True,
        None,
        status,
        signal_number,
        limit,
    )


def test_fetch_works_within_the_limit_of_memory(run: Running) -> None:
    code = "console.log(await fetch('http://127.0.0.1:9').catch((error) => error.message))"
    assert outputs(run("javascript", step("js", code))) == ["fetch failed\n"]


def test_static_javascript_is_only_read(run: Running) -> None:
    fine, wrong, rejected, accepted = run(
        "javascript",
        step("js", "import { x } from 'nowhere';\nawait x();", COMPILE),
        step("js", "let x;\nlet y =\n", COMPILE),
        step("js", "let x; let x;", REJECT),
        step("js", "let x;", REJECT),
    )
    assert outputs([fine, accepted]) == ["", ""]
    assert wrong.error is not None
    assert rejected.error == ErrorReport("SyntaxError", "builtins", "Identifier 'x' has already been declared", 1)


# ------------------------------------------------------------------------------------------------ TypeScript


def test_typescript_runs_without_its_types(run: Running) -> None:
    outcomes = run(
        "typescript",
        step("typescript", "interface Point { x: number }\nconst p: Point = { x: await 1 };\n"),
        step(
            "ts",
            "console.log(p.x satisfies number);\n\nfunction deep(o: any): number {\n  return o.a.b;\n}\ndeep({});\n",
        ),
        memory=0,  # tsx has a thread that reserves more addresses than it uses
    )
    assert outputs(outcomes[:1]) == [""]
    assert outcomes[1].stdout == "1\n"
    assert outcomes[1].error is not None
    assert (outcomes[1].error.type, outcomes[1].error.line) == ("TypeError", 4)


def test_static_typescript_is_read_without_node() -> None:
    runner = runners()["typescript"]
    steps = [step("ts", "let x: number;", COMPILE), step("typescript", "let x: = 1;", REJECT)]
    assert runner.job(steps, Runtime("typescript"), ()) == []
    fine, rejected = runner.outcomes(steps, Answer(()))
    assert outputs([fine]) == [""]
    assert rejected.error is not None
    assert rejected.error.line == 1


NODE = """
for word; do
  case $word in --version) last=$word ;; {known}) ;; *) echo "node: bad option: $word" >&2; exit 9 ;; esac
done
echo {version}
"""


@pytest.mark.parametrize(
    ("version", "known", "tsx", "flags"),
    [
        ("v18.20.1", "--no", False, None),
        ("v20.19.0", "--disable-wasm-trap-handler", True, ["--import"]),
        ("v22.6.0", "--disable-wasm-trap-handler", False, ["--experimental-strip-types"]),
        ("v22.18.0", "--experimental-transform-types", False, ["--experimental-transform-types"]),
        ("v26.0.0", "--disable-wasm-trap-handler", True, []),
    ],
)
def test_which_node_runs_typescript(
    programs: Programs, version: str, known: str, tsx: bool, flags: list[str] | None
) -> None:
    folder = programs({"node": NODE.format(version=version, known=known)})
    if tsx:
        package = folder.parent / "node_modules" / "tsx" / "dist"
        package.mkdir(parents=True)
        for name in ("cli.mjs", "loader.mjs"):
            (package / name).write_text("")
        (package / "cli.mjs").chmod(0o755)
        (folder / "tsx").symlink_to(package / "cli.mjs")
    found = runners()["typescript"].runtimes()
    (script,) = runners()["javascript"].runtimes()
    assert isinstance(script, Runtime)
    major, minor = version[1:].split(".")[:2]
    assert (script.label, script.argv[0]) == (f"node {major}.{minor}", str(folder / "node"))
    assert ("--disable-wasm-trap-handler" in script.argv) == (known == "--disable-wasm-trap-handler")
    if flags is None:
        assert found == f"needs Node 22.18 or newer, or tsx on the PATH; this is node {major}.{minor}"
        return
    (runtime,) = found
    assert isinstance(runtime, Runtime)
    chosen = [word for word in runtime.argv[1:] if word.startswith(("--experimental", "--import"))]
    assert chosen == flags
    if "--import" in flags:
        assert runtime.argv[-1] == (folder.parent / "node_modules/tsx/dist/loader.mjs").resolve().as_uri()
        assert str(folder.parent.resolve() / "node_modules") in runtime.folders
