"""The long explanation of each diagnostic code: one Markdown page a code, with a sample that shows it."""

import re
from importlib import resources

from vulgate.model.codes import BY_ID, Code

_FENCE = re.compile(r"`{3,}|~{3,}")


def explain(code: Code) -> str:
    """The page of a code, in Markdown."""
    return resources.files("vulgate.report").joinpath("pages", f"{code.id}.md").read_text(encoding="utf-8")


def reference() -> str:
    """All pages as one, in the order of the codes."""
    head = "# Diagnostics\n\nEvery code that the compiler can report, with a sample that shows it.\n"
    head += "`vulgate explain CODE` prints one of them.\n"
    entries = [head, _contents()]
    entries += [_nested(explain(code)) for code in BY_ID.values()]
    return "\n".join(entries)


def _contents() -> str:
    lines = ["| code | name | severity |", "|---|---|---|"]
    lines += [
        f"| [{code.id}](#{code.id.lower()}-{code.name}) | {code.name} | {code.severity} |" for code in BY_ID.values()
    ]
    return "\n".join(lines) + "\n"


def _nested(page: str) -> str:
    """A page whose headings stand one level lower; what stands in its fences is left alone."""
    lines: list[str] = []
    fence = ""
    for line in page.split("\n"):
        if run := _FENCE.match(line):
            if not fence:
                fence = run[0]
            elif line.startswith(fence) and not line.strip(fence[0]):
                fence = ""
        lines.append(f"#{line}" if line.startswith("#") and not fence else line)
    return "\n".join(lines)
