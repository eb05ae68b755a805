"""How much of the handbook's rules reaches an agent within a budget: our choice beside simpler ways, in the same tokens.

    python benchmarks/agents.py [--budgets 1000,2000,4000,8000,16000] [--old FILE]

Each way gives a list of passages, and a passage counts if it is whole within the budget. The first table has the share of the
rules, where one counts 8 if it is critical, 4 if high, 2 if medium and 1 if low; the second the share of the chapters with rules
that at least one rule is from; the third the rules.

  chosen        what `compose` puts into one file of that budget, its headings counted
  limit         what no choice of our sentences can exceed in the first table: the most weight for a token first, the last in part
  our words     our sentences, in the order of the book
  the book      the rules as the book has them, examples and all, in the order of the book
  headings      as some rules files are made: an entry for each heading that says "pitfall" or "warning", which is its title and
                "avoid this pattern unless explicitly justified". A rule counts if its title stands in an entry
  sections      the same with all that is below these headings; a rule counts if it stands there or is linked from there

`--old` names an edition of another book that was made in that way, a Markdown file of some 300,000 tokens. Its rules are not
ours, so the last table tells what can be counted there: its chapters that begin within the budget, and the entries
with a severity (`#### [MEDIUM] ...`), which are its rules, that are whole in it.
"""

import argparse
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from measure import ROOT

from vulgate import CompiledBook, Rule, compile_book, open_book
from vulgate.editions.agents.compose import VALUE, BudgetError, Composition, compose
from vulgate.editions.agents.tokenizer import count
from vulgate.editions.anchors import surroundings
from vulgate.model.blocks import Section
from vulgate.model.inline import plain
from vulgate.model.plain import plain_passage

BUDGETS = "1000,2000,4000,8000,16000"
PITFALL = re.compile("pitfall|warning", re.IGNORECASE)
ADVICE = "Avoid this pattern unless explicitly justified."
ROUNDS = 5

Passage = tuple[str, set[str]]
"""A text, and the ids of the rules in it."""


class Ways:
    """The ways of filling a budget; each gives the ids of the rules that are whole in it."""

    def __init__(self, book: CompiledBook) -> None:
        self.book = book
        self.rules = {rule.id: rule for rule in book.of_kind(Rule)}
        everything = compose(book, 10**6)
        self.entries = {entry.rule: entry for entry in everything.entries}
        self.all: dict[str, Callable[[int], set[str]]] = {
            "chosen": self.chosen,
            "our words": prefix((f"{entry.text}\n", {entry.rule}) for entry in everything.entries),
            "the book": prefix(self.as_written()),
            "headings": prefix(self.headings()),
            "sections": prefix(self.sections()),
        }

    def composed(self, budget: int) -> Composition | None:
        try:
            return compose(self.book, budget)
        except BudgetError:
            return None

    def chosen(self, budget: int) -> set[str]:
        made = self.composed(budget)
        if made is None:
            return set()
        assert count(made.guidance.core.text) <= budget
        return set(made.guidance.core.rules)

    def as_written(self) -> Iterator[Passage]:
        around = surroundings(self.book.find, self.book.targets, lambda anchor: f"#{anchor}")
        for rule in self.rules.values():
            yield plain_passage([rule, *self.book.children(rule.id)], around) + "\n", {rule.id}

    def pitfalls(self) -> Iterator[tuple[Section, list[str]]]:
        """Sections with such a heading, and the ids of all that is below it."""
        for chapter in self.book.chapters:
            found: list[tuple[Section, list[str]]] = []
            open_ = False
            for block in self.book.authored(chapter.id):
                if isinstance(block, Section):
                    if PITFALL.search(block.title):
                        open_ = True
                        found.append((block, [block.id]))
                        continue
                    open_ = open_ and block.depth > found[-1][0].depth
                if open_:
                    found[-1][1].append(block.id)
            yield from found

    def headings(self) -> Iterator[Passage]:
        for section, _ in self.pitfalls():
            title = f"{section.number} {plain(section.title)}"
            yield f"- {title}: {ADVICE}\n", {id for id, rule in self.rules.items() if plain(rule.title) in title}

    def sections(self) -> Iterator[Passage]:
        for section, ids in self.pitfalls():
            blocks = [self.book[id] for id in ids]
            text = "".join(block.text for block in blocks if not block.parent)
            named = {*ids, *(link.target for block in blocks for link in block.links)}
            yield f"- {section.number} {plain(section.title)}: {ADVICE}\n{text}", named & self.rules.keys()

    def limit(self, budget: int) -> float:
        """The most weight that sentences of ours can have within a budget, where one may be taken in part."""
        weights = [(VALUE[entry.severity], entry.tokens) for entry in self.entries.values()]
        reached, left = 0.0, float(budget)
        for weight, tokens in sorted(weights, key=lambda pair: -pair[0] / pair[1]):
            part = min(1.0, left / tokens)
            reached, left = reached + part * weight, left - part * tokens
        return reached / sum(weight for weight, _ in weights)

    def weighted(self, found: set[str]) -> float:
        total = sum(VALUE[rule.severity] for rule in self.rules.values())
        return sum(VALUE[self.rules[id].severity] for id in found) / total

    def chapters(self, found: Iterable[str]) -> set[str]:
        return {self.rules[id].chapter for id in found}


def prefix(passages: Iterable[Passage]) -> Callable[[int], set[str]]:
    """The way that takes passages one after the other until the budget is spent."""
    costs = [(count(text), rules) for text, rules in passages]

    def filled(budget: int) -> set[str]:
        found: set[str] = set()
        for tokens, rules in costs:
            budget -= tokens
            if budget < 0:
                break
            found |= rules
        return found

    return filled


def table(title: str, budgets: list[int], rows: dict[str, list[str]]) -> str:
    lines = [f"| {title} | " + " | ".join(f"{each:,}" for each in budgets) + " |", "|---|" + "---:|" * len(budgets)]
    return "\n".join([*lines, *(f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows.items())]) + "\n"


def old_edition(path: Path, budgets: list[int]) -> str:
    text = path.read_text(encoding="utf-8", errors="replace")
    places: dict[str, list[int]] = {"chapters begun": [], "entries with a severity, whole": []}
    before = 0
    for part in re.split(r"(?m)^(?=#{1,4} )", text):
        after = before + count(part)
        if re.match(r"## Chapter \d", part):
            places["chapters begun"].append(before + 1)
        elif re.match(r"#### \[[A-Z]+\] ", part):
            places["entries with a severity, whole"].append(after)
        before = after
    rows = {
        f"{name} (the first at {found[0]:,})" if found else name: [
            f"{sum(place <= budget for place in found)} of {len(found)}" for budget in budgets
        ]
        for name, found in places.items()
    }
    return table(f"an old edition of {before:,} tokens", budgets, rows)


def processor(run: Callable[[], object]) -> str:
    """Milliseconds of processor time, the least of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        run()
        spent.append(time.process_time() - started)
    return f"{min(spent) * 1000:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budgets", default=BUDGETS)
    parser.add_argument("--old", type=Path)
    arguments = parser.parse_args()
    budgets = [int(each) for each in arguments.budgets.split(",")]
    ways = Ways(compile_book(open_book(ROOT / "books" / "python")).book)
    found = {name: [way(budget) for budget in budgets] for name, way in ways.all.items()}
    weighted = {name: [f"{ways.weighted(each):.1%}" for each in sets] for name, sets in found.items()}
    limit = {"limit": [f"{ways.limit(budget):.1%}" for budget in budgets]}
    chapters = len(ways.chapters(ways.rules))
    reached = {name: [f"{len(ways.chapters(each)) / chapters:.0%}" for each in sets] for name, sets in found.items()}
    numbers = {name: [str(len(each)) for each in sets] for name, sets in found.items()}
    print(table("share of the rules, by severity", budgets, {"chosen": weighted.pop("chosen")} | limit | weighted))
    print(table(f"share of {chapters} chapters", budgets, reached))
    print(table(f"rules, of {len(ways.rules)}", budgets, numbers))
    times = {"chosen and written": [processor(lambda each=each: ways.composed(each)) for each in budgets]}
    print(table("processor time in ms", budgets, times))
    if arguments.old:
        print(old_edition(arguments.old, budgets))


if __name__ == "__main__":
    main()
