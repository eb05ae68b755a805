"""Runs the steps of one job in this process: the code of the book, as the `__main__` of a fresh interpreter would run it.

This file runs inside the interpreter that the book is proven on: Python 3.8 or newer, the standard library, and nothing of
Vulgate. It imports little, so that an example sees hardly more modules than in an interpreter of its own.
"""

from __future__ import annotations

import builtins
import gc
import io
import json
import os
import sys
import time
import types
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    import doctest
    from collections.abc import Callable
    from typing import Any, NoReturn

# An example may replace what it likes; what is needed after it is kept here.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]
_clock, _dumps, _exit, _getpid, _write = time.perf_counter, json.dumps, os._exit, os.getpid, os.write

NAME = "example.py"  # what tracebacks call the code; the lines are those of all steps joined
AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
MAX_TEXT = 20000  # characters of an error's message, or of a session's answer, that are reported


class _Source:
    """The loader of `__main__`: hands the source to `inspect` and `traceback`, which find no such file."""

    def __init__(self) -> None:
        self.text = ""

    def get_source(self, name: str) -> str:
        return self.text


class _Recorder(io.TextIOWrapper):
    """A standard output that notes which line of the example wrote what."""

    record: list[tuple[int, str]]
    room: int

    def write(self, text: str) -> int:
        count = super().write(text)
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != NAME:
            frame = frame.f_back
        self.room -= count
        if frame is not None and self.room >= 0:
            self.record.append((frame.f_lineno, text))
        return count


class Job:
    """One job: steps that share a namespace and a folder.

    Args:
        request: What to run; see `server.py`.
        code: Path for the joined code, so that a spawned process can import `__main__`.
        report: Called with the report of each step, a dictionary.
        redirect: Called with a step's number; gives it an empty standard output and error.
    """

    def __init__(
        self,
        request: dict[str, Any],
        code: str,
        report: Callable[[dict[str, Any]], None],
        redirect: Callable[[int], None],
    ) -> None:
        self.steps: list[dict[str, Any]] = request["steps"]
        self.room: int = request.get("limits", {}).get("output", 1 << 20)
        self.code = code
        self.report = report
        self.redirect = redirect
        self.pid = os.getpid()
        self.joined = ""
        self.source = _Source()
        self.main = types.ModuleType("__main__")
        self.main.__dict__.update(__builtins__=builtins, __file__=code, __loader__=self.source)

    def run(self) -> int:
        """Runs the steps; the status that the process is to exit with."""
        sys.modules["__main__"] = self.main
        sys.argv = [self.code]
        status = 0
        for index, step in enumerate(self.steps):
            self.redirect(index)
            record = self._streams(bool(step.get("inline")))
            started = _clock()
            told: dict[str, Any] = {"step": index}
            try:
                status = getattr(self, "_" + step["mode"])(step, told)
            except BaseException as error:  # a file cannot be written, a program not started
                status = self._caught(error, told)
            if _getpid() != self.pid:  # a process that the example forked came to its end
                _flush()
                _exit(status)
            _flush()
            if self._has_said_too_much():
                return status
            told["seconds"] = _clock() - started
            if record is not None:
                told["prints"] = record
            self.report(told)
        self._finish()
        return status

    def _streams(self, inline: bool) -> list[tuple[int, str]] | None:
        """Fresh text streams: line-buffered, so that what child processes write stands where a terminal would show it."""
        record: list[tuple[int, str]] | None = [] if inline else None
        for name, number in (("stdout", 1), ("stderr", 2)):
            stream = (_Recorder if inline and number == 1 else io.TextIOWrapper)(
                io.BufferedWriter(io.FileIO(number, "w", closefd=False)),
                encoding="utf-8",
                errors="backslashreplace" if number == 2 else "strict",
                line_buffering=True,
            )
            if isinstance(stream, _Recorder) and record is not None:
                stream.record, stream.room = record, self.room
            setattr(sys, name, stream)
            setattr(sys, "__" + name + "__", stream)
        return record

    def _has_said_too_much(self) -> bool:
        """Whether a step has broken the limit of output, which ends the job; the server may not have seen it yet."""
        try:
            return max(os.fstat(1).st_size, os.fstat(2).st_size) > self.room
        except OSError:  # the example has closed them
            return False

    # ------------------------------------------------------------------------------------------------ modes

    def _file(self, step: dict[str, Any], told: dict[str, Any]) -> int:
        """Writes a file of the book; Python must compile."""
        os.makedirs(os.path.dirname(os.path.abspath(step["path"])), exist_ok=True)
        with open(step["path"], "w", encoding="utf-8", newline="") as stream:
            stream.write(step["code"])
        if step["path"].endswith(".py"):
            return self._compile_only(step["code"], step["path"], 0, told)
        return 0

    def _compile(self, step: dict[str, Any], told: dict[str, Any]) -> int:
        """Only compiles: for code that is not to be run, or, in the mode `reject`, that must not compile."""
        return self._compile_only(step["code"], NAME, AWAIT if step["mode"] == "compile" else 0, told)

    _reject = _compile

    def _compile_only(self, code: str, name: str, flags: int, told: dict[str, Any]) -> int:
        try:
            if step_is_session(code):
                import doctest

                code = "".join(example.source for example in doctest.DocTestParser().get_examples(code))
            compile(code, name, "exec", flags, True)
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            return self._caught(error, told)
        return 0

    def _run(self, step: dict[str, Any], told: dict[str, Any]) -> int:
        """Runs the code in the namespace of the job."""
        told["first"] = self.joined.count("\n")
        if step_is_session(step["code"]):
            return self._session(step, told)
        code = self._joined(step["code"])
        raised: BaseException | None = None
        try:
            compiled = compile(code, NAME, "exec", AWAIT, True)
            if compiled.co_flags & 0x80:  # inspect.CO_COROUTINE: it awaits
                import asyncio

                asyncio.run(_awaited(compiled, self.main.__dict__))
            else:
                exec(compiled, self.main.__dict__)
        except BaseException as error:
            raised = error
        sys.settrace(None)  # at once, so that a tracer sees nothing that is not the example's
        sys.setprofile(None)
        return 0 if raised is None else self._caught(raised, told)

    def _joined(self, code: str) -> str:
        """The code behind as many empty lines as the steps before have, and the whole as a file."""
        lines = self.joined.count("\n")
        self.joined += code if code.endswith("\n") else code + "\n"
        self.source.text = self.joined
        with open(self.code, "w", encoding="utf-8", newline="", errors="surrogatepass") as stream:
            stream.write(self.joined)
        if "linecache" in sys.modules:
            sys.modules["linecache"].cache.pop(NAME, None)
        return "\n" * lines + code

    def _session(self, step: dict[str, Any], told: dict[str, Any]) -> int:
        """Runs a `>>>` session as a doctest."""
        import doctest

        wrong: list[tuple[int, str, str, str]] = []
        told["session"] = wrong

        class Runner(doctest.DocTestRunner):
            def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
                wrong.append((example.lineno, example.source, example.want, got[:MAX_TEXT]))

            def report_unexpected_exception(self, out: Any, test: Any, example: doctest.Example, exc_info: Any) -> None:
                import traceback

                text = "".join(traceback.format_exception_only(exc_info[0], exc_info[1]))
                wrong.append((example.lineno, example.source, example.want, text[:MAX_TEXT]))

        examples = doctest.DocTestParser().get_examples(step["code"], NAME)
        test = doctest.DocTest(examples, {}, NAME, NAME, 0, step["code"])
        test.globs = self.main.__dict__
        Runner(optionflags=doctest.ELLIPSIS, verbose=False).run(test, out=lambda text: None, clear_globs=False)
        sys.settrace(None)
        self._joined("\n" * step["code"].count("\n"))
        return int(bool(wrong))

    def _exec(self, step: dict[str, Any], told: dict[str, Any]) -> int:
        """Runs a command of another language, in the same folder."""
        import subprocess

        for path, text in step.get("files", {}).items():
            with open(path, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
        _lift_address_space()
        entered = step.get("stdin", "").encode("utf-8")
        done = subprocess.run(step["argv"], input=entered, stdout=1, stderr=2, check=False)
        told["status"] = done.returncode
        return done.returncode

    # ------------------------------------------------------------------------------------------------ ends

    def _caught(self, error: BaseException, told: dict[str, Any]) -> int:
        """Reports an exception that the code let out, as the interpreter would."""
        if isinstance(error, SystemExit):
            status = _status(error.code)
        else:
            status = 1
            self._show(error)
        kind = type(error)
        told["error"] = {
            "type": str(kind.__qualname__),
            "module": str(kind.__module__),
            "text": _text(error),
            "line": _line(error),
            "status": status,
        }
        return status

    def _show(self, error: BaseException) -> None:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != NAME:
            trace = trace.tb_next
        try:
            sys.excepthook(type(error), error.with_traceback(trace or None), trace)
        except BaseException as second:
            if not isinstance(second, SystemExit):
                sys.__excepthook__(type(second), second, second.__traceback__)

    def _finish(self) -> None:
        """What an interpreter does at its end: waits for threads, runs exit functions, drops the module."""
        try:
            if "threading" in sys.modules:
                sys.modules["threading"]._shutdown()
            if "atexit" in sys.modules:
                sys.modules["atexit"]._run_exitfuncs()
            left = ref(self.main)
            self.main.__dict__["__self__"] = self.main  # so that it lives as long as its names do
            sys.modules.pop("__main__", None)
            del self.main
            gc.collect()
            if main := left():  # something outside refers to them
                vars(main).update(dict.fromkeys(name for name in vars(main) if not name.startswith("__")))
        except BaseException as error:
            sys.__excepthook__(type(error), error, error.__traceback__)
        _flush()


async def _awaited(compiled: types.CodeType, namespace: dict[str, Any]) -> None:
    """The task of code with a top-level `await`."""
    await eval(compiled, namespace)  # vulgate: ignore[eval-call] to run the code of a trusted book is what this is for


def step_is_session(code: str) -> bool:
    """Whether code is an interactive session: its first line of code begins with a prompt."""
    return code.lstrip().startswith(">>>")


def _status(code: object) -> int:
    """The exit status for what was given to `sys.exit`; a text is written, as the interpreter does."""
    if isinstance(code, int):
        return code & 0xFF if abs(code) < 1 << 63 else 0xFF
    if code is not None:
        try:
            sys.stderr.write(str(code) + "\n")
        except BaseException:  # vulgate: ignore[silent-except] there is no such stream, or no such text
            pass
    return int(code is not None)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()
    except BaseException as second:
        return "<its text cannot be had: %s>" % type(second).__name__


def _line(error: BaseException) -> int:
    """The last line of the example on the way to an error, 0 if there is none."""
    if isinstance(error, SyntaxError) and error.filename == NAME:
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _lift_address_space() -> None:
    """Lets other programs reserve what they like, as Node does: the server watches the memory that is really used."""
    try:
        import resource
    except ImportError:  # Windows
        return
    if sys.platform == "linux":
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _flush() -> None:
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
        try:
            getattr(sys, name).flush()
        except BaseException:  # vulgate: ignore[silent-except] closed, replaced, deleted
            pass


# ---------------------------------------------------------------------------------------------------- a process per job


def run_in_process(folder: str, request: dict[str, Any]) -> NoReturn:
    """Runs a job whose folder is ready, in this process.

    Args:
        folder: Holds `work`, the current folder; what is written goes beside it, as temporary files do.
        request: The job.
    """
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    report = os.path.join(folder, ".report")
    number = _opened(report)
    owner = _getpid()

    def tell(told: dict[str, Any]) -> None:
        if _getpid() != owner:
            return
        line = _dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            _write(number, line)
        except OSError:  # the example has closed it
            _write(_opened(report), line)

    def redirect(index: int) -> None:
        for name, number in (("out", 1), ("err", 2)):
            target = _opened(os.path.join(folder, ".%s%d" % (name, index)))
            if target != number:
                os.dup2(target, number)
                os.close(target)
            else:
                os.set_inheritable(number, True)

    os.chdir(os.path.join(folder, "work"))
    sys.path.insert(0, os.getcwd())
    status = 70
    try:
        status = Job(request, os.path.join(folder, NAME), tell, redirect).run()
        tell({"end": True})
    finally:
        _exit(status & 0xFF)


def _opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


if __name__ == "__main__":
    with open(os.path.join(sys.argv[1], "job"), encoding="utf-8") as _stream:
        _request = json.load(_stream)
    run_in_process(sys.argv[1], _request)
