"""The pages of a book, from its chapters' HTML."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from urllib.parse import quote

from msgspec import structs

from vulgate.editions.web.bodies import Bodies
from vulgate.editions.web.chapter import anchor
from vulgate.editions.web.context import Context
from vulgate.editions.web.indexes import Index, indexes_of
from vulgate.editions.web.layout import MOST, Leaf, lay_out
from vulgate.editions.web.learning import Extra, Learning
from vulgate.editions.web.linked_data import book_data, page_data
from vulgate.editions.web.options import WebOptions
from vulgate.editions.web.places import INDEX, Names, Places
from vulgate.editions.web.site import NavChapter, NavPart, Page, PageRef, Site, TocEntry
from vulgate.editions.web.text import cut, escape, inline, link
from vulgate.model.blocks import Chapter, Pathway, Section
from vulgate.model.book import CompiledBook, Part
from vulgate.model.inline import plain

_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
_RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "ha-arab", "he", "ks", "ku-arab", "ps", "sd", "ug", "ur", "yi"})


class Pages:
    """All pages of a book.

    Args:
        context: The book.
        bodies: The HTML of chapters and indexes.
        options: The options of the edition.
        logo: Path of the logo in the site.
        runs: The chapters, by id, in which something can be run.
    """

    def __init__(self, context: Context, bodies: Bodies, options: WebOptions, logo: str, runs: Collection[str]) -> None:
        self.context = context
        self.book = context.book
        self.bodies = bodies
        self.options = options
        self.base = options.base if not options.base or options.base.endswith("/") else f"{options.base}/"
        self.names = Names([INDEX, "404.html", "moved.html"])
        self.leaves, self.places = lay_out(self.book, bodies.chapters, self.names)
        self.first = {leaf.chapter.id: leaf.path for leaf in self.leaves if leaf.is_first}
        self.moved = moved(self.book, self.leaves, self.places)
        self.nav = {chapter.id: self._nav(chapter) for chapter in self.book.chapters}
        self.indexes = [(index, self.names.give(index.name)) for index in indexes_of(self.book)]
        self.learning = Learning(context, self.leaves, self.names)
        self._turns = self._order()
        self.runs = {id: self.names.give(id, ".run.json") for id in runs}
        self.site = self._site(logo)

    def makers(self) -> dict[str, Callable[[], Page]]:
        """What makes each page, by its path: the pages in reading order, then the index pages."""
        cover = next((leaf for leaf in self.leaves if leaf.path == INDEX), None)
        found: dict[str, Callable[[], Page]] = {INDEX: partial(self._cover, cover)}
        found |= {leaf.path: partial(self._chapter_page, leaf) for leaf in self.leaves if leaf.path != INDEX}
        found |= {path: partial(self._index_page, index, path) for index, path in self.indexes}
        found |= {extra.path: partial(self._extra_page, extra) for extra in self.learning.pages}
        found["404.html"] = lambda: Page("404.html", "missing.html", "There is no such page")
        return found

    def of_chapters(self) -> dict[str, list[Leaf]]:
        """The pages of each chapter, by its id; the cover shows the whole book, and is no page of a chapter."""
        found: dict[str, list[Leaf]] = {}
        for leaf in self.leaves:
            if leaf.path != INDEX:
                found.setdefault(leaf.chapter.id, []).append(leaf)
        return found

    def told(self, leaves: Sequence[Leaf]) -> tuple[object, ...]:
        """All that decides the pages of a chapter, but the site around them."""
        parts = [(self._around(leaf), [chunk.id for chunk in leaf.chunks]) for leaf in leaves]
        targets = sorted({id for leaf in leaves for chunk in leaf.chunks for id in chunk.targets})
        return self.bodies.keys[leaves[0].chapter.id], parts, [(id, self.places.find(id)) for id in targets]

    def _order(self) -> dict[str, tuple[PageRef | None, PageRef | None]]:
        """The pages before and after each page, in reading order."""
        leaves = [leaf for leaf in self.leaves if leaf.path != INDEX]
        order = [PageRef(INDEX, "Contents"), *map(self._ref, leaves)]
        return dict(
            zip([ref.path for ref in order], zip([None, *order], [*order[1:], None], strict=False), strict=True)
        )

    def _index_page(self, index: Index, path: str) -> Page:
        body = self.bodies.indexes[index.name]
        if not index.letters:
            return self._list_page(path, index.title, index.lead, body)
        title = f"{index.title}: {'–'.join(dict.fromkeys((index.letters[0], index.letters[-1])))}"
        above = [PageRef(at, escape(first.title)) for first, at in self.indexes if first.name == index.of]
        return self._list_page(path, title, index.lead, self._letters(index.of or index.name, path) + body, above)

    def _letters(self, name: str, on: str) -> str:
        """Links to all letters of an index that has several pages."""
        links = (
            f'<a href="{"" if path == on else quote(path)}#{quote(letter)}">{escape(letter)}</a>'
            for index, path in self.indexes
            if name in (index.name, index.of)
            for letter in index.letters
        )
        return f"<nav class=letters aria-label=Letters>{' '.join(links)}</nav>\n"

    def _extra_page(self, extra: Extra) -> Page:
        return self._list_page(extra.path, extra.title, extra.lead, extra.make(), extra.above)

    def _list_page(self, path: str, title: str, lead: str, body: str, above: Sequence[PageRef] = ()) -> Page:
        values: dict[str, object] = {"heading": title, "lead": lead}
        crumbs = (PageRef(INDEX, "Contents"), *above, PageRef("", escape(title)))
        html = self.places.settle(cut(body), path)
        return Page(path, "list.html", title, html, crumbs=crumbs, summary=lead, values=values)

    # -------------------------------------------------------------------------------------------- chapters

    def _chapter_page(self, leaf: Leaf) -> Page:
        page = self._around(leaf)
        ids = [id for chunk in leaf.chunks for id in chunk.anchors]
        return structs.replace(page, body=self._body(leaf), data=page_data(self.book, ids, self.places, leaf.path))

    def _body(self, leaf: Leaf) -> str:
        body = "".join(self.places.settle(chunk.pieces, leaf.path) for chunk in leaf.chunks)
        if leaf.is_first:
            return body
        # A section with a page of its own has the page's only heading of the first level.
        shift = leaf.chunks[0].depth - 1
        return _HEADING.sub(lambda match: f"{match[1]}{max(1, int(match[2]) - shift)}", body)

    def _around(self, leaf: Leaf) -> Page:
        """A page of a chapter without its text."""
        chapter, path = leaf.chapter, leaf.path
        head = self.book.find(leaf.chunks[0].id)
        title = plain((head or chapter).title) or chapter.id
        values: dict[str, object] = {"here": self._here(leaf), "moved": "", "page": leaf.chunks[0].id}
        values |= {"runs": self.runs.get(chapter.id, ""), "questions": self.learning.decks.get(chapter.id, "")}
        if leaf.is_first:
            values |= self._chapter_values(chapter, path)
            values["sections"] = self._entries(chapter) if self._is_split(chapter) else ()
            values["moved"] = f"{path.removesuffix('.html')}.moved.js" if chapter.id in self.moved else ""
            values["anchor"] = ""
        crumbs = [PageRef(INDEX, "Contents")]
        crumbs += [PageRef("", inline(part.title))] if (part := self._part(chapter)) and part.title else []
        crumbs.append(PageRef("" if leaf.is_first else self.first[chapter.id], inline(chapter.title)))
        before, after = self._turns[path]
        return Page(
            path,
            "chapter.html",
            title if leaf.is_first else f"{title} – {plain(chapter.title)}",
            toc=self._toc(leaf),
            crumbs=tuple(crumbs),
            previous=before,
            following=after,
            chapter=chapter.id,
            summary=plain(chapter.summary),
            values=values,
        )

    def _chapter_values(self, chapter: Chapter, path: str) -> dict[str, object]:
        number = f"<span class=number>{chapter.number}</span> " if chapter.number else ""
        about = [chapter.level.capitalize()] if chapter.level else []
        about += [f"{chapter.hours:g} hours"] if chapter.hours else []
        about += [f"Python {chapter.python}".replace(">", "&gt;").replace("<", "&lt;")] if chapter.python else []
        if chapter.prerequisites:
            needed = (link(id, inline(self.context.name(id))) for id in chapter.prerequisites)
            about.append(self.places.settle(cut("after " + ", ".join(needed)), path))
        return {
            "heading": number + inline(chapter.title or chapter.id),
            "about": " · ".join(about),
            "lead": inline(chapter.summary),
            "objectives": [inline(objective) for objective in chapter.objectives],
        }

    def _is_split(self, chapter: Chapter) -> bool:
        return any(leaf.chapter.id == chapter.id and not leaf.is_first for leaf in self.leaves)

    def _toc(self, leaf: Leaf) -> tuple[TocEntry, ...]:
        found = []
        for at, chunk in enumerate(leaf.chunks):
            section = self.book.find(chunk.id)
            if isinstance(section, Section) and (at or leaf.is_first):
                href = self.places.href(section.id, leaf.path)
                found.append(TocEntry(section.number, inline(section.title), href, chunk.depth))
        return tuple(found)

    def _here(self, leaf: Leaf) -> str:
        return "" if leaf.is_first else self.places.href(leaf.chunks[0].id)

    def _ref(self, leaf: Leaf) -> PageRef:
        block = self.book.find(leaf.chunks[0].id)
        number = getattr(block, "number", "")
        shown = f'<span class="number">{number}</span> ' if number else ""
        return PageRef(leaf.path, shown + inline((block or leaf.chapter).title), number)

    def _nav(self, chapter: Chapter) -> NavChapter:
        entries = self._entries(chapter)
        return NavChapter(
            chapter.id,
            self.first[chapter.id],
            inline(chapter.title or chapter.id),
            chapter.number,
            chapter.level,
            chapter.hours,
            inline(chapter.summary),
            entries if len(entries) <= MOST else (),
        )

    def _entries(self, chapter: Chapter) -> tuple[TocEntry, ...]:
        """The top sections of a chapter, on whatever page."""
        leaves = [leaf for leaf in self.leaves if leaf.chapter.id == chapter.id]
        chunks = [chunk for leaf in leaves for chunk in leaf.chunks if chunk.id != chapter.id]
        top = min((chunk.depth for chunk in chunks), default=2)
        entries = []
        for chunk in chunks:
            section = self.book.find(chunk.id)
            if chunk.depth == top and isinstance(section, Section):
                entries.append(TocEntry(section.number, inline(section.title), self.places.href(section.id)))
        return tuple(entries)

    # -------------------------------------------------------------------------------------------- the whole

    def _cover(self, leaf: Leaf | None) -> Page:
        about = self.book.book
        told = [f"Edition {about.edition}"] if about.edition else []
        told += [f"Python {', '.join(about.python)}"] if about.python else []
        told += [", ".join(about.authors)] if about.authors else []
        values: dict[str, object] = {
            "heading": inline(about.title),
            "lead": inline(about.description),
            "about": " · ".join(told),
            "paths": [self._path(path) for path in self.book.of_kind(Pathway)],
        }
        body = self._body(leaf) if leaf else ""
        return Page(
            INDEX,
            "index.html",
            plain(about.title),
            body,
            toc=self._toc(leaf) if leaf else (),
            following=self._turns[INDEX][1],
            chapter=leaf.chapter.id if leaf else "",
            summary=plain(about.description),
            data=book_data(self.book, self.base),
            values=values,
        )

    def _path(self, path: Pathway) -> dict[str, object]:
        steps = [PageRef(self.first[id], inline(self.context.name(id))) for id in path.steps if id in self.first]
        return {
            "id": path.id,
            "title": inline(path.title),
            "hours": path.hours,
            "description": inline(path.description),
            "steps": steps,
        }

    def _site(self, logo: str) -> Site:
        about = self.book.book
        language = about.language.lower()
        listed = [id for part in about.parts for id in part.chapters]
        front = [chapter.id for chapter in self.book.chapters if chapter.id not in listed]
        parts = [NavPart("", "", tuple(self.nav[id] for id in front if self.first[id] != INDEX))] if front else []
        parts += [
            NavPart(inline(part.title), part.number, tuple(self.nav[id] for id in part.chapters if id in self.nav))
            for part in about.parts
        ]
        return Site(
            title=plain(about.title),
            language=about.language,
            rtl=language in _RTL or language.partition("-")[0] in _RTL or "-arab" in language or "-hebr" in language,
            edition=about.edition,
            version=self.book.summary.version,
            digest=about.digest,
            parts=tuple(part for part in parts if part.chapters),
            indexes=(
                *self.learning.listed,
                *(PageRef(path, index.title) for index, path in self.indexes if not index.of),
            ),
            base=self.base,
            repository=self.options.repository,
            logo=logo,
            id=about.id,
        )

    def _part(self, chapter: Chapter) -> Part | None:
        return next((part for part in self.book.book.parts if chapter.id in part.chapters), None)


def moved(book: CompiledBook, leaves: Sequence[Leaf], places: Places) -> dict[str, dict[str, object]]:
    """What a chapter's first page must know to send a reader on: old fragments, by the id of the chapter.

    Each has `pages` (the fragments on the chapter's other pages) and `renamed` (old fragments, and where they lead now).
    """
    found: dict[str, dict[str, object]] = {}
    for leaf in leaves:
        if not leaf.is_first:
            pages = found.setdefault(leaf.chapter.id, {"pages": {}, "renamed": {}})["pages"]
            assert isinstance(pages, dict)
            pages[leaf.path] = [anchor(id) for chunk in leaf.chunks for id in chunk.anchors]
    for old, new in book.formerly.items():
        chapter, _, fragment = old.partition("/")
        if fragment:
            renamed = found.setdefault(chapter, {"pages": {}, "renamed": {}})["renamed"]
            assert isinstance(renamed, dict)
            renamed[fragment] = places.href(new)
    return found
