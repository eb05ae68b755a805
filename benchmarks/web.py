"""Times the web edition against mdBook on the same books, in one run, and weighs its pages.

    python benchmarks/web.py [--rounds 5] [--book FOLDER ...] [--peers mdbook]

Vulgate is installed twice, with the extra `web`, whose Pagefind makes the search, and without it; mdBook always makes its own
search. mdBook builds everything anew each time. A page's weight is what a server sends at the first visit: the page, its
diagrams, the style and the script, each compressed with gzip; search is loaded when a reader asks for it, and weighed apart.
"""

import argparse
import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

from build import BUNDLED, LEGACY, PEERS, WEB, change, clean
from measure import ROOT, WORK, Case, environment, nothing, run_all, table

KILOBYTE = 1000
BAR = 100 * KILOBYTE
LISTED = 5


def copy(book: Path, name: str) -> Path:
    """A copy of a book, without what a build left there."""
    place = WORK / "books" / name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(book, place, ignore=shutil.ignore_patterns("dist", ".vulgate"))
    return place


def cases(book: Path, label: str, vulgate: str) -> list[Case]:
    """A cold build, one chapter changed, nothing changed."""
    cold, edited, same = (copy(book, f"web-{label}-{what}".replace(" ", "-")) for what in ("cold", "edited", "same"))
    sizes = sorted(edited.glob("*.md"), key=lambda file: file.stat().st_size)
    command = [vulgate, "build", "--quiet", *WEB]
    for place in (edited, same):
        subprocess.run([*command, str(place)], check=True, capture_output=True)
    return [
        Case(f"{label}, cold", [*command, str(cold)], clean(cold)),
        Case(f"{label}, one chapter changed", [*command, str(edited)], change(sizes[len(sizes) // 2])),
        Case(f"{label}, nothing changed", [*command, str(same)], nothing),
    ]


def weight(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def drawn(page: Path) -> list[Path]:
    """The diagrams of a page, all of them, though a browser fetches each when it comes into view."""
    return [page.parent / name for name in sorted(set(re.findall(r'src="(diagrams/[^"]+)"', page.read_text("utf-8"))))]


def weights(site: Path) -> str:
    """The heaviest pages as lines of a table."""
    frame = weight([site / "book.css", site / "book.js"])
    pages = sorted(((weight([page, *drawn(page)]) + frame, page.name) for page in site.glob("*.html")), reverse=True)
    over = sum(size > BAR for size, _ in pages)
    asked = [*site.glob("search.*"), *(file for file in site.glob("pagefind/*") if file.is_file())]
    lines = [
        f"{len(pages)} pages, of which {over} are over {BAR // KILOBYTE} KB; style and script {frame / KILOBYTE:.1f} KB; "
        f"search, before a query, {weight(asked) / KILOBYTE:.1f} KB",
        "",
        "| page | KB |",
        "|---|---:|",
        *(f"| {name} | {size / KILOBYTE:.1f} |" for size, name in pages[:LISTED]),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = [BUNDLED, *([LEGACY] if LEGACY.is_dir() else [])]
    parser.add_argument("--book", type=Path, action="append", help="folder of .md files; repeatable")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default="mdbook", help="comma-separated; empty for none")
    arguments = parser.parse_args()
    plain = str(environment("vulgate", [str(ROOT)]) / "vulgate")
    searching = str(environment("vulgate-web", [f"{ROOT}[web]"]) / "vulgate")
    for book in arguments.book or default:
        peers = [PEERS[name](book) for name in arguments.peers.split(",") if name]
        every = [*peers, *cases(book, "web", plain), *cases(book, "web and search", searching)]
        run_all(every, arguments.rounds)
        size = sum(file.stat().st_size for file in book.glob("*.md"))
        print(f"\n## {book.name}: {size:,} bytes, {arguments.rounds} rounds\n")
        print(table(every, "the first"))
        print(f"\n{weights(WORK / 'books' / 'web-web-and-search-cold' / 'dist' / 'web')}")


if __name__ == "__main__":
    sys.exit(main())
