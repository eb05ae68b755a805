"""The last run as a whole: when nothing has changed, its results are shown again without compiling the book."""

import hashlib
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from vulgate.detect import detectors
from vulgate.model.blocks import Status
from vulgate.model.proofs import Result
from vulgate.source.book import SourceBook
from vulgate.store.cache import compiler_digest
from vulgate.store.proofs import Proofs
from vulgate.verify.interpreters import Packages
from vulgate.verify.runners import runners
from vulgate.verify.verifier import Request, Verifier


class _LastRun(Struct, frozen=True):
    """What is kept of a run.

    Attributes:
        results: All results; none of them failed.
        tools: For each runner that the book needs, apart from Python, the label and build of its runtimes, or why there is none.
        analysers: Detector, the part of `:detect:` that names a version, and that version.
    """

    results: tuple[Result, ...]
    tools: dict[str, list[tuple[str, str]] | str]
    analysers: tuple[tuple[str, str, str], ...]


def run_key(source: SourceBook, request: Request, wanted: Sequence[str]) -> str:
    """Digest of all that decides what a run finds, apart from the tools that only the compiled book names."""
    packages = Packages()
    said = (
        source.digest,
        compiler_digest(),
        ascii(list(wanted)),  # a command line may hold what is no text
        [(runtime.label, runtime.build, sorted(packages.of(runtime).items())) for runtime in request.pythons],
        request.fallback is not None,
        request.types,
        request.isolation,
    )
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()


def read_last_run(proofs: Proofs, key: str) -> list[Result] | None:
    """The results of the last run, if it would find the same again."""
    data = proofs.read_run(key)
    if data is None:
        return None
    try:
        run = msgspec.msgpack.decode(data, type=_LastRun)
    except (msgspec.MsgspecError, ValueError):
        return None
    if any(_tool(runner) != kept for runner, kept in run.tools.items()):
        return None
    known = detectors()
    if any(name in known and known[name].version(spec) != version for name, spec, version in run.analysers):
        return None
    return [msgspec.structs.replace(result, cached=True) for result in run.results]


def write_last_run(proofs: Proofs, key: str, verifier: Verifier, results: Sequence[Result]) -> None:
    """Keeps a whole run in which nothing failed."""
    if verifier.is_stopped or any(result.status is Status.FAILED for result in results):
        return
    tools = {runner: _tool(runner) for runner in sorted(verifier.runners) if runner != "python"}
    kept = tuple(msgspec.structs.replace(result, detail="") for result in results)
    run = _LastRun(kept, tools, tuple(sorted(verifier.analysers)))
    proofs.write_run(key, msgspec.msgpack.encode(run))


def _tool(runner: str) -> list[tuple[str, str]] | str:
    if runner not in runners():
        return "gone"
    found = runners()[runner].runtimes()
    return found if isinstance(found, str) else [(runtime.label, runtime.build) for runtime in found]
