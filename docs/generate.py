"""Writes the generated pages: docs/diagnostics.md, docs/api.md, docs/agent-targets.md and the picture of a terminal.

    python docs/generate.py [--check]

With `--check` nothing is written, and the exit code is 1 if a page is not what the code says.
"""

import inspect
import re
import sys
import tempfile
from pathlib import Path

import click
import msgspec
from click.testing import CliRunner

import vulgate
from vulgate.cli import main as vulgate_command
from vulgate.editions.agents.targets import page as targets
from vulgate.report.pages import reference

DOCS = Path(__file__).resolve().parent
SAMPLE = {
    "vulgate.toml": '[book]\ntitle = "How we build"\nchapters = ["functions.md"]\n',
    "functions.md": """# Functions

:::{rul} Never use a mutable default argument
:severity: hihg
The default is shared by every call; see [closures](#closure).
:::

```python {raise=TypeError}
len(3)
```

## Closures
""",
}


def api_page() -> str:
    """The reference of the public interface, from its docstrings."""
    parts = ["# The Python interface", "", inspect.getdoc(vulgate) or "", ""]
    for name in vulgate.__all__:
        value = getattr(vulgate, name)
        if name.startswith("__"):
            continue
        if inspect.isclass(value):
            parts += _class(name, value)
        elif inspect.isfunction(value):
            parts += [f"## {name}", "", f"```text\n{name}{_signature(value)}\n```", "", inspect.getdoc(value) or "", ""]
        else:
            parts += [f"## {name}", "", "The union of all kinds of blocks.", ""]
    return _as_markdown("\n".join(parts))


def _class(name: str, value: type) -> list[str]:
    bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
    parts = [f"## {name}", "", f"A `{bases}`." if bases else "", "", inspect.getdoc(value) or "", ""]
    if issubclass(value, msgspec.Struct):
        own = [field for field in msgspec.structs.fields(value) if field.name in inspect.get_annotations(value)]
        if own:
            parts += ["| field | type |", "|---|---|"]
            parts += [f"| `{field.name}` | `{_type(field.type)}` |" for field in own]
            parts.append("")
    for method, member in vars(value).items():
        public = not method.startswith("_") or method in ("__getitem__", "__contains__")
        function = member.fget if isinstance(member, property) else getattr(member, "func", member)
        if public and inspect.isfunction(function) and inspect.getdoc(function):
            shown = method if function is not member else f"{method}{_signature(function)}"
            parts += [f"### {name}.{method}", "", f"```text\n{shown}\n```", "", inspect.getdoc(function) or "", ""]
    return parts


def _signature(function: object) -> str:
    text = str(inspect.signature(function)).replace("'", "").replace('"', "")  # type: ignore[arg-type]
    return re.sub(r"\b(?:vulgate|collections|pathlib|typing|msgspec)(?:\.\w+)*\.", "", text)


def _type(value: object) -> str:
    text = value.__name__ if isinstance(value, type) and not hasattr(value, "__args__") else str(value)
    return re.sub(r"\b(?:vulgate|typing|pathlib)(?:\.\w+)*\.", "", text).replace("|", "or")


def _as_markdown(text: str) -> str:
    """Google-style sections of docstrings as bold words with lists, and indented code as fences."""
    text = re.sub(r"^(Args|Attributes|Returns|Raises):$", r"**\1**\n", text, flags=re.MULTILINE)
    text = re.sub(r"^    (\w+): (.*)$", r"* `\1`: \2", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def terminal_picture() -> str:
    """A build with errors, as a terminal shows it, in SVG."""
    from rich.console import Console
    from rich.text import Text

    runner = CliRunner(env={"FORCE_COLOR": "1"})
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SAMPLE.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        output = runner.invoke(vulgate_command, ["build", folder, "--quiet"], color=True).output
    console = Console(record=True, width=96, file=open("/dev/null", "w"), force_terminal=True)  # noqa: SIM115, PTH123
    console.print(Text.from_ansi("$ vulgate build mybook\n\n" + click.style("", reset=False) + output.rstrip()))
    svg = console.export_svg(title="vulgate", unique_id="vulgate")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


PAGES = {
    "diagnostics.md": reference,
    "api.md": api_page,
    "agent-targets.md": targets.reference,
    "terminal.svg": terminal_picture,
}


def main() -> int:
    stale = []
    for name, make in PAGES.items():
        place = DOCS / name
        text = make()
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                place.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: docs/{name}")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
