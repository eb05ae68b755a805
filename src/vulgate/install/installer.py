"""An install from end to end: what was asked for, what that means here, how it stands, and doing it.

lock, wish ──▶ requests ──▶ plans ──▶ steps ──▶ effect ──▶ files, lock
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from vulgate.editions.agents.base import AgentFile, Layout
from vulgate.editions.agents.compose import Project
from vulgate.editions.agents.edition import AgentsOptions
from vulgate.editions.agents.fitting import STANDARD, weight
from vulgate.editions.agents.targets import TARGETS
from vulgate.editions.agents.tokenizer import ENCODING
from vulgate.install.applying import Effect, effect_of, pending
from vulgate.install.changes import Item, State, Step, compare, old_form
from vulgate.install.forms import Form, FormError
from vulgate.install.lock import NAME, BookRecord, Lock, Request, lock_bytes, read_lock
from vulgate.install.planning import Plan, plan
from vulgate.install.repository import Repository
from vulgate.install.settings import BUNDLED, entry_items
from vulgate.install.sharing import share
from vulgate.install.survey import Survey, survey
from vulgate.model.book import CompiledBook
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic
from vulgate.store.atomic import write_file
from vulgate.version import __version__

ENTRIES: Final = ""
"""The owner of entries in files of settings: no book, but the repository."""
EVIDENCE: Final = {name: target.evidence for name, target in TARGETS.items()}


class InstallError(Exception):
    """Nothing was done; the text says why, and what to do."""


class Loaded(Struct, frozen=True):
    """A book, and what its manifest says of agents.

    Attributes:
        book: The book.
        options: The table `[editions.agents]`.
    """

    book: CompiledBook
    options: AgentsOptions = AgentsOptions()


class Wish(Struct, frozen=True):
    """What a user says. What is not said is as the lock has it, or the default.

    Attributes:
        parts: What to install: `rules`, `skills`, `mcp`, `hooks`.
        agents: For which agents.
        budget: Tokens for one file.
        budgets: Tokens for single agents.
    """

    parts: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    budget: int = 0
    budgets: dict[str, int] = {}


class Installation(Struct, frozen=True):
    """What an install would do.

    Attributes:
        survey: What the repository is.
        plans: What each book gives it, by id of the book.
        projects: What the survey means for each book.
        steps: How all places stand, by owner.
        effect: What doing it comes to.
        lock: The lock afterwards.
        diagnostics: What is too large for an agent.
        notes: What a user should know or do.
    """

    survey: Survey
    plans: dict[str, Plan]
    projects: dict[str, Project]
    steps: dict[str, list[Step]]
    effect: Effect
    lock: Lock
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[str, ...]

    @property
    def all_steps(self) -> list[Step]:
        """The steps of all owners."""
        return [step for steps in self.steps.values() for step in steps]

    @property
    def drifted(self) -> list[Step]:
        """What is not as it should be."""
        return [step for step in self.all_steps if step.state is not State.CURRENT]


class Installer:
    """Installs books in a repository.

    Args:
        root: The repository's folder.
        default: The source of the book to install where nobody names one.
        load: Gives the book at a source that a request names.
        judge: Tells what a survey means for the rules of a book.
    """

    def __init__(
        self,
        root: Path,
        default: str,
        load: Callable[[str], Loaded],
        judge: Callable[[CompiledBook, Survey], Project],
    ) -> None:
        self._default = default
        self.repository = Repository(root)
        self._load = load
        self._judge = judge

    def look(self, sources: Sequence[str], wish: Wish, *, force: bool = False, remove: bool = False) -> Installation:
        """Works out an install; nothing is written.

        Args:
            sources: Where the books are; those of the lock if there are none, and the default if that has none either.
            wish: What the user says.
            force: Whether to overwrite what was edited by hand or is not ours.
            remove: Whether to take out what was installed: the parts that are named, or all of it.

        Raises:
            BudgetError: A budget is smaller than one rule.
            InstallError: A book that is to be taken out is not installed.
            LockError: The lock cannot be used.
        """
        lock = read_lock(self.repository.root)
        seen = survey(self.repository.root, EVIDENCE, lock.made)
        books = {} if remove and not lock.books else self._books(lock, sources, wish, remove=remove)
        plans: dict[str, Plan] = {}
        projects: dict[str, Project] = {}
        items: dict[str, tuple[Item, ...]] = dict.fromkeys(books, ())
        requests: dict[str, Request] = {}
        for id, (loaded, asked) in books.items():
            requests[id] = request = self._complete(asked, loaded, seen)
            if loaded is None:
                continue
            projects[id] = replace(self._judge(loaded.book, seen), book=_named(request.source))
            layout = Layout(folders=seen.folders, chosen=request.agents, files=seen.files)
            plans[id] = plan(loaded.book, _with_defaults(request, loaded.options), layout, projects[id])
            items[id] = plans[id].items
        steps = self._steps(lock, items)
        served = self._served(lock, sources, wish, remove=remove)
        steps[ENTRIES] = self._entry_steps(lock, wish, served, seen, remove=remove)
        effect = effect_of(self.repository, steps, lock.made, force=force)
        after = self._lock_after(lock, books, requests, effect, served)
        notes = tuple(dict.fromkeys(note for each in plans.values() for note in each.notes))
        return Installation(seen, plans, projects, steps, effect, after, self._faults(plans, effect), notes)

    def do(self, installation: Installation, reporter: Reporter) -> bool:
        """Does what was worked out; whether it was done. What stops it is reported, and then all is as it was."""
        before = read_lock(self.repository.root)
        effect, after = installation.effect, installation.lock
        place = self.repository.root / NAME
        if not effect.done and lock_bytes(after) == lock_bytes(before):
            return True
        try:
            write_file(place, lock_bytes(_pending(before, after)))
            if not self.repository.write(effect.texts, reporter):
                self._write_lock(place, before)
                return False
            for path in effect.deleted:
                self.repository.delete(path)
            self._write_lock(place, after)
        except (OSError, FormError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            reporter.add("output-not-writable", None, path=NAME, reason=reason)
            return False
        return True

    def _steps(self, lock: Lock, wanted: Mapping[str, Sequence[Item]]) -> dict[str, list[Step]]:
        """How the places of each book stand, given what the books of this install are to write."""
        shares = share(self.repository, lock, wanted)
        steps: dict[str, list[Step]] = {}
        for id, items in shares.items.items():
            old = lock.books[id].files if id in lock.books and id in wanted else {}
            obsolete = {path: old_form(record, id) for path, record in old.items() if path not in _paths(items)}
            steps[id] = compare(self.repository, items, old, obsolete, shares.refused.get(id, {}))
        return steps

    # ---------------------------------------------------------------------------------------------- what is asked

    def _books(
        self, lock: Lock, sources: Sequence[str], wish: Wish, *, remove: bool
    ) -> dict[str, tuple[Loaded | None, Request]]:
        """The books to install, each with what is asked for; no book where it is to be taken out as a whole."""
        wanted = [part for part in wish.parts if part in ("rules", "skills")]
        only_entries = bool(lock.entries) and not lock.books and not sources
        if not wanted and (wish.parts or only_entries):
            return {}
        recorded = {record.request.source: id for id, record in lock.books.items()}
        if remove:
            for source in sources:
                if source not in recorded:
                    raise InstallError(
                        f"the book `{source}` is not installed here; installed are {', '.join(recorded)}"
                    )
            return self._without(lock, [recorded[source] for source in sources], wanted)
        found: dict[str, tuple[Loaded | None, Request]] = {}
        for source in sources or list(recorded) or [self._default]:
            loaded = self._load(source)
            id = loaded.book.book.id
            known = lock.books[id].request if id in lock.books else Request(source=source, parts=())
            for old, record in lock.books.items():
                if old != id and record.request.source == source:  # the book has another id now
                    known = record.request if id not in lock.books else known
                    found[old] = (None, replace(record.request, parts=()))
            if known.source != source:
                known = replace(known, source=source)
            parts = tuple(dict.fromkeys((*known.parts, *(wanted or (() if known.parts else ("rules",))))))
            budgets = {**known.budgets, **wish.budgets}
            agents = wish.agents or known.agents
            found[id] = (
                loaded,
                replace(known, parts=parts, agents=agents, budget=wish.budget or known.budget, budgets=budgets),
            )
        return found

    def _without(
        self, lock: Lock, ids: Sequence[str], parts: Sequence[str]
    ) -> dict[str, tuple[Loaded | None, Request]]:
        found: dict[str, tuple[Loaded | None, Request]] = {}
        for id in ids or list(lock.books):
            request = lock.books[id].request
            left = tuple(part for part in request.parts if part not in parts) if parts else ()
            found[id] = (self._load(request.source) if left else None), replace(request, parts=left)
        return found

    def _complete(self, request: Request, loaded: Loaded | None, seen: Survey) -> Request:
        """A request that names agents: those that the book names or the repository shows, or the one standard."""
        if request.agents:
            return request
        named = [agent for agent in loaded.options.agents if agent in TARGETS] if loaded else []
        return replace(request, agents=tuple(named or seen.agents) or (STANDARD,))

    # ------------------------------------------------------------------------------------------ files of settings

    def _served(self, lock: Lock, sources: Sequence[str], wish: Wish, *, remove: bool) -> tuple[str, ...]:
        if "mcp" in wish.parts and not remove:
            return tuple(sources) or lock.served
        return lock.served

    def _entry_steps(self, lock: Lock, wish: Wish, served: Sequence[str], seen: Survey, *, remove: bool) -> list[Step]:
        parts = {record.part for record in lock.entries.values()}
        named = [part for part in wish.parts if part in ("mcp", "hooks")]
        if remove:
            gone = set(named) if wish.parts else parts
            forms = entry_items(parts - gone, self._agents_of(lock, wish, seen), served, self.repository.root)
        else:
            forms = entry_items({*parts, *named}, self._agents_of(lock, wish, seen), served, self.repository.root)
        items = [item for item in forms if not remove or item.path in lock.entries]
        obsolete: dict[str, Form] = {
            item.path: item.form
            for item in entry_items(parts, None, served, self.repository.root)
            if item.path in lock.entries and item.path not in _paths(items)
        }
        return compare(self.repository, items, lock.entries, obsolete, {})

    def _agents_of(self, lock: Lock, wish: Wish, seen: Survey) -> tuple[str, ...]:
        recorded = tuple(dict.fromkeys(record.agent for record in lock.entries.values()))
        return wish.agents or recorded or tuple(seen.agents)

    # --------------------------------------------------------------------------------------------------- the rest

    def _lock_after(
        self,
        before: Lock,
        books: Mapping[str, tuple[Loaded | None, Request]],
        requests: Mapping[str, Request],
        effect: Effect,
        served: tuple[str, ...],
    ) -> Lock:
        records = {
            id: replace(record, files={**record.files, **effect.records.get(id, {})})  # it may have taken over a file
            for id, record in before.books.items()
        }
        for id, (loaded, _) in books.items():
            files = effect.records[id]
            if loaded is not None:
                about = loaded.book.book
                records[id] = BookRecord(
                    about.title, about.edition, about.digest, __version__, ENCODING, requests[id], files
                )
            elif files:  # something was left alone
                records[id] = replace(before.books[id], files=files)
            else:
                records.pop(id, None)
        entries = effect.records[ENTRIES]
        has_server = any(record.part == "mcp" for record in entries.values())
        return Lock(books=records, entries=entries, served=served if has_server else ())

    def _faults(self, plans: Mapping[str, Plan], effect: Effect) -> tuple[Diagnostic, ...]:
        """What is larger than an agent takes: with the user's own text in files that are shared."""
        found: list[Diagnostic] = []
        for each in plans.values():
            for name in each.compositions:
                files = []
                for item in each.items:
                    if item.part == "rules" and item.agent == name:
                        try:
                            real = self.repository.real(item.path)
                        except FormError:
                            continue
                        files.append(AgentFile(item.path, effect.texts.get(real, item.form.wanted)))
                found += TARGETS[name].faults(files, weight)
        return tuple(dict.fromkeys(found))

    def _write_lock(self, place: Path, lock: Lock) -> None:
        if lock.books or lock.entries:
            write_file(place, lock_bytes(lock))
        else:
            place.unlink(missing_ok=True)


def _named(source: str) -> str:
    """What commands in a file that others read name a book by: a path from the root; nothing for what is somewhere else."""
    return "" if source == BUNDLED or Path(source).is_absolute() else source


def _with_defaults(request: Request, options: AgentsOptions) -> Request:
    """The request with the budgets of the book's manifest where the user said none; these are not kept in the lock."""
    budgets = {**({} if request.budget else options.budgets), **request.budgets}
    return replace(request, budget=request.budget or options.budget or 0, budgets=budgets)


def _paths(items: Sequence[Item]) -> set[str]:
    return {item.path for item in items}


def _pending(before: Lock, after: Lock) -> Lock:
    """The lock while files are being replaced."""
    books = {
        id: replace(record, files=pending(record.files, before.books[id].files if id in before.books else {}))
        for id, record in {**before.books, **after.books}.items()
    }
    return replace(after, books=books, entries=pending(after.entries, before.entries))
