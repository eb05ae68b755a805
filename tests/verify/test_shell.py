"""Bash: scripts, and sessions as a terminal shows them."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import modest
from tests.verify.running import COMPILE, REJECT, Running, file, outputs, step
from vulgate.verify.jobs import Mismatch, Outcome
from vulgate.verify.runners.shell import commands

# ------------------------------------------------------------------------------------------------ bash


def test_scripts_share_variables_functions_and_files(run: Running) -> None:
    outcomes = run(
        "shell",
        file("toml", "conf/app.toml", "port = 80\n"),
        step("bash", 'greet() { echo "hello, $1"; }\nname=Zoë\n'),
        step("sh", 'greet "$name"\nprintf "no newline" > note.txt\ncat note.txt'),
        step("shell", "cat conf/app.toml\necho $LINENO $0; ls\n"),
    )
    assert outputs(outcomes) == ["", "", "hello, Zoë\nno newline", "port = 80\n2 example.sh\nconf\nnote.txt\n"]


def test_a_script_ends_at_the_command_that_fails(run: Running) -> None:
    first, second, third = run(
        "shell",
        step("bash", "echo before\necho careful >&2\n"),
        step("bash", "echo start\n\ngrep -q nothing /dev/null\necho never\n"),
        step("bash", "echo never\n"),
    )
    assert (first.stdout, first.stderr, first.status) == ("before\n", "careful\n", 0)
    assert (second.stdout, second.status) == ("start\n", 1)
    assert second.stderr == "a.md:12: `grep -q nothing /dev/null` ends with status 1\n"
    assert third == Outcome()


def test_what_bash_says_names_lines_of_the_chapter(run: Running) -> None:
    missing, broken = (run("shell", step("bash", code))[0] for code in ("true\nnope\n", "true\nfi\n"))
    assert (missing.status, missing.stderr) == (127, "a.md:11: nope: command not found\n")
    assert (broken.status, broken.stderr) == (2, "a.md:11: syntax error near unexpected token `fi'\n")


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["exit 3", "echo no"], [(True, 3, ""), (False, 0, "")]),
        (["echo a; exit 0", "echo no"], [(True, 0, "a\n"), (False, 0, "")]),
        (["set +e\nfalse", "echo $?"], [(True, 1, ""), (True, 0, "1\n")]),
        (["[ -f nope ] && echo there", "echo no"], [(True, 1, ""), (False, 0, "")]),
        (["[ -f nope ] && echo there; echo here", "echo on"], [(True, 0, "here\n"), (True, 0, "on\n")]),
        (["exec > log; echo hidden", "echo hidden, too"], [(True, 0, ""), (True, 0, "")]),
        (
            ["trap 'echo bye' EXIT; trap -p", "echo on"],
            [(True, 0, "trap -- 'echo bye' EXIT\n"), (True, 0, "on\nbye\n")],
        ),
        (["echo 'open", "echo no"], [(True, 2, ""), (False, 0, "")]),
        (["cat", "read x || echo nothing to read"], [(True, 0, ""), (True, 0, "nothing to read\n")]),
        (["", "# only a comment"], [(True, 0, ""), (True, 0, "")]),
    ],
)
def test_how_scripts_end(run: Running, codes: list[str], found: list[tuple[bool, int, str]]) -> None:
    outcomes = run("shell", *(step("bash", code) for code in codes))
    assert [(outcome.reached, outcome.status, outcome.stdout) for outcome in outcomes] == found


def test_limits_end_the_step_that_breaks_them(run: Running) -> None:
    endless = step("bash", "echo begun\nwhile :; do :; done")
    steps = (step("bash", "echo a"), endless, step("bash", "echo b"))
    first, second, third = run("shell", *steps, seconds=0.5)
    assert outputs([first]) == ["a\n"]
    assert (second.reached, second.finished, second.stdout, second.limit) == (True, False, "begun\n", "time")
    assert third == Outcome()
    assert run("shell", endless, cpu_seconds=1)[0].limit == "cpu"
    assert run("shell", step("bash", "yes"), output=1000)[0].limit == "output"


def test_a_shell_that_is_killed(run: Running) -> None:
    first, second = run("shell", step("bash", "kill -KILL $$"), step("bash", "echo no"))
    assert (first.reached, first.signal, first.status) == (True, signal.SIGKILL, 0)
    assert not second.reached


def test_static_scripts_are_only_read(run: Running) -> None:
    read, wrong, rejected, ran = run(
        "shell",
        step("bash", "touch made\nshopt -s extglob\nrm !(*.py)\n", COMPILE),
        step("bash", "echo\nif true; then\ndone\n", COMPILE),
        step("bash", "fi", REJECT),
        step("bash", "ls"),
    )
    assert outputs([read, ran]) == ["", ""]
    assert wrong.error is not None
    assert wrong.error.line == 3
    assert rejected.error is not None
    assert rejected.error.type == "SyntaxError"


# ------------------------------------------------------------------------------------------------ sessions


SESSION = """\
$ echo hi; echo oops >&2
hi
oops
$ false
[1]
$ echo $?
1

$ name=Zoë
$ cat <<END
> dear $name,
>
> bye
> END
dear Zoë,

bye
$ printf 'a\\nb\\nc'
a
...
$ nope
bash: nope: command not found
[127]
$ alias ll='echo listing'
$ ll x
listing x
$ sleep 0.01 &
[1] 4242
$ wait
$ if )
bash: syntax error near unexpected token `)'
[2]
"""


def test_a_session_answers_as_a_terminal_does(run: Running) -> None:
    outcomes = run("console", step("console", SESSION), step("terminal", "$ echo $name; ls\nZoë\n$ exit 4\n[4]"))
    assert [outcome.session for outcome in outcomes] == [(), ()]
    assert all(outcome.finished and not outcome.status and not outcome.error for outcome in outcomes)


def test_answers_that_differ(run: Running) -> None:
    code = "$ echo a\nb\n$ (echo x; exit 3)\nx\n$ true\n[1]\n$ echo 'two\n> lines'\ntwo\nlines\n"
    (outcome,) = run("console", step("shell-session", code))
    assert outcome.session == (
        Mismatch(0, "echo a", "b", "a"),
        Mismatch(2, "(echo x; exit 3)", "x", "x\n[3]"),
        Mismatch(4, "true", "[1]", ""),
    )


def test_commands_behind_the_end_of_the_shell(run: Running) -> None:
    first, second = run("console", step("console", "$ exit 3\n[3]\n$ echo a\na"), step("console", "$ echo b\nb"))
    ((line, source, _, got),) = [(item.line, item.source, item.want, item.got) for item in first.session]
    assert (line, source) == (2, "echo a")
    assert "not run" in got
    assert second == Outcome()


def test_a_session_that_hangs(run: Running) -> None:
    first, second = run(
        "console", step("console", "$ echo a\na\n$ echo b; sleep 60\n"), step("console", "$ x"), seconds=0.5
    )
    assert (first.limit, first.session) == ("time", (Mismatch(2, "echo b; sleep 60", "", "b"),))
    assert second == Outcome()


def test_sessions_without_commands_prove_nothing(run: Running) -> None:
    nothing, stray = run("console", step("console", "just output\n"), step("console", "\nuser@host\n$ echo a\na\n"))
    assert "no command" in nothing.note
    assert stray.error is not None
    assert stray.error.line == 2


def test_static_sessions_are_only_read(run: Running) -> None:
    fine, wrong = run(
        "console",
        step("console", "$ cat <<END\n> ( unbalanced\n> END\noutput (\n$ touch x", COMPILE),
        step("console", "$ echo\n\n$ if then\n", COMPILE),
    )
    assert outputs([fine]) == [""]
    assert wrong.error is not None
    assert wrong.error.line == 3


@given(st.text("$> a\n", max_size=30))
@modest(300)
def test_commands_stand_where_they_say(code: str) -> None:
    lines = code.split("\n")
    for command in commands(code):
        assert lines[command.line] == f"$ {command.source.split(chr(10))[0]}"
