"""Claims: facts without proof or source, rules that are not shown, and figures that come from nowhere."""

import re
from collections.abc import Iterator
from typing import Final

from vulgate.audit.material import Material, Passage
from vulgate.model.audit import Area, Figure, Item, Measure
from vulgate.model.blocks import Block, Fact, Rule
from vulgate.model.inline import plain
from vulgate.model.proofs import Share

_NUMBER: Final = r"(?:~|≈)?\d[\d.,]*(?:\s?(?:–|-|to)\s?\d[\d.,]*)?"
_BETTER: Final = (
    r"(?:faster|slower|quicker|smaller|larger|cheaper|less|fewer|more (?:memory|throughput|requests)|speed-?ups?|improvement"
    r"|overhead)"
)
_FIGURE: Final = re.compile(
    rf"(?<![\w.]){_NUMBER}\s?(?:x|×|times|-fold|fold)\b[^.;\n]{{0,20}}?\b{_BETTER}\b"
    rf"|(?<![\w.]){_NUMBER}\s?(?:%|percent|per cent)\s+(?:\w+\s+)?{_BETTER}\b"
    rf"|\b{_BETTER}\s+(?:of|by|up to)\s+(?:up to\s+)?{_NUMBER}\s?(?:%|x\b|×|times|percent)",
    re.IGNORECASE,
)
_STUDY: Final = re.compile(
    r"\b(?:studies|research|surveys|benchmarks|experts|statistics)\s+(?:show|shows|suggest|say|agree|indicate|prove)\b",
    re.IGNORECASE,
)
_SOURCE: Final = re.compile(
    r"\]\(|https?://|\[\^|\[\[|\b(?:PEP|RFC)\s?\d|\bmeasured\b|\bbenchmark below\b", re.IGNORECASE
)


def look(material: Material) -> Area:
    """Looks at facts and rules, and at sentences that give a figure or name a study without saying where it comes from."""
    facts = [fact for fact in material.book.of_kind(Fact) if fact.is_authored]
    rules = [rule for rule in material.book.of_kind(Rule) if rule.is_authored]
    bare = [fact for fact in facts if not fact.proof and not fact.cite]
    unshown = [rule for rule in rules if not rule.bad or not rule.good]
    figures = list(_figures(material))
    unsourced = [item for _, item in figures if item]
    items = [
        *(
            _item(material, fact, "unproven-fact", "neither proof nor source", "a `{proof}` fence or `:cite:`")
            for fact in bare
        ),
        *(
            _item(material, rule, "unshown-rule", "no pair of bad and good code", "`{bad}` and `{good}` fences")
            for rule in unshown
        ),
        *unsourced,
    ]
    return Area(
        "claims",
        "Claims",
        weight=2,
        measures=(
            Measure("facts have a proof or a source", Share(len(facts) - len(bare), len(facts)), 2),
            Measure("rules are shown broken and kept", Share(len(rules) - len(unshown), len(rules)), 2),
            Measure(
                "figures and studies in the prose have a source", Share(len(figures) - len(unsourced), len(figures)), 1
            ),
        ),
        items=tuple(items),
        figures=(Figure("facts", f"{len(facts):,}"), Figure("rules", f"{len(rules):,}")),
    )


def _item(material: Material, block: Block, check: str, lacks: str, add: str) -> Item:
    kind = block.kind
    return Item(check, f"the {kind} “{plain(block.title)[:60]}” has {lacks}", f"add {add}", material.place(block))


def _figures(material: Material) -> Iterator[tuple[Passage, Item | None]]:
    """The passages with a figure of how much better something is, or with a study; an item where no source stands by."""
    for passage in material.passages():
        match = _FIGURE.search(passage.text) or _STUDY.search(passage.text)
        if match is None:
            continue
        if _SOURCE.search(passage.text) or _is_measured(material, passage):
            yield passage, None
            continue
        what = f"“{' '.join(match[0].split())[:60]}” has no source"
        fix = "link to where it was measured, or measure it in an example"
        yield passage, Item("figure-without-source", what, fix, material.within(passage, *match.span()))


def _is_measured(material: Material, passage: Passage) -> bool:
    """Whether code that takes times stands in the same chapter near the passage, or the passage in a fact with its proof."""
    end = passage.start + len(passage.text.encode())
    for block in passage.chapter.blocks:
        if isinstance(block, (Fact, Rule)) and block.span.start <= passage.start and end <= block.span.end:
            return True
        is_near = passage.start - 1_500 <= block.span.start <= end + 1_500
        if block.kind == "example" and is_near and re.search(r"timeit|perf_counter|tracemalloc|getsizeof", block.text):
            return True
    return False
