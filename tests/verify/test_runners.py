"""What holds for the runners of all languages, and those that only parse."""

import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.verify.running import COMPILE, REJECT, Programs, Running, outputs, runtime_of, step
from vulgate.sessions.steps import Runtime, claim_digest
from vulgate.verify.jobs import Answer, Outcome
from vulgate.verify.runners import runner_of, runners
from vulgate.verify.runners.base import folders_of, marked_outcomes, step_outcomes
from vulgate.verify.sandbox import Isolation, best_isolation

# ------------------------------------------------------------------------------------------------ data, diagrams


@pytest.mark.parametrize(
    ("language", "code", "line"),
    [
        ("json", '{"a": [1, 2]}', 0),
        ("json", f"[{'1' * 5000}]", 0),
        ("json", '{\n"a": }', 2),
        ("toml", "a = 1\n", 0),
        ("toml", "a = 1\nb = \n", 2),
        ("toml", f"a = {'1' * 5000}", 1),
        ("yaml", "a: [1]\n---\nb: 2\n", 0),
        ("yml", "a: 1\nb: [\n", 3),
        ("mermaid", "flowchart LR\n  A --> B\n", 0),
        ("mermaid", "flowchart LR\n  A --> B\n  end\n", 3),
        ("mermaid", "flowchrt LR\n", 1),
    ],
)
def test_data_and_diagrams_are_parsed(language: str, code: str, line: int) -> None:
    runner = runners()[runner_of(language) or ""]
    steps = [step(language, code)]
    (runtime,) = runner.runtimes()
    assert isinstance(runtime, Runtime)
    assert (runtime.label, runner.job(steps, runtime, ())) == ("parsed", [])
    (outcome,) = runner.outcomes(steps, Answer(()))
    assert (outcome.reached, outcome.note) == (True, "")
    assert (outcome.error.line if outcome.error else 0) == line


def test_diagrams_of_which_only_the_kind_is_known() -> None:
    (outcome,) = runners()["mermaid"].outcomes([step("mermaid", "gantt\n  title A\n")], Answer(()))
    assert outcome.note == "only the kind of this diagram is known, it is not parsed"


# ------------------------------------------------------------------------------------------------ everywhere


@pytest.mark.parametrize("name", ["shell", "console", "javascript", "typescript", "rego"])
def test_a_program_that_is_not_there(programs: Programs, name: str) -> None:
    programs({})
    reason = runners()[name].runtimes()
    assert isinstance(reason, str)
    assert reason.startswith("needs ")
    assert "PATH" in reason


@pytest.mark.parametrize(
    ("language", "fine", "wrong"),
    [
        ("bash", "echo", "if true; then"),
        ("console", "$ echo", "$ if true; then"),
        ("js", "let x", "let = ="),
        ("ts", "let x: X", "let x:"),
    ],
)
def test_what_is_static_is_read_without_the_program(run: Running, language: str, fine: str, wrong: str) -> None:
    name = runner_of(language) or ""
    runner = runners()[name]
    steps = [step(language, fine, COMPILE), step(language, wrong, REJECT), step(language, fine, REJECT)]
    job = runner.job(steps, Runtime(name), ())
    gone = {"type": "FileNotFoundError", "module": "builtins", "text": "no such file", "line": 0, "status": 1}
    answer = Answer(tuple({"step": index, "error": gone} for index in range(len(job))), finished=True)
    accepted, rejected, unknown = runner.outcomes(steps, answer)
    assert outputs([accepted]) == [""]
    assert "grammar" in unknown.note
    assert rejected.error is not None
    assert rejected.error.line == 1


def test_the_strongest_isolation_has_all_that_programs_need() -> None:
    names = {"shell": ("bash", "echo hi"), "console": ("console", "$ echo hi\nhi"), "sql": ("sql", "SELECT 'hi'")}
    if not isinstance(runners()["javascript"].runtimes(), str):
        names["javascript"] = ("js", "console.log('hi')")
    folders = [folder for name in names for folder in runtime_of(name).folders]
    running = Running(best_isolation(), folders)
    try:
        found = [outputs(running(name, step(*written))) for name, written in names.items()]
    finally:
        running.warm.close()
    assert found == [["hi\n"]] * len(names)


def test_nothing_is_left_behind() -> None:
    running = Running(Isolation.PROCESS)
    (outcome,) = running("shell", step("bash", "setsid sleep 300 & echo $!; pwd"))
    process, folder = outcome.stdout.split()
    running.warm.close()
    assert not Path(f"/proc/{process}").exists()
    assert not Path(folder).exists()
    assert not Path(folder).parents[1].exists()


def test_programs_bring_their_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for place in ("tool/bin/run", "bin/run", ".local/bin/run"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text("")
    real = tmp_path.resolve()
    (tmp_path / "link").symlink_to(tmp_path / "tool" / "bin" / "run")
    assert folders_of(str(tmp_path / "link")) == (str(tmp_path / "link"), str(real / "tool"))
    assert folders_of(str(tmp_path / "bin/run")) == (str(tmp_path / "bin/run"), str(real / "bin/run"))
    assert folders_of(str(tmp_path / ".local/bin/run"))[1] == str(real / ".local/bin/run")
    assert str(real.parent) not in folders_of(str(tmp_path / "bin/run"))


def test_steps_told_apart_by_marks() -> None:
    whole = Outcome(True, True, "a<m>0\nb\n<m>2\nc", "x<m>0\n<m>2\n", status=5)
    first, second, third, fourth = marked_outcomes(whole, 4, "<m>")
    assert (first.stdout, first.stderr, first.status) == ("a", "x", 0)
    assert (second.stdout, second.stderr, second.status) == ("b\n", "", 2)
    assert (third.stdout, third.status, fourth) == ("c", 5, Outcome())
    unmarked = marked_outcomes(replace(whole, stderr="all"), 3, "<m>")
    assert [outcome.stderr for outcome in unmarked] == ["", "", "all"]


def test_a_command_that_is_killed_tells_its_signal() -> None:
    (killed,) = step_outcomes(Answer(({"step": 0, "status": -11},), finished=True, status=245), 1)
    assert (killed.signal, killed.status, killed.limit) == (11, 0, "")
    (slow,) = step_outcomes(Answer(({"step": 0, "status": -signal.SIGXCPU},), finished=True), 1)
    assert slow.limit == "cpu"


def test_marks_are_those_of_the_steps() -> None:
    steps = [step("bash", "echo a"), step("bash", "echo b")]
    job = runners()["shell"].job(steps, Runtime("bash", argv=("/bin/bash",)), ())
    assert job == runners()["shell"].job(steps, Runtime("bash", argv=("/bin/bash",)), ())
    assert claim_digest("shell", steps) in job[0]["argv"][3]


def test_every_language_of_the_format_has_its_runner() -> None:
    named = {language: runner_of(language) for language in ("sh", "terminal", "sqlite", "cjs", "ts", "rego", "yml")}
    expected = ["shell", "console", "sql", "javascript", "typescript", "rego", "data"]
    assert list(named.values()) == expected
    assert runner_of("jsx") is None
