"""The one list of diagnostic codes.

A hundred codes belong to each phase: 1 discover, 2 parse, 3 lower, 4 link, 5 prove, 6 render.


Codes are contracts: a number is never given a second meaning. Each has a page in `vulgate/report/pages`.
"""

from typing import Final

from msgspec import Struct

from vulgate.model.diagnostics import Diagnostic, Label, Severity
from vulgate.model.spans import Span


class Code(Struct, frozen=True):
    """A kind of diagnostic.

    Attributes:
        id: `VG` and three digits.
        name: What is wrong, as a slug.
        severity: In a book with a manifest.
        message: Template of the message.
        help: Template of the help line, where it does not depend on the place.
        lenient: Severity in a folder or file without a manifest, whose author never agreed to our conventions.
    """

    id: str
    name: str
    severity: Severity
    message: str
    help: str = ""
    lenient: Severity | None = None


_E, _W = Severity.ERROR, Severity.WARNING

_LIST: Final = (
    # ---- discover
    Code(
        "VG101",
        "book-not-found",
        _E,
        "no book at `{path}`",
        "name a folder with a `vulgate.toml`, a book of mdBook, MkDocs, Docusaurus, VitePress, MyST or Quarto, a folder of `.md` files "
        "or notebooks, or one such file; `vulgate init` makes a new book",
    ),
    Code(
        "VG102", "no-chapters", _E, "`{path}` holds no chapters", "add a `.md` file, or list chapters in `vulgate.toml`"
    ),
    Code("VG103", "manifest-syntax", _E, "this is not valid TOML: {reason}"),
    Code("VG104", "manifest-unknown-key", _E, "unknown key `{key}`"),
    Code("VG105", "manifest-wrong-value", _E, "wrong value for `{key}`: {reason}"),
    Code("VG106", "chapter-missing", _E, "chapter file `{path}` does not exist", "", _W),
    Code("VG107", "chapter-twice", _E, "chapter file `{path}` is listed twice", "list each file once", _W),
    Code(
        "VG108",
        "path-outside-book",
        _E,
        "`{path}` lies outside the book",
        "move the file into the book's folder and use a relative path",
        _W,
    ),
    Code(
        "VG109",
        "not-utf8",
        _E,
        "byte {value} is not UTF-8",
        "save the file as UTF-8; the bytes are read as `?` until then",
    ),
    Code(
        "VG110",
        "file-unreadable",
        _E,
        "cannot read `{path}`: {reason}",
        "mend its permissions, or take it out of the book",
    ),
    Code(
        "VG111",
        "chapter-unlisted",
        _W,
        "`{path}` is not listed in the manifest",
        "add it to a part's `chapters`, or name it in `ignore`",
        Severity.INFO,
    ),
    Code(
        "VG112",
        "left-out",
        Severity.INFO,
        "left out: {what}",
        "it has no counterpart in the source format; if a reader misses it, say it in words",
    ),
    Code(
        "VG113",
        "include-missing",
        _W,
        "`{path}` is to be included, and there is no such file or region in the book",
        "add it, or mend the line that asks for it; until then that line stands as it is",
    ),
    Code(
        "VG114",
        "include-cycle",
        _W,
        "`{path}` includes itself",
        "take one of the includes away; until then the line stands as it is",
    ),
    Code(
        "VG115",
        "layout-unreadable",
        _W,
        "`{path}` cannot be used: {reason}",
        "mend it; until then the book is read without it",
    ),
    Code(
        "VG125",
        "encoding-damaged",
        _W,
        "text that was read in the wrong encoding cannot be mended here ({count} in all)",
        "write the line anew; it is kept as it is",
    ),
    Code(
        "VG126",
        "passage-cut",
        _W,
        "this passage ends in the middle of a word",
        "complete it from the source that the edition was made of",
    ),
    Code(
        "VG127",
        "example-unsure",
        Severity.INFO,
        "this example may belong to another section (confidence {confidence})",
        "look whether the text around it speaks of it, and move it where it does",
    ),
    # ---- parse
    Code(
        "VG201",
        "unclosed-directive",
        _E,
        "the directive `{value}` never closes",
        "end it with a line of as many colons as it was opened with, at the same indentation",
        _W,
    ),
    Code(
        "VG202",
        "stray-directive-end",
        _E,
        "these colons close no directive",
        "delete the line, or open a directive with `:::{{name}}` above it",
        _W,
    ),
    Code(
        "VG203",
        "unclosed-fence",
        _E,
        "the code fence never closes",
        "end it with a line of as many backticks or tildes as it was opened with",
        _W,
    ),
    Code("VG204", "unknown-directive", _E, "unknown directive `{name}`", "", _W),
    Code(
        "VG205",
        "directive-without-braces",
        _E,
        "the directive's name `{name}` stands without braces",
        "write `{colons}{{{name}}}`",
        _W,
    ),
    Code("VG206", "unknown-option", _E, "`{directive}` has no option `{name}`", "", _W),
    Code("VG207", "wrong-option-value", _E, "wrong value for `:{name}:`: {reason}", "", _W),
    Code(
        "VG208",
        "missing-title",
        _E,
        "this `{directive}` needs {what} after its name",
        "write it on the opening line, after the braces",
        _W,
    ),
    Code("VG209", "front-matter-open", _E, "the front matter never closes", "end it with a line `---`", _W),
    Code("VG210", "front-matter-syntax", _E, "the front matter is not valid YAML: {reason}", "", _W),
    Code(
        "VG211",
        "front-matter-not-data",
        _E,
        "front matter is plain data, and this is {what}",
        "write the value out",
        _W,
    ),
    Code("VG212", "front-matter-unknown-key", _E, "unknown front matter key `{key}`", "", Severity.INFO),
    Code("VG213", "front-matter-wrong-value", _E, "wrong value for `{key}`: {reason}", "", _W),
    Code("VG214", "unknown-fence-attribute", _E, "unknown fence attribute `{name}`", "", _W),
    Code("VG215", "wrong-fence-attribute", _E, "wrong fence attribute `{name}`: {reason}", "", _W),
    Code(
        "VG216",
        "empty-chapter",
        _W,
        "the chapter is empty",
        "write a heading and some text, or take the file out of the book",
    ),
    Code(
        "VG217",
        "no-title",
        _W,
        "the chapter has no title; its file name is used",
        "start it with `# Title`, or set `title` in the front matter",
        Severity.INFO,
    ),
    Code(
        "VG218",
        "nested-too-deeply",
        _E,
        "more than {value} directives are open here",
        "close the ones above; no reader follows a directive that deep",
        _W,
    ),
    # ---- lower
    Code(
        "VG301",
        "code-syntax",
        _E,
        "this {language} does not parse: {reason}",
        "mend the code; say `{{syntax-error}}` where the fault is the point",
        _W,
    ),
    Code("VG302", "diagram-syntax", _E, "the diagram does not parse: {reason}", "", _W),
    Code(
        "VG303",
        "output-without-example",
        _E,
        "this output belongs to no example",
        "put the `output` fence directly after the code that prints it",
        _W,
    ),
    Code(
        "VG304",
        "incomplete-rule",
        _W,
        "the rule has no {missing}",
        "say why it holds, show it broken in a `{{bad}}` fence and kept in a `{{good}}` one, and name who sees it in `:detect:`",
    ),
    Code(
        "VG305",
        "misplaced-fence-part",
        _E,
        "a `{role}` fence belongs inside {owner}",
        "move it into the directive, or drop the attribute",
        _W,
    ),
    Code(
        "VG306",
        "unproven-fact",
        _W,
        "the fact has neither proof nor citation",
        "add a ```` ```python {{proof}} ```` fence that asserts it, or `:cite:`",
    ),
    Code(
        "VG307",
        "incomplete-exercise",
        _W,
        "the exercise has no {missing}",
        "add a fence with that attribute, so that a reader's answer can be checked",
    ),
    Code("VG308", "empty-directive", _W, "the `{directive}` says nothing", "write its text, or delete it"),
    Code(
        "VG309",
        "detector-without-pattern",
        _E,
        "`:detect: ast-grep` needs a `detect` fence",
        "add a ```` ```yaml {{detect}} ```` fence that holds the rule, or say `:detect: review`",
    ),
    Code(
        "VG310",
        "code-compiles",
        _E,
        "this code is marked `syntax-error`, and it parses",
        "drop the attribute, or show code that does not parse",
        _W,
    ),
    Code(
        "VG311",
        "empty-proof",
        _W,
        "the proof asserts nothing",
        "assert the claim: a fence that only runs would pass if the claim were false",
    ),
    Code(
        "VG312",
        "unusable-detector",
        _E,
        "the detector cannot be used: {reason}",
        "mend `:detect:` or the `detect` fence; as it is, no code would ever be found to break the rule",
    ),
    # ---- link
    Code(
        "VG401", "duplicate-id", _E, "the id `{id}` is given twice", "give one of them another `:id:` or `{{#id}}`", _W
    ),
    Code("VG402", "dangling-link", _E, "nothing at `{target}`", "", _W),
    Code("VG403", "dangling-reference", _E, "no block has the id `{target}`", "", _W),
    Code(
        "VG404",
        "ambiguous-reference",
        _E,
        "`{target}` could be any of {candidates}",
        "write the whole id, with its chapter",
        _W,
    ),
    Code("VG405", "dangling-number", _E, "there is no {what}", "", _W),
    Code(
        "VG406",
        "link-outside-book",
        _E,
        "`{target}` leads out of the book",
        "link to a file inside the book's folder, or to a public address",
        _W,
    ),
    Code("VG407", "missing-file", _E, "the file `{target}` does not exist", "", _W),
    Code("VG408", "unknown-prerequisite", _E, "no chapter has the id `{target}`", "", _W),
    Code("VG409", "prerequisite-cycle", _E, "chapters require each other: {chain}", "drop one of the prerequisites"),
    Code(
        "VG410",
        "unknown-path-step",
        _E,
        "the learning path `{path}` names the chapter `{target}`, which does not exist",
        "",
    ),
    Code(
        "VG411",
        "path-order",
        _W,
        "the learning path `{path}` has `{chapter}` before its prerequisite `{target}`",
        "move the prerequisite up",
    ),
    Code("VG412", "unused-allow", _W, "this `allow {code}` silences nothing", "delete the comment"),
    Code("VG413", "former-id", _W, "`{target}` is now called `{id}`", "use the new id"),
    Code(
        "VG414", "wrong-allow", _E, "`allow {code}`: {reason}", "only warnings can be silenced, each with a reason", _W
    ),
    Code("VG415", "unknown-service", _E, "no service `{name}` in the manifest", "", _W),
    Code(
        "VG416",
        "never-run",
        _W,
        "no version of Python that the book names is in `{range}`",
        "widen the range, or add a version to `python` in the manifest's `[book]`",
    ),
    # ---- prove
    Code(
        "VG501",
        "proof-failed",
        _E,
        "`{block}` fails on {runtime}: {reason}",
        "run `vulgate verify` with this id for the whole story",
    ),
    Code(
        "VG502",
        "detector-failed",
        _E,
        "the detector of `{block}` is not proven: {reason}",
        "mend the `bad` or `good` fence, the `# error:` marks, or `:detect:`",
    ),
    Code(
        "VG503",
        "book-not-trusted",
        _E,
        "nothing was run: the book in `{path}` is not trusted; it would run {what}",
        "read it, then say `vulgate verify --trust`; the folder is trusted from then on",
    ),
    Code(
        "VG504",
        "output-differs",
        _E,
        "the output of `{block}` is not the same on {runtimes}, so it was not updated",
        "print what is the same everywhere, or give each version a fence of its own with `python=`",
    ),
    Code(
        "VG505",
        "chapter-changed",
        _E,
        "`{path}` has changed since it was read, so nothing was updated",
        "run the command again",
    ),
    Code(
        "VG506",
        "too-little-proven",
        _E,
        "{share} of the {kind} are proven, and {wanted} are required",
        "`vulgate verify` tells what fails; `vulgate stats` which chapters fall short",
    ),
    # ---- render
    Code(
        "VG601",
        "output-not-writable",
        _E,
        "cannot write `{path}`: {reason}",
        "choose another folder with `--out`, or mend its permissions",
    ),
    Code(
        "VG602",
        "output-not-ours",
        _E,
        "`{path}` exists and was not written by vulgate",
        "move the file away, choose another folder with `--out`, or overwrite it with `--force`",
    ),
    Code(
        "VG603",
        "build-running",
        _E,
        "another build of this book is still running after {seconds} s",
        "wait for it to end, or stop it",
    ),
    Code("VG604", "unknown-edition", _E, "unknown edition `{name}`"),
    Code(
        "VG605",
        "agent-file-too-large",
        _E,
        "`{path}` has {size}, and {agent} reads {most}",
        "give it a smaller budget, or shorten what else stands in it",
    ),
    Code(
        "VG606",
        "agent-file-too-long",
        _W,
        "`{path}` has {size}, and {most} are advised for {agent}",
        "give it a smaller budget; what is left out is one search away",
    ),
    Code(
        "VG607",
        "edition-file",
        _E,
        "`{path}` cannot be used for the edition `{edition}`: {reason}",
        "mend the file, or remove it: what a theme leaves out is taken from Vulgate",
    ),
    Code(
        "VG608",
        "no-search",
        _W,
        "the web edition cannot be searched: {reason}",
        "install it with `pip install 'vulgate[web]'`, or say `search = false` under `[editions.web]` in the manifest",
    ),
    Code(
        "VG609",
        "edition-needs-extra",
        _E,
        "the {edition} edition needs packages that are not installed: {missing}",
        "`pip install 'vulgate[{extra}]'` installs them",
    ),
    Code(
        "VG610",
        "picture-left-out",
        _W,
        "the picture `{path}` is not in the {edition} edition: {reason}",
        "name a PNG, JPEG, GIF or SVG file in the book's folder; until then its words stand for it",
    ),
    Code(
        "VG611",
        "edition-not-made",
        _E,
        "the {edition} edition cannot be made: {reason}",
        "the other editions do not depend on it: build them without `--edition {edition}`",
    ),
)

CODES: Final = {code.name: code for code in _LIST}
BY_ID: Final = {code.id: code for code in _LIST}


class Reporter:
    """Collects the diagnostics of one phase.

    Args:
        lenient: True for a book without a manifest.
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self.lenient = lenient
        self.items: list[Diagnostic] = []

    def add(
        self, code_name: str, span: Span | None, /, *, help: str = "", labels: tuple[Label, ...] = (), **values: object
    ) -> None:
        """Adds a diagnostic.

        Args:
            code_name: Name of a code in `CODES`.
            span: Where, or `None` for the book as a whole.
            help: The likely fix, if it is better than the code's own.
            labels: Further places.
            values: What the code's templates ask for.

        Raises:
            KeyError: `code_name` is not registered, or a template's value is missing.
        """
        code = CODES[code_name]
        severity = code.lenient if self.lenient and code.lenient else code.severity
        text = code.help.format(**values) if code.help and not help else help
        message = code.message.format(**values)
        # A file's name need not be Unicode, and a message is.
        message, text = (part.encode("utf-8", "backslashreplace").decode() for part in (message, text))
        self.items.append(Diagnostic(code.id, severity, message, span, text, labels))
