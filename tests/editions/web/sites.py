"""What the tests of the web edition share: building a small book's site, and reading pages strictly."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urldefrag, urlsplit

import vulgate
from tests.build.books import write

MANIFEST: Final = '[book]\ntitle = "Small"\nid = "small"\n'
VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
HANDLED: Final = frozenset(
    ["href", "src", "poster", "srcset", "action", "formaction", "data", "cite", "background", "ping"]
)


class Tag(NamedTuple):
    name: str
    attributes: dict[str, str]
    text: str = ""


class Strict(HTMLParser):
    """Fails where an element is not closed, or closed in the wrong order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[Tag] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), (tag, attrs)
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> inside {self.open}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.scripts.append(data)
        else:
            self.text.append(data)

    @property
    def ids(self) -> list[str]:
        return [tag.attributes["id"] for tag in self.tags if "id" in tag.attributes]


def site(folder: Path, files: Mapping[str, str | bytes] | str, **options: object) -> dict[str, bytes]:
    """The web edition of a small book, by path in `web/`; one text is its only chapter."""
    files = {"a.md": files} if isinstance(files, str) else dict(files)
    if "vulgate.toml" not in files:
        names = ", ".join(f'"{path}"' for path in files if path.endswith(".md"))
        files["vulgate.toml"] = f"{MANIFEST}chapters = [{names}]\n"
    write(folder, files)
    result = vulgate.Builder(vulgate.open_book(folder), editions=["web"], **options).run()  # type: ignore[arg-type]
    assert result.outputs, [(item.code, item.message) for item in result.diagnostics]
    return read(folder / "dist" / "web")


def read(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def pages(files: Mapping[str, bytes]) -> dict[str, Strict]:
    return {path: Strict(data.decode()) for path, data in files.items() if path.endswith(".html")}


def harmless(page: Strict) -> None:
    """No code but ours, nothing from another host, no address that runs code."""
    ours = 0
    for tag in page.tags:
        assert tag.name not in ("iframe", "object", "embed", "style", "base", "form", "svg", "math", "template") or (
            tag.name == "form" and "data-filters" in tag.attributes
        ), tag
        if tag.name == "script":
            ours += 1
            assert set(tag.attributes) <= {"src", "defer", "type"}, tag
            assert tag.attributes.get("src", "book.js").endswith(("book.js", "load.js")), tag
        for name, value in tag.attributes.items():
            assert not name.startswith("on"), tag
            assert name != "style", tag
            if name in HANDLED and (tag.name, value) != ("link", "data:,"):  # no icon, which is not asked for then
                scheme = urlsplit("".join(char for char in value if char > " ")).scheme
                assert scheme in ("", "http", "https", "mailto"), tag
                if tag.name not in ("a", "link") or (tag.name == "link" and tag.attributes.get("rel") != "canonical"):
                    assert not urlsplit(value).netloc, tag
    assert ours <= 4
    for text in page.scripts:
        assert text.startswith(("try{const t=localStorage", "{", "location.replace(")), text[:80]


def broken_links(files: Mapping[str, bytes]) -> Iterator[str]:
    """Links inside the site that lead nowhere."""
    found = pages(files)
    ids = {path: set(page.ids) for path, page in found.items()}
    for path, page in found.items():
        for tag in page.tags:
            for name in ("href", "src"):
                value = tag.attributes.get(name)
                if value is None or urlsplit(value).scheme or urlsplit(value).netloc:
                    continue
                target, fragment = urldefrag(value)
                target = unquote(target) or path
                if target not in files:
                    yield f"{path}: {value}"
                elif fragment and unquote(fragment) not in ids.get(target, set()):
                    yield f"{path}: {value} (no such place)"
