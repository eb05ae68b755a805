"""The build cache: lowered chapters by digest, and what the last build did.

It lives in `.vulgate/` beside the book's output, ignores itself in git, and can be deleted at any time. Its keys are digests
of content, never modification times; the compiler's own source is part of every key.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from vulgate.model.book import Summary
from vulgate.model.diagnostics import Diagnostic
from vulgate.plugins import COMPILER_GROUPS, plugin_names
from vulgate.source.book import SourceBook, SourceChapter
from vulgate.store.atomic import remove_unfinished, write_file

if TYPE_CHECKING:
    from vulgate.passes.compile import LowerAll
    from vulgate.passes.lower_all import Keep
    from vulgate.passes.lowered import LoweredChapter

    LowerAndKeep = Callable[[Sequence[SourceChapter], Keep], list[LoweredChapter]]

FOLDER: Final = ".vulgate"
_SEAL_SIZE: Final = 16
_DEPENDENCIES: Final = (
    "msgspec-",
    "pyromark-",
    "pyyaml-",
    "tree_sitter",
    "ast_grep_py-",
    "nh3-",
    "jinja2-",
    "pagefind_bin-",
    "mmdr-",
    "pypandoc_binary-",
    "typst-",
    "manimgx_fonts",
    "genanki-",
)
_SOURCES: Final = (".py", ".html", ".css", ".js", ".typ")


class BuildRecord(Struct, frozen=True):
    """What a build read and wrote, so that the next one can tell whether there is anything to do.

    Attributes:
        key: Digest of the sources, the compiler, the editions and their options.
        folder: Digest of the output folder's absolute path.
        outputs: Digest of each file written, by path in that folder.
        assets: Files that the book links to, and whether they existed.
        diagnostics: What the build reported.
        summary: What it compiled.
        files: Digest of each other file of the book that an edition looked for, by path; empty for one that was not there.
    """

    key: str
    folder: str
    editions: tuple[str, ...]
    outputs: dict[str, str]
    assets: dict[str, bool]
    diagnostics: tuple[Diagnostic, ...]
    summary: Summary
    files: dict[str, str] = {}


class Cache:
    """The cache folder of one book.

    Args:
        folder: The `.vulgate` folder; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()
        self.recompiled: list[str] = []
        self._is_made = False

    def through(self, source: SourceBook, lower_all: "LowerAndKeep") -> "LowerAll":
        """`lower_all` with the cache in front of it; `recompiled` lists the chapters that it had to lower.

        Args:
            source: The book.
            lower_all: Lowers chapters, and keeps each with what it gets for that.
        """
        from vulgate.passes.lowered import LoweredChapter

        def cached(chapters: Sequence[SourceChapter]) -> list[LoweredChapter]:
            found: dict[int, LoweredChapter] = {}
            for index, chapter in enumerate(chapters):
                try:
                    found[index] = msgspec.msgpack.decode(unsealed(self._place(source, chapter)), type=LoweredChapter)
                except (OSError, ValueError, RecursionError):
                    self.recompiled.append(chapter.file.path)
            missing = [index for index in range(len(chapters)) if index not in found]
            found |= zip(missing, lower_all([chapters[index] for index in missing], keep), strict=True)
            return [found[index] for index in range(len(chapters))]

        def keep(chapter: SourceChapter, lowered: LoweredChapter) -> None:
            self._write(self._place(source, chapter), msgspec.msgpack.encode(lowered))

        return cached

    def _place(self, source: SourceBook, chapter: SourceChapter) -> Path:
        parts = (compiler_digest(), str(source.is_lenient), chapter.id, chapter.file.path, chapter.file.digest)
        name = hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
        self.used.add(name)
        return self.folder / "chapters" / name

    def read_record(self) -> BuildRecord | None:
        """The record of the last build, or `None`."""
        try:
            return msgspec.msgpack.decode(unsealed(self.folder / "build"), type=BuildRecord)
        except (OSError, ValueError, RecursionError):
            return None

    def write_record(self, record: BuildRecord) -> None:
        """Keeps the record of this build."""
        self._write(self.folder / "build", msgspec.msgpack.encode(record))

    def prune(self) -> None:
        """Deletes the lowered chapters that this build did not use."""
        try:
            for place in (self.folder / "chapters").iterdir():
                if place.name not in self.used:
                    place.unlink(missing_ok=True)
            remove_unfinished(self.folder / "build")
        except OSError:
            pass

    def _write(self, place: Path, data: bytes) -> None:
        """Writes into the cache; a cache that cannot be written costs time, never the build."""
        try:
            self.make_folder()
            write_file(place, seal(data) + data, durable=False)
        except OSError:
            pass

    def make_folder(self) -> None:
        """Makes the cache folder, which git ignores.

        Raises:
            OSError: It cannot be made.
        """
        if self._is_made:
            return
        (self.folder / "chapters").mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        self._is_made = True


def compiler_digest() -> str:
    """Digest of the compiler: its own source, the versions of the parsers it stands on, and the Python that runs it."""
    return _compiler_digest(tuple(sys.path))


@lru_cache(maxsize=1)
def source_digest() -> bytes:
    """Digest of our own source."""
    package = str(Path(__file__).parents[1])
    files = sorted(
        os.path.join(folder, name)  # noqa: PTH118 -- sooner than `pathlib`, and every command asks
        for folder, _, names in os.walk(package)
        for name in names
        if name.endswith(_SOURCES)
    )
    total = hashlib.blake2b(digest_size=16)
    for file in files:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123
            total.update(file[len(package) :].replace(os.sep, "/").encode())
            total.update(stream.read())
    return total.digest()


@lru_cache(maxsize=4)
def _compiler_digest(path: tuple[str, ...]) -> str:
    """The digest with the packages that a search path leads to."""
    total = hashlib.blake2b(repr(sys.version_info[:2]).encode() + source_digest(), digest_size=16)
    site = Path(msgspec.__file__).parents[1]
    names = sorted(
        entry.name
        for entry in site.iterdir()
        if entry.name.lower().startswith(_DEPENDENCIES) and entry.suffix == ".dist-info"
    )
    # Packages that are there or not decide whether a rule's detector is known.
    names += (name for group in COMPILER_GROUPS for name in plugin_names(group))
    total.update("\0".join(names).encode())
    return total.hexdigest()


def seal(data: bytes) -> bytes:
    """What stands before the data of a cache file, so that a damaged one is known."""
    return hashlib.blake2b(data, digest_size=_SEAL_SIZE).digest()


def unsealed(place: Path) -> bytes:
    """What a cache file holds.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not what was written.
    """
    data = place.read_bytes()
    if seal(data[_SEAL_SIZE:]) != data[:_SEAL_SIZE]:
        raise ValueError(f"{place} is damaged")
    return data[_SEAL_SIZE:]
