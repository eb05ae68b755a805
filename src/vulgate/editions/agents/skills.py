"""A book as Agent Skills: folders that an agent opens when their description fits what it is doing.

Format: https://agentskills.io/specification. A chapter is a skill; its SKILL.md says what must be done, most important first, and
where the rest stands; the chapter itself lies in reference files. Agents list all skills at once, so their number and their
descriptions are bounded.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

from msgspec import Struct

from vulgate.editions.agents.lines import line_of, slug
from vulgate.editions.agents.references import Reference, references
from vulgate.editions.anchors import Find
from vulgate.model.blocks import AnyBlock, Chapter, Rule
from vulgate.model.book import Book, CompiledBook
from vulgate.model.findings import SEVERITIES
from vulgate.model.inline import plain, unlinked
from vulgate.model.tokens import count_tokens

SKILLS: Final = 30
"""Skills of a book. Agents give the list of all skills some 8,000 characters."""
DESCRIPTION: Final = 250
"""Characters of a description; with `SKILLS`, what agents give the list."""
NAME: Final = 64
"""Characters of a name, as the format has it."""
TOKENS: Final = 2_900
"""Tokens of a SKILL.md; linters warn from 3,000 on."""
LINES: Final = 480
"""Lines of a SKILL.md; the format says to stay below 500."""
_TITLE: Final = 100
_ABOUT: Final = 150
_NO_TAGS: Final = str.maketrans("", "", "<>")  # descriptions go into prompts, where angle brackets make tags


class LookUp(Struct, frozen=True):
    """How an agent gets at what a skill only names.

    Attributes:
        told: What a SKILL.md says of it: one or two sentences.
        address: The address of a block that is in another skill, for links.
    """

    told: str
    address: Callable[[str], str]


def by_command(book: str = "") -> LookUp:
    """Looking up with the command line.

    Args:
        book: What commands have to name the book by; empty if it is the one that they take by themselves.
    """
    rule, block = (f"ID --book {book}", f"{book} ID") if book else ("ID", "ID")
    return LookUp(
        told=f"Look up a rule with `vulgate explain {rule}`, any block with `vulgate show {block}`."
        " A link to `vulgate:ID` leads to another chapter.",
        address=lambda target: f"vulgate:{target}",
    )


BY_COMMAND: Final = by_command()


class Skill(Struct, frozen=True):
    """Some neighbouring chapters as a skill, mostly one.

    Attributes:
        name: Its name, which is the folder's.
        description: When to use it, and what is in it.
        files: Texts by path in the folder, SKILL.md first.
        license: The book's.
        metadata: The book's id and edition.
    """

    name: str
    description: str
    files: dict[str, str]
    license: str = ""
    metadata: dict[str, str] = {}

    @property
    def frontmatter(self) -> dict[str, object]:
        """What stands at the top of SKILL.md."""
        return _frontmatter(self.name, self.description, self.license, self.metadata)


def skills(book: CompiledBook, look_up: LookUp = BY_COMMAND) -> list[Skill]:
    """The skills of a book.

    Args:
        book: The book.
        look_up: How an agent gets at what a skill only names.
    """
    return skills_of(book.book, [book.authored(chapter.id) for chapter in book.chapters], book.find, look_up)


def skills_of(about: Book, chapters: Sequence[Sequence[AnyBlock]], find: Find, look_up: LookUp) -> list[Skill]:
    """The skills of a book whose blocks are read from wherever they are.

    Args:
        about: The book.
        chapters: The authored blocks of each chapter, in reading order, its head first.
        find: All blocks of the book.
        look_up: How an agent gets at what a skill only names.
    """
    taken: set[str] = set()
    return [_skill(about, group, find, look_up, taken) for group in _groups(about, chapters)]


# ------------------------------------------------------------------------------------------------ which chapters


_Group = list[Sequence[AnyBlock]]


def _groups(about: Book, chapters: Sequence[Sequence[AnyBlock]]) -> list[_Group]:
    """The chapters of each skill: one, with the pages in front of it.

    A book of more chapters than there may be skills gives each part a share of them, and cuts parts into stretches of equal
    length.
    """
    front = set(about.front)
    units: list[_Group] = [[]]
    for chapter in chapters:
        if units[-1] and units[-1][-1][0].id not in front:
            units.append([])
        units[-1].append(chapter)
    if len(units) <= SKILLS:
        return [unit for unit in units if unit]
    return [list(chain.from_iterable(stretch)) for part in _shares(units) for stretch in _stretches(*part)]


def _shares(units: Sequence[_Group]) -> Iterator[tuple[list[_Group], int]]:
    """The units of each part with the number of its skills; one part where there are too many."""
    parts: dict[str, list[_Group]] = {}
    for unit in units:
        parts.setdefault(_head(unit).part, []).append(unit)
    if len(parts) > SKILLS:
        yield list(units), SKILLS
        return
    shares = dict.fromkeys(parts, 1)
    for _ in range(SKILLS - len(parts)):
        shares[max(parts, key=lambda part: len(parts[part]) / shares[part])] += 1
    for part, inside in parts.items():
        yield inside, shares[part]


def _stretches(units: list[_Group], count: int) -> Iterator[list[_Group]]:
    """The units in so many stretches; the lengths differ by one at most."""
    count = min(count, len(units))
    for index in range(count):
        yield units[index * len(units) // count : (index + 1) * len(units) // count]


def _head(group: _Group) -> Chapter:
    """The chapter that a skill is named after: the last page of one with pages in front, else its first."""
    heads = [blocks[0] for blocks in group]
    head = next((each for each in heads if isinstance(each, Chapter) and each.number), heads[0])
    assert isinstance(head, Chapter)
    return head


# ------------------------------------------------------------------------------------------------ one skill


def _skill(about: Book, group: _Group, find: Find, look_up: LookUp, taken: set[str]) -> Skill:
    name = _name(about.id, _head(group).id, taken)
    description = _description(about, [_head(group), *_others(group)])
    metadata = {"book": line_of(about.id), "edition": line_of(about.edition)} if about.edition else {"book": about.id}
    license = line_of(about.license)
    made = references(group, find, look_up.address)
    front = _frontmatter(name, description, license, metadata)
    text = _skill_file(front, group, made, look_up)
    return Skill(name, description, {"SKILL.md": text, **{each.path: each.text for each in made}}, license, metadata)


def _others(group: _Group) -> list[Chapter]:
    first = _head(group)
    return [head for blocks in group if isinstance(head := blocks[0], Chapter) and head is not first and head.number]


def _frontmatter(name: str, description: str, license: str, metadata: dict[str, str]) -> dict[str, object]:
    optional = {"license": license} if license else {}
    return {"name": name, "description": description, **optional, "metadata": metadata}


def _name(book: str, chapter: str, taken: set[str]) -> str:
    """A name that no other skill of the book has."""
    words = slug(f"{book}-{chapter}", NAME) or "chapter"
    name, number = words, 2
    while name in taken:
        name, number = f"{words[: NAME - 6].strip('-')}-{number}", number + 1
    taken.add(name)
    return name


def _description(about: Book, chapters: Sequence[Chapter]) -> str:
    """When to use it, what is in it, where it is from: whole sentences, as many as fit."""
    titles = [line_of(plain(chapter.title)) for chapter in chapters]
    tags = [line_of(tag) for chapter in chapters for tag in chapter.tags if tag != "core"]
    topics = _list(tags or titles, _ABOUT) or line_of(about.title)[:_ABOUT]
    text = f"Use when you write or review code about {topics}."
    for summary in (line_of(plain(chapter.summary)) for chapter in chapters):
        if summary and len(text) + 1 + len(summary) <= DESCRIPTION:
            text += f" {summary}"
    source = f" From {line_of(about.title)}."
    return (text + source if len(text + source) <= DESCRIPTION else text).translate(_NO_TAGS)


def _list(words: Sequence[str], room: int) -> str:
    """The first words that fit, each once."""
    listed = ""
    for word in dict.fromkeys(words):
        longer = f"{listed}, {word}" if listed else word
        if len(longer) > room:
            return listed or f"{word[: room - 4]} ..."
        listed = longer
    return listed


def _skill_file(front: dict[str, object], group: _Group, made: Sequence[Reference], look_up: LookUp) -> str:
    title = " / ".join(line_of(plain(chapter.title)) for chapter in (_head(group), *_others(group)))
    summary = line_of(plain(_head(group).summary))
    head = ["---", *_yaml(front), "---", "", f"# {_cut(title)}", ""]
    head += [summary, ""] if summary and count_tokens(summary) < TOKENS // 10 else []
    head += [look_up.told, ""]
    rules = [block for blocks in group for block in blocks if isinstance(block, Rule)]
    ranked = sorted(rules, key=lambda rule: (SEVERITIES.index(rule.severity), -rule.importance))
    contents = ["", "## Contents", ""]
    room = TOKENS - count_tokens("\n".join([*head, *contents, "## Rules", ""])) - 10
    files = _contents(made, room // 2 if ranked else room)
    room -= sum(map(_cost, files))
    lines = ["## Rules", "", *_rules(ranked, room, LINES - len(head) - len(files) - 8)] if ranked else []
    return "\n".join([*head, *lines, *contents, *files]).replace("\n\n\n", "\n\n") + "\n"


def _yaml(front: dict[str, object]) -> Iterator[str]:
    """Front matter; a JSON text is YAML, too."""
    for key, value in front.items():
        if isinstance(value, dict):
            yield f"{key}:"
            yield from (f"  {name}: {json.dumps(text, ensure_ascii=False)}" for name, text in value.items())
        else:
            yield f"{key}: {value if key == 'name' else json.dumps(value, ensure_ascii=False)}"


def _rules(rules: Sequence[Rule], room: int, most: int) -> list[str]:
    """The rules, each in a line: all by their titles if there is room, and the first with what to do."""
    lines: list[str] = []
    for rule in rules[: most - 1]:
        line = _rule(rule)
        room -= _cost(line)
        if room < 40:  # what the line takes that says how many are missing
            break
        lines.append(line)
    for index, rule in enumerate(rules[: len(lines)]):
        line = _rule(rule, with_fix=True)
        more = _cost(line) - _cost(lines[index])
        if more <= room - 40:
            lines[index] = line
            room -= more
    if left := len(rules) - len(lines):
        lines.append(f"- {left} more rules, none more severe than these, stand in the files below.")
    return lines


def _rule(rule: Rule, *, with_fix: bool = False) -> str:
    title = line_of(unlinked(rule.title)).rstrip(".")
    fix = f": {line_of(unlinked(rule.fix))}" if with_fix and rule.fix else ""
    return f"- {title} ({rule.severity}, `{rule.id}`){fix}"


def _contents(made: Sequence[Reference], room: int) -> list[str]:
    """The files, each with the headings in it; in short where that takes too much room."""
    full = [f"- [{_cut(each.title)}]({each.path})" + _more(each) for each in made]
    if sum(map(_cost, full)) <= room:
        return full
    return [f"- [{_cut(each.title, 60)}]({each.path})" for each in made]


def _more(each: Reference) -> str:
    more = [heading for heading in each.headings if heading != each.title]
    return f": {'; '.join(more)}" if more else ""


def _cut(title: str, most: int = _TITLE) -> str:
    """A title without brackets, which would end the link that it is in; a long one by its beginning."""
    text = title.replace("[", "(").replace("]", ")")
    return text if len(text) <= most else f"{text[: most - 4].rsplit(' ', 1)[0]} ..."


def _cost(line: str) -> int:
    return count_tokens(line + "\n")
