"""What only a process of its own shows: imports, colours, the progress bar, completion."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.build.books import SMALL, command, environment, run, spawn, write
from vulgate.cli import COMMANDS

BROKEN: Final = {**SMALL, "two.md": "# Two\n\nSee [[nowhere]].\n"}
HEAVY: Final = ("msgspec", "yaml", "sqlite3", "rich", "pyromark", "rapidfuzz", "tree_sitter", "watchfiles", "packaging")
posix: Final = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX system")
needs_bash: Final = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def imported(*arguments: str) -> set[str]:
    """The top-level modules that a process imports."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names = re.findall(r"^import time:.*\| +(\S+)$", result.stderr, re.MULTILINE)
    assert "os" in names, "the import times cannot be read"
    return {name.partition(".")[0] for name in names}


# ------------------------------------------------------------------------------------------------ imports


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-V"]], ids=str)
def test_a_glance_imports_nothing_heavy(arguments: list[str]) -> None:
    modules = imported("-m", "vulgate", *arguments)
    assert "click" in modules
    assert not modules & set(HEAVY)


@pytest.mark.parametrize("arguments", [["completion", "fish"], ["explain", "--list"]], ids=str)
def test_a_command_imports_what_it_needs(arguments: list[str]) -> None:
    assert not imported("-m", "vulgate", *arguments) & {"sqlite3", "rich", "pyromark", "tree_sitter", "watchfiles"}


def test_a_build_in_a_pipe_needs_neither_rich_nor_watchfiles(tmp_path: Path) -> None:
    modules = imported("-m", "vulgate", "build", str(write(tmp_path, SMALL)))
    assert {"msgspec", "sqlite3"} <= modules
    assert not modules & {"rich", "watchfiles", "rapidfuzz"}


def test_nothing_to_do_imports_no_parser(tmp_path: Path) -> None:
    spawn("build", str(write(tmp_path, SMALL)))
    assert not imported("-m", "vulgate", "build", str(tmp_path)) & {"pyromark", "tree_sitter", "sqlite3"}


# ------------------------------------------------------------------------------------------------ colours


@pytest.mark.parametrize(
    ("variables", "colored"),
    [
        ({}, False),
        ({"NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ],
    ids=str,
)
def test_colours_in_a_pipe(variables: dict[str, str], colored: bool, tmp_path: Path) -> None:
    result = spawn("build", str(write(tmp_path, BROKEN)), **variables)
    assert result.returncode == 1
    assert ("\x1b[" in result.stderr) == colored
    assert "\x1b" not in result.stdout
    assert ("\x1b[" in spawn("explain", "VG204", **variables).stdout) == colored


# ------------------------------------------------------------------------------------------------ the progress bar

EAGER: Final = (
    "import sys; import vulgate.cli.progress as b; b.ProgressBar._DELAY = 0; from vulgate.cli import main; main()"
)


def on_terminal(arguments: list[str], **env: str) -> tuple[str, str, int]:
    """Runs a command whose standard error is a terminal: what it prints there, its standard output, its exit code."""
    import pty

    main, side = pty.openpty()
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=side, stdin=subprocess.DEVNULL, env=environment(TERM="xterm", **env)
    )
    os.close(side)
    shown = b""
    try:
        while data := os.read(main, 65536):
            shown += data
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(main)
    output = process.communicate(timeout=60)[0]
    return shown.decode(), output.decode(), process.returncode


@posix
def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    shown, output, code = on_terminal([sys.executable, "-c", EAGER, "build", str(tmp_path)])
    assert code == 0
    assert "compiling" in shown
    assert re.search(r"[01]/2", shown)
    assert "writing" in shown
    assert "\x1b[?25h" in shown, "the cursor comes back"
    assert "compiling" not in output


@posix
def test_a_short_build_shows_no_bar(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    run("build", str(tmp_path))
    assert on_terminal(command("build", str(tmp_path)))[0] == ""


@posix
def test_diagnostics_on_a_terminal_are_coloured(tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    assert "\x1b[1;31merror[VG403]" in on_terminal(command("build", str(tmp_path)))[0]
    shown = on_terminal(command("build", str(tmp_path)), NO_COLOR="1")[0]
    assert "error[VG403]" in shown
    assert "\x1b" not in shown


def test_silence_in_a_pipe(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    result = subprocess.run(
        [sys.executable, "-c", EAGER, "build", str(tmp_path)],
        env=environment(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert result.stderr == b""
    assert b"\x1b" not in result.stdout
    assert b"\r" not in result.stdout.replace(b"\r\n", b"\n")


@posix
def test_a_closed_pipe_is_no_fault(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("schema"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(PYTHONUNBUFFERED="1")
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"Traceback" not in said


@posix
def test_control_c_ends_a_build_quietly(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    slow = f"import vulgate.build as b, time; b.Builder._lower = lambda self: print('on', flush=True) or time.sleep(60); {EAGER}"
    process = subprocess.Popen(
        [sys.executable, "-c", slow, "build", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"on\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Traceback" not in said


# ------------------------------------------------------------------------------------------------ completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    result = spawn("completion", shell)
    assert result.returncode == 0
    assert "_VULGATE_COMPLETE=" + shell + "_complete" in result.stdout
    assert "vulgate" in result.stdout
    if shutil.which(shell):
        check = subprocess.run(
            [shell, "-n"], input=result.stdout, capture_output=True, text=True, check=False, timeout=30
        )
        assert (check.returncode, check.stderr) == (0, "")


@needs_bash
def test_bash_takes_the_script() -> None:
    script = spawn("completion", "bash").stdout
    check = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p vulgate"], capture_output=True, text=True, check=True, timeout=30
    )
    assert "-F _vulgate_completion vulgate" in check.stdout


def complete(words: str, shell: str = "bash") -> list[str]:
    """What a shell would offer for the last word."""
    given = {
        "COMP_WORDS": words if shell == "bash" or not words.endswith(" ") else words.rstrip(),
        "COMP_CWORD": str(words.count(" ")) if shell != "fish" else words.rpartition(" ")[2],
    }
    lines = spawn(_VULGATE_COMPLETE=f"{shell}_complete", **given).stdout.splitlines()
    return [line.partition(",")[2] for line in lines] if shell != "zsh" else lines[1::3]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_commands_are_completed(shell: str) -> None:
    assert complete("vulgate bu", shell) == ["build", "budget"]
    assert complete("vulgate s", shell) == ["search", "show", "stats", "serve", "schema"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("vulgate ", list(COMMANDS)),
        ("vulgate build --ed", ["--edition"]),
        ("vulgate build --k", ["--keep-going"]),
        ("vulgate build --edition s", ["sqlite", "ssm"]),
        ("vulgate build -e cu", ["cursor"]),
        ("vulgate build --format s", ["sarif"]),
        ("vulgate schema --of man", ["manifest"]),
        ("vulgate explain VG60", ["VG601", "VG602", "VG603", "VG604", "VG605", "VG606", "VG607", "VG608", "VG609"]),
        ("vulgate explain unknown-f", ["unknown-fence-attribute"]),
        ("vulgate completion z", ["zsh"]),
        ("vulgate nonsense --x", []),
    ],
)
def test_arguments_are_completed(words: str, offered: list[str]) -> None:
    assert complete(words) == offered
