"""What is known of a block, in a word or two: severity, proof, versions."""

from collections.abc import Iterable
from typing import Final

from vulgate.editions.web.text import attribute, escape, safe_url
from vulgate.model.blocks import Block, Status, Verdict

_WORDS: Final = {
    Status.PROVEN: "proven",
    Status.FAILED: "fails",
    Status.SKIPPED: "not run",
}
_PEP: Final = "https://peps.python.org/pep-{:04}/"
_RFC: Final = "https://www.rfc-editor.org/rfc/rfc{}"
_CVE: Final = "https://nvd.nist.gov/vuln/detail/{}"


def badge(text: str, kind: str = "", title: str = "") -> str:
    """A word in a frame."""
    about = f' title="{attribute(title)}"' if title else ""
    return f'<span class="badge{f" {kind}" if kind else ""}"{about}>{escape(text)}</span>'


def proof(block: Block) -> str:
    """Whether a block is proven, and where; nothing for what was never put to the proof."""
    if not block.verdicts:
        return ""
    word = _WORDS.get(block.status, "partly proven" if proven_on(block.verdicts) else "unproven")
    return badge(word, str(block.status), verdicts(block.verdicts))


def proven_on(found: Iterable[Verdict]) -> list[str]:
    """Where a claim was proven."""
    return [verdict.runtime for verdict in found if verdict.status is Status.PROVEN]


def verdicts(found: Iterable[Verdict]) -> str:
    """What came out in each place and when, in a line."""
    found = list(found)
    days: dict[str, list[str]] = {}
    for verdict in found:
        if verdict.status is Status.PROVEN:
            days.setdefault(verdict.day, []).append(verdict.runtime)
    held = [f"{', '.join(places)}{f' ({day})' if day else ''}" for day, places in days.items()]
    told = [f"Proven on {'; '.join(held)}"] if held else []
    told += [
        f"{verdict.runtime}: {verdict.reason or verdict.status}"
        for verdict in found
        if verdict.status is not Status.PROVEN
    ]
    return ". ".join(told)


def citation(text: str) -> str:
    """Where a claim comes from, with a link where there is an address for it."""
    name, _, number = text.partition(" ")
    if name == "PEP" and number.isdecimal():
        url = _PEP.format(int(number))
    elif name == "RFC" and number.isdecimal():
        url = _RFC.format(int(number))
    elif text.startswith("CVE-"):
        url = _CVE.format(text)
    else:
        url = safe_url(text)
    return f'<a href="{attribute(url)}" rel=external>{escape(text)}</a>' if url else f"<cite>{escape(text)}</cite>"


def citations(found: Iterable[str]) -> str:
    """Where a claim comes from, from all its sources."""
    return ", ".join(citation(text) for text in found)
