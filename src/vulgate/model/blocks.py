"""The blocks: typed passages of a book.

Authored blocks that have no parent partition their chapter: their `text`, joined in order, is the chapter's source, byte for
byte. A block with a parent lies inside that parent's span. A derived block (`origin.by` is a pass) names the blocks it comes
from, and its `text` is a slice of one of them or empty.
"""

from enum import StrEnum
from typing import ClassVar, Final, Literal

from msgspec import Struct

from vulgate.model.spans import Span


class Status(StrEnum):
    """Whether a block's claim has been shown to hold."""

    PROVEN = "proven"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNPROVEN = "unproven"


class Verdict(Struct, frozen=True, gc=False, omit_defaults=True):
    """What came out when a block was put to the proof in one place.

    Attributes:
        runtime: Where: a Python version (`3.12`, `3.14-pyodide`), a program with its version (`bash 5.2`, `ruff 0.14.5`), or
            `parsed` for what needs no running.
        status: What came out.
        reason: Why, in one line; empty where the block is proven.
        day: When, as `2026-11-30` in UTC; empty where that is not known.
    """

    runtime: str
    status: Status
    reason: str = ""
    day: str = ""


class Origin(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who made a block: `author`, or the pass that derived it, and from which blocks."""

    by: str = "author"
    sources: tuple[str, ...] = ()


class Link(Struct, frozen=True, gc=False, omit_defaults=True):
    """A reference from a block.

    Attributes:
        target: Id of a block, or an address outside the book.
        type: `block`, `file` (a file beside the chapters) or `external`.
        start: Offset in the chapter file where the reference begins.
        end: Offset after its last byte.
    """

    target: str
    type: Literal["block", "file", "external"]
    start: int
    end: int


class Symbols(Struct, frozen=True, gc=False, omit_defaults=True):
    """The names in a block's code: what it defines, what it imports, what it calls."""

    defined: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    called: tuple[str, ...] = ()


class Block(Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every block has.

    Attributes:
        id: Slug path, unique in the book, such as `functions/mutable-default-argument`.
        title: Inline Markdown; empty where the author gave none.
        text: The exact source of the span.
        chapter: Id of the chapter.
        section: Id of the innermost section, or of the chapter before its first section.
        parent: Id of the block that contains this one, or empty.
        span: Where the text stands.
        digest: Hexadecimal digest of the normalized text.
        tags: The author's tags.
        asked: How readers ask for it, in their words; search looks through them.
        level: beginner, intermediate, advanced or critical; inherited from the chapter.
        importance: 0 to 1: how central the block is in the book's graph, and how much its kind matters.
        scope: How far the block's meaning reaches: `book`, `chapter` or `section`.
        chunk: Id of the block that leads the passage this block is to be retrieved with.
        confidence: 1.0 where the author said what the block is, less where a pass concluded it.
        origin: The author or a pass.
        symbols: Names in the block's code.
        links: Resolved references in the block's text.
        status: Whether it is proven: nowhere failed, and proven on every version that the book names for it.
        verdicts: What came out in each place where it was put to the proof.
        formerly: Ids the block had before.
    """

    id: str
    title: str = ""
    text: str = ""
    chapter: str = ""
    section: str = ""
    parent: str = ""
    span: Span
    digest: str = ""
    tags: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    level: str = ""
    importance: float = 0.0
    scope: str = "section"
    chunk: str = ""
    confidence: float = 1.0
    origin: Origin = Origin()
    symbols: Symbols = Symbols()
    links: tuple[Link, ...] = ()
    status: Status = Status.UNPROVEN
    verdicts: tuple[Verdict, ...] = ()
    formerly: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The block's kind, as in the source format: `rule`, `fact`, `example`."""
        return _KINDS[self.__class__]

    @property
    def is_authored(self) -> bool:
        """Whether the author wrote the block; derived blocks come from a pass."""
        return self.origin.by == "author"


class _Kinds(dict[type[Block], str]):
    """The kind of each class, once it was asked for: a book has ten thousand blocks, and every pass asks for their kinds."""

    def __missing__(self, class_: type[Block]) -> str:
        self[class_] = str(class_.__struct_config__.tag)
        return self[class_]


_KINDS: Final = _Kinds()


class Chapter(Block, frozen=True, kw_only=True, tag="chapter"):
    """A chapter's head: its front matter and title."""

    number: str = ""
    part: str = ""
    path: str = ""
    hours: float = 0.0
    python: str = ""
    prerequisites: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    summary: str = ""


class Section(Block, frozen=True, kw_only=True, tag="section"):
    """A heading that opens a section; `depth` is 2 for `##`."""

    number: str = ""
    depth: int = 2


class Concept(Block, frozen=True, kw_only=True, tag="concept"):
    """Prose under a heading: paragraphs, lists and quotes up to the next block of another kind."""


class DirectiveBlock(Block, frozen=True, kw_only=True):
    """A block written as a directive or alert; `inner` is the byte range of its body in the file."""

    inner: tuple[int, int] = (0, 0)

    @property
    def body(self) -> str:
        """The text between the option lines and the closing line."""
        if self.inner == (self.span.start, self.span.end):
            return self.text
        start = self.inner[0] - self.span.start
        return self.text.encode()[start : self.inner[1] - self.span.start].decode()


class Rule(DirectiveBlock, frozen=True, kw_only=True, tag="rule"):
    """Must, must not, prefer or avoid. The fences are ids of example blocks inside the rule.

    Attributes:
        severity: What breaking it does: critical (security, lost data), high (wrong results), medium (will hurt), low (style).
        detect: The detector and what it looks for, as written.
        applies: The `:applies-to:` option: topics and globs of the files where it holds; everywhere if empty.
        python: The versions that the checked code must run on for the rule to hold for it; all if empty.
        noise: Findings in a thousand lines outside tests, measured on much-used packages; `None` if not measured.
        precision: How many of the findings that were read are right, and how many were read.
        opt_in: Why the rule is not looked for unless it is asked for; empty if its figures alone decide.
        fix: How to mend it.
        because: Ids of the facts that it rests on.
        cite: Where it comes from.
        bad: Code that breaks it.
        good: Code that keeps it.
        near: Code that looks as if it broke it.
        harm: What shows the damage that `bad` does.
        detectors: What the detector looks for, in YAML.
        inner: Byte range of the body in the file.
    """

    severity: str = "medium"
    detect: str = ""
    applies: tuple[str, ...] = ()
    python: str = ""
    noise: float | None = None
    precision: tuple[int, int] = (0, 0)
    opt_in: str = ""
    fix: str = ""
    because: tuple[str, ...] = ()
    cite: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()


class Fact(DirectiveBlock, frozen=True, kw_only=True, tag="fact"):
    """A claim (the title) with its proof or citation; `holds` is a version range."""

    holds: str = ""
    cite: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()


class Term(DirectiveBlock, frozen=True, kw_only=True, tag="term"):
    """A word and its definition; the title is the word."""

    aliases: tuple[str, ...] = ()


class Pattern(DirectiveBlock, frozen=True, kw_only=True, tag="pattern"):
    """A solution with a name: when to use it, when not, and how."""

    use_when: str = ""
    avoid_when: str = ""


class Contrast(DirectiveBlock, frozen=True, kw_only=True, tag="contrast"):
    """How things differ; `sides` are the names compared."""

    sides: tuple[str, ...] = ()


class Rationale(DirectiveBlock, frozen=True, kw_only=True, tag="rationale"):
    """Why something is as it is."""


class Intuition(DirectiveBlock, frozen=True, kw_only=True, tag="intuition"):
    """A picture to think with."""


class Role(DirectiveBlock, frozen=True, kw_only=True, tag="role"):
    """Advice for one kind of reader; the title names the reader."""


class Story(DirectiveBlock, frozen=True, kw_only=True, tag="story"):
    """Something that happened, and what it teaches."""


class Quick(DirectiveBlock, frozen=True, kw_only=True, tag="quick"):
    """The short answer on top of a section."""


class Note(DirectiveBlock, frozen=True, kw_only=True, tag="note"):
    """An aside; `style` is note, tip, warning, important or caution."""

    style: str = "note"


class Qa(DirectiveBlock, frozen=True, kw_only=True, tag="qa"):
    """A question (the title) and its answer (the body)."""

    self_check: bool = False


class Exercise(DirectiveBlock, frozen=True, kw_only=True, tag="exercise"):
    """A task; the fences are ids of example blocks inside the exercise."""

    difficulty: str = "medium"
    minutes: int = 0
    starter: tuple[str, ...] = ()
    solution: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


class Fence(Struct, frozen=True, gc=False, omit_defaults=True):
    """The attributes of a code fence; see the source format for their meaning."""

    role: str = ""
    group: str = ""
    file: str = ""
    raises: str = ""
    match: str = ""
    syntax_error: bool = False
    static: bool = False
    strict: bool = False
    python: str = ""
    requires: tuple[str, ...] = ()
    service: str = ""
    types: str = ""
    skip: str = ""


class Example(Block, frozen=True, kw_only=True, tag="example"):
    """A code block.

    Attributes:
        language: The first word of the info string, in lower case; empty for an indented block.
        code: The code without fence lines and without the indentation of a list around it.
        fence: The fence's attributes.
        output: The expected standard output, or `None` where the source states none.
    """

    language: str = ""
    code: str = ""
    fence: Fence = Fence()
    output: str | None = None


class DiagramNode(Struct, frozen=True, gc=False, omit_defaults=True):
    """A box of a diagram: a vertex, a participant, a class, a state, a note, or a group that holds others.

    Attributes:
        id: The name that edges use, unique in its diagram.
        label: The text that a reader sees; the id where the author gave none.
        shape: What it is drawn as (`diamond`, `actor`, `class`, `choice`); a group says `subgraph`, `box`, `namespace`,
            `composite` or `concurrent`, a note `note`, and an annotated class its annotation, such as `interface`.
        parent: Id of the group that holds it, or empty.
        members: Attributes and methods of a class, as written, with `~T~` as `<T>`.
    """

    id: str
    label: str = ""
    shape: str = ""
    parent: str = ""
    members: tuple[str, ...] = ()


class DiagramEdge(Struct, frozen=True, gc=False, omit_defaults=True):
    """A relation between two nodes. It runs towards the end that carries the mark: `A <|-- B` runs from B to A.

    Attributes:
        source: Id of the node where it starts.
        target: Id of the node where it ends.
        label: The text on it.
        type: The kind of arrow, such as `arrow`, `dotted`, `message`, `reply`, `inheritance`, `transition`.
        source_label: What is written at the source's end, such as a cardinality.
        target_label: What is written at the target's end.
    """

    source: str
    target: str
    label: str = ""
    type: str = ""
    source_label: str = ""
    target_label: str = ""


class Diagram(Block, frozen=True, kw_only=True, tag="diagram"):
    """A Mermaid diagram, parsed to nodes and edges where its type is flowchart, sequence, class or state."""

    code: str = ""
    type: str = ""
    direction: str = ""
    nodes: tuple[DiagramNode, ...] = ()
    edges: tuple[DiagramEdge, ...] = ()


class Table(Block, frozen=True, kw_only=True, tag="table"):
    """A table; cells are inline Markdown, `alignments` are left, center, right or empty."""

    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    alignments: tuple[str, ...] = ()


class Relation(Block, frozen=True, kw_only=True, tag="relation"):
    """`source` has the relation `type` to `target`; both are ids of blocks."""

    TYPES: ClassVar = ("requires", "extends", "contradicts", "see-also", "defines", "uses", "part-of")
    type: str = ""
    source: str = ""
    target: str = ""


class Inference(Block, frozen=True, kw_only=True, tag="inference"):
    """A relation that follows from others; `chain` lists the blocks from source to target that prove it."""

    type: str = ""
    source: str = ""
    target: str = ""
    chain: tuple[str, ...] = ()


class Pathway(Block, frozen=True, kw_only=True, tag="pathway"):
    """An ordered route through chapters, with the hours it takes."""

    description: str = ""
    steps: tuple[str, ...] = ()
    hours: float = 0.0


class ReasoningStep(Struct, frozen=True, gc=False):
    """A step of a chain: `fact`, `mechanism`, `consequence` or `remedy`, and the block that says it."""

    step: str
    block: str


class Reasoning(Block, frozen=True, kw_only=True, tag="reasoning"):
    """Why a rule holds: fact, mechanism, consequence, remedy."""

    steps: tuple[ReasoningStep, ...] = ()


class TestHint(Block, frozen=True, kw_only=True, tag="test-hint"):
    """How to test that a rule is kept or an exercise solved; `how` is one sentence."""

    __test__: ClassVar = False
    how: str = ""


class Uncertainty(Block, frozen=True, kw_only=True, tag="uncertainty"):
    """A claim to be read with care; `reason` is unproven, version-bound or hedged."""

    reason: str = ""
    detail: str = ""


AnyBlock = (
    Chapter
    | Section
    | Concept
    | Fact
    | Term
    | Example
    | Pattern
    | Rule
    | Diagram
    | Table
    | Contrast
    | Rationale
    | Intuition
    | Role
    | Story
    | Quick
    | Note
    | Qa
    | Exercise
    | Relation
    | Inference
    | Pathway
    | Reasoning
    | TestHint
    | Uncertainty
)
