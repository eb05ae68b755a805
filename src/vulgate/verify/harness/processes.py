"""What the server of a warm interpreter knows of the system: limits, the processes of a job and their traces on disk.

This file runs inside the interpreter that the book is proven on: Python 3.8 or newer and the standard library.
"""

from __future__ import annotations

import os
import signal
import stat
import sys

try:
    import resource  # here, so that no child has to load it
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

THREADS = 256  # that a job may have beside its processes: the kernel counts them, too
DEEPEST = 40  # folders in folders that are deleted where they are; what lies deeper is moved up first


class Limits:
    """What a job may use; 0 is no limit.

    Attributes:
        seconds: Wall time.
        cpu_seconds: Processor time of one process.
        memory: Bytes, of one process and of all together; also of all files together.
        processes: How many at once, the first one included.
        output: Bytes of standard output or error of one step.
        file: Bytes of one file.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.seconds: float = values.get("seconds", 20)
        self.cpu_seconds: int = values.get("cpu_seconds", 20)
        self.memory: int = values.get("memory", 0)
        self.processes: int = values.get("processes", 0)
        self.output: int = values.get("output", 1 << 20)
        self.file: int = values.get("file", 0)

    def apply(self, others: int) -> None:
        """Sets the limits that the kernel holds, on this process and those it starts.

        Args:
            others: How many tasks to leave room for beside the processes of the job; see `uncounted`. 0 is no limit.
        """
        if sys.platform == "win32" or resource is None:
            return
        limits = [
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_FSIZE, self.file),
        ]
        if sys.platform == "linux":  # elsewhere it is not held, or counts what the interpreter maps at its start
            limits.append((resource.RLIMIT_AS, self.memory))
        if others and self.processes:  # holds a bomb back until the server has seen it
            limits.append((resource.RLIMIT_NPROC, self.processes + others))
        for kind, value in limits:
            if value or kind == resource.RLIMIT_CORE:
                try:
                    # Between the soft limit of processor time and the hard one, SIGXCPU can be told from a kill.
                    hard = value + 1 if kind == resource.RLIMIT_CPU else value
                    if kind == resource.RLIMIT_AS:  # programs that reserve much and use little may lift it
                        hard = resource.getrlimit(kind)[1]
                    resource.setrlimit(kind, (value, hard))
                except (ValueError, OSError):
                    continue


def keep_priority() -> None:
    """Where this process was started in front of all others, as root's is, keeps that from its jobs.

    The kernel does not count root's processes; among thousands that a job has forked, only one that comes first gets to kill
    them.
    """
    if sys.platform == "linux" and os.sched_getscheduler(0) == os.SCHED_RR:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))


def uncounted(is_first: bool) -> int:
    """The tasks that the kernel counts against the limit of processes, and that are none: threads, and what else the user runs.

    Args:
        is_first: Whether this is the first process of namespaces of its own. The kernel counts for each of them since 5.14;
            before that there is no limit that would not hit others, and none is needed, because all can be killed at once.
    """
    if sys.platform != "linux":
        return 0
    if is_first:
        try:
            return THREADS if tuple(map(int, os.uname().release.split(".")[:2])) >= (5, 14) else 0
        except ValueError:
            return 0
    found = 4 * THREADS
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat("/proc/" + name).st_uid == os.getuid():
                found += os.stat("/proc/%s/task" % name).st_nlink - 2
        except OSError:
            continue
    return found


# ---------------------------------------------------------------------------------------------------- processes (Linux)


def resident(pid: int) -> int:
    """The memory of a process in bytes, with what it shares; 0 if the process is gone."""
    try:
        with open("/proc/%d/statm" % pid, "rb") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def proportional(pid: int) -> int:
    """The memory of a process in bytes, each shared page divided by those who share it: slow and exact."""
    try:
        with open("/proc/%d/smaps_rollup" % pid, "rb") as stream:
            for line in stream:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) << 10
    except (OSError, IndexError, ValueError):
        pass
    return resident(pid)


def children(pid: int) -> list[int]:
    """The processes that a process has started, from any of its threads, or that were given to it as orphans."""
    found: list[int] = []
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, thread), "rb") as stream:
                found.extend(map(int, stream.read().split()))
    except OSError:
        pass
    return found


def descendants(pid: int) -> list[int]:
    """All that comes from a process, itself not included."""
    found: list[int] = []
    stack = [pid]
    while stack:
        below = children(stack.pop())
        found.extend(below)
        stack.extend(below)
    return found


def strike(pid: int) -> list[int]:
    """Kills all that comes from a process, each before it is asked for its children; their ids."""
    found: list[int] = []
    stack = [pid]
    while stack:
        for process in children(stack.pop()):
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                pass
            found.append(process)
            stack.append(process)
    return found


def adopt_orphans() -> None:
    """Makes the kernel give orphans of the jobs to this process, so that it finds them."""
    if sys.platform == "linux":
        try:
            import ctypes

            ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        except (ImportError, OSError, AttributeError):
            pass


def raise_loopback() -> None:
    """Switches the loopback interface of a new network namespace on, so that an example can talk to itself."""
    if sys.platform == "linux":
        import fcntl
        import socket
        import struct

        up = struct.pack("16sh", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            try:
                fcntl.ioctl(control, 0x8914, up)  # SIOCSIFFLAGS
            except OSError:
                pass


def drop_capabilities() -> None:
    """Gives up what the first process of a user namespace may do, so that examples meet the usual refusals."""
    try:
        import ctypes

        library = ctypes.CDLL(None)
        library.prctl(28, 0x1 | 0x2, 0, 0, 0)  # PR_SET_SECUREBITS: SECBIT_NOROOT, and locked
        library.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        library.capset(header, (ctypes.c_uint32 * 6)())
    except (ImportError, OSError, AttributeError):
        pass


# ---------------------------------------------------------------------------------------------------- folders


def output_size(folder: str) -> int:
    """The bytes of the longest stream that a job has written."""
    try:
        with os.scandir(folder) as entries:
            written = (entry for entry in entries if entry.name.startswith((".out", ".err")))
            return max((entry.stat().st_size for entry in written), default=0)
    except OSError:
        return 0


def contents(folder: str, name: str, size: int = -1) -> bytes:
    """What is in a file, or nothing; also where the job has taken our right to read it."""
    path = os.path.join(folder, name)
    for _ in range(2):
        try:
            with open(path, "rb", buffering=0) as stream:
                return stream.read(size) or b""
        except PermissionError:
            try:
                os.chmod(path, stat.S_IRWXU)
            except OSError:
                break
        except OSError:
            break
    return b""


def free_space(places: Iterable[str]) -> int:
    """The free bytes where some folders lie."""
    total = 0
    for place in places:
        try:
            found = os.statvfs(place)
            total += found.f_bfree * found.f_frsize
        except (OSError, AttributeError):
            continue
    return total


def space(folder: str) -> int:
    """The bytes of the files in a folder."""
    total = 0
    stack = [folder]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        total += getattr(entry.stat(follow_symlinks=False), "st_blocks", 0) * 512
        except OSError:
            continue
    return total


def remove(folder: str) -> None:
    """Deletes a folder, however deep it is, and also what its owner made unreadable."""
    moved = 0
    try:
        os.chmod(folder, stat.S_IRWXU)
    except OSError:
        pass
    stack = [(folder, emptied(folder))]
    while stack:
        place, inner = stack[-1]
        if not inner:
            stack.pop()
            try:
                os.rmdir(place)
            except OSError:
                pass
            continue
        path = os.path.join(place, inner.pop())
        try:
            os.chmod(path, stat.S_IRWXU)
            if len(stack) > DEEPEST:
                moved += 1
                name = ".moved%d" % moved
                os.rename(path, os.path.join(folder, name))
                stack[0][1].append(name)
            else:
                stack.append((path, emptied(path)))
        except OSError:
            continue


def emptied(folder: str, keep: Iterable[str] = ()) -> list[str]:
    """Deletes the files in a folder; the names of the folders in it.

    Args:
        folder: The folder.
        keep: Names that are passed over.
    """
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if entry.name not in keep]
    except OSError:
        return []
    inner: list[str] = []
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                inner.append(entry.name)
            else:
                os.unlink(entry.path)
        except OSError:
            continue
    return inner
