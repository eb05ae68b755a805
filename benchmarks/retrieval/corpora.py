"""The public texts that the table of word vectors is distilled from: manuals of Debian packages, docstrings."""

import ast
import random
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from sphinx_html import sections

DOC = Path("/usr/share/doc")
PYTHON = DOC / "python3-doc/html"
#: Debian packages with a Sphinx manual, and how many passages are drawn from each at most.
MANUALS = {
    "python3.11-doc": 22000,
    "python-django-doc": 9000,
    "python-sqlalchemy-doc": 5000,
    "python-pandas-doc": 4000,
    "python-flask-doc": 2500,
    "python-celery-doc": 3000,
    "python-pytest-doc": 3500,
    "python-attr-doc": 900,
    "python-tornado-doc": 1500,
    "sphinx-doc": 2500,
    "python-cryptography-doc": 1500,
    "cython-doc": 2000,
    "python-requests-doc": 800,
    "python-ipython-doc": 1200,
}
_SKIP = re.compile(
    r"^(genindex|search|contents|py-modindex|_modules/|_sources/|faq/|changelog|changes|whatsnew/v|releases?/|history/)"
)
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")


def manual(package: str) -> Iterator[tuple[str, str]]:
    """Yields title and text of each section of a manual, without the questions of Python's FAQ."""
    root = DOC / package / "html"
    pages = [page for page in root.rglob("*.html") if not _SKIP.match(page.relative_to(root).as_posix())]
    for section in sections(root, pages, names=True):
        if section.text or section.title:
            yield section.title, section.text


def docstrings(folders: list[Path]) -> Iterator[tuple[str, str]]:
    """Yields name and docstring of each module, class and function below `folders`, but of tests."""
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if "test" in path.as_posix() or "site-packages" in path.parts or path.stat().st_size > 400_000:
                continue
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    text = ast.get_docstring(node)
                    if text and len(text) > 40:
                        yield getattr(node, "name", path.stem), text


def clip(text: str, limit: int) -> str:
    """Returns the first sentences of `text` that fit `limit` characters, or its first words."""
    flat = _SPACE.sub(" ", text).strip()
    kept = ""
    for sentence in _SENTENCE.split(flat[: limit * 2]):
        if kept and len(kept) + len(sentence) > limit:
            break
        kept = f"{kept} {sentence}".strip()
    return kept[:limit]


def passages(seed: int = 11) -> list[str]:
    """Returns passages of 20 to 450 characters: headings alone, headings with text, text alone."""
    draw = random.Random(seed)
    stdlib = Path(sysconfig.get_path("stdlib"))
    found: list[str] = []
    for package, most in MANUALS.items():
        found += _sample([one for pair in manual(package) for one in _cut(*pair, draw)], most, draw)
    found += _sample([one for pair in docstrings([stdlib]) for one in _cut(*pair, draw)], 9000, draw)
    unique = list(dict.fromkeys(found))
    draw.shuffle(unique)
    return unique


def texts() -> Iterator[tuple[str, str]]:
    """Yields title and text of everything that passages are drawn from."""
    for package in MANUALS:
        yield from manual(package)
    yield from docstrings([Path(sysconfig.get_path("stdlib"))])


def _sample(texts: list[str], most: int, draw: random.Random) -> list[str]:
    return draw.sample(texts, min(most, len(texts)))


def _cut(title: str, text: str, draw: random.Random) -> list[str]:
    """Cuts a section into its heading, its beginning with the heading, and up to four passages of its text."""
    title = title.rstrip("¶#").removesuffix("[source]").strip()
    cut = [title] if len(title) > 20 and "(" not in title else []
    cut.append(clip(f"{title}. {text}", draw.choice((120, 200, 300, 450))))
    pieces = _SENTENCE.split(_SPACE.sub(" ", text))
    draw_from = range(1, len(pieces))
    starts = draw.sample(draw_from, min(4, len(draw_from) // 3))
    cut += [clip(" ".join(pieces[start : start + 12]), draw.choice((60, 120, 200, 300, 450))) for start in starts]
    return [one for one in cut if len(one) >= 20]


if __name__ == "__main__":
    import time

    begun = time.process_time()
    made = passages()
    print(len(made), sum(map(len, made)) / len(made), f"{time.process_time() - begun:.1f} CPU-s", file=sys.stderr)
    for one in random.Random(0).sample(made, 25):
        print(repr(one[:200]))
    Path(sys.argv[1]).write_text("\n".join(made), "utf-8")
