"""The last page: what this edition is, and what has been proven of it."""

from collections.abc import Iterable
from typing import Final

from packaging.version import InvalidVersion, Version

from vulgate.editions.paper.pandoc import Node
from vulgate.editions.paper.tree import bullets, para, words
from vulgate.model.blocks import Block, Example, Fact, Rule, Status
from vulgate.model.book import CompiledBook

TITLE: Final = "Colophon"
_KINDS: Final[dict[str, type[Block]]] = {"examples": Example, "facts": Fact, "rules": Rule}


def colophon(book: CompiledBook) -> list[Node]:
    """The blocks of the colophon, without its heading."""
    about = book.book
    made = f"Compiled by Vulgate {book.summary.version}"
    lines = [f"Edition: {about.edition}"] if about.edition else []
    lines += [f"Authors: {', '.join(about.authors)}"] if about.authors else []
    lines += [f"Licence: {about.license}"] if about.license else []
    lines += [f"Written for Python {', '.join(about.python)}"] if about.python else []
    lines += [f"Digest of the source: {about.digest}"] if about.digest else []
    return [para(words(f"{made}.")), bullets(map(words, lines)), *_proofs(book)]


def proven_on(block: Block) -> list[str]:
    """Where a block was proven, and is proven as a whole: Python versions and programs, in order."""
    if block.status is not Status.PROVEN:
        return []
    return sorted({verdict.runtime for verdict in block.verdicts if verdict.status is Status.PROVEN}, key=_order)


def _proofs(book: CompiledBook) -> list[Node]:
    """How many claims are proven, of each kind, and on what."""
    items: list[list[Node]] = []
    for kind, type_ in _KINDS.items():
        covered, total = book.summary.proven.get(kind, (0, 0))
        if total:
            blocks = [block for block in book.of_kind(type_) if block.is_authored]
            cited = covered - sum(block.status is Status.PROVEN for block in blocks) if type_ is Fact else 0
            said = f"{covered - cited:,} of {total:,} {kind} proven" + (f", {cited:,} cited" if cited else "")
            where = _runtimes(blocks)
            items.append(words(f"{said}; on {', '.join(where)}" if where else said))
    if not items:
        return [para(words("What this book says has not been put to the proof."))]
    said = "An example is proven when it was run and did what this book says; a fact, when code that asserts it ran; a rule, when"
    said += " its bad and good examples and its detector did what it says. Nothing of this book was run to print it."
    return [para(words("What has been proven of this book:")), bullets(items), para(words(said))]


def _runtimes(blocks: Iterable[Block]) -> list[str]:
    found = {verdict.runtime for block in blocks for verdict in block.verdicts if verdict.status is Status.PROVEN}
    pythons = sorted((name for name in found if name[:1].isdigit()), key=_order)
    return [f"Python {name}" for name in pythons] + sorted(found - set(pythons) - {"parsed"})


def _order(runtime: str) -> tuple[bool, Version, str]:
    try:
        return False, Version(runtime.partition("-")[0]), runtime
    except InvalidVersion:
        return True, Version("0"), runtime
