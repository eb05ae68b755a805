"""Writes the tables of `src/vulgate/audit/data` anew.

    python benchmarks/audit_tables.py names PYTHON [PYTHON ...]    names of the standard library, by interpreters and typeshed
    python benchmarks/audit_tables.py lifecycles FOLDER DATE        ends of life, from a copy of endoflife.date as of a date

typeshed is the copy that comes with mypy.
"""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import yaml

DATA = Path(__file__).parents[1] / "src" / "vulgate" / "audit" / "data"
SKIPPED = ("antigravity", "this", "idlelib", "lib2to3", "test", "turtledemo", "__phello__", "turtle")
LISTING = """
import importlib, pkgutil, sys, warnings
warnings.simplefilter("ignore")
names = set(getattr(sys, "stdlib_module_names", ())) or {m.name for m in pkgutil.iter_modules()
    if "site-packages" not in str(m.module_finder)}
names |= {"os.path", "collections.abc", "concurrent.futures", "importlib.metadata", "importlib.resources",
          "importlib.abc",
          "importlib.util", "importlib.machinery", "logging.handlers", "logging.config", "unittest.mock", "urllib.parse",
          "urllib.request", "urllib.error", "xml.etree.ElementTree", "email.message", "http.client", "http.server",
          "multiprocessing.pool", "multiprocessing.shared_memory", "json.decoder", "asyncio.subprocess"}
for name in sorted(names):
    if name.split(".")[0] in %r or name.startswith("_") and name != "__future__":
        continue
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    print(name, *[n for n in dir(module) if not n.startswith("_")])
for kind in (str, bytes, bytearray, int, float, complex, list, tuple, dict, set, frozenset, range, slice,
             object, type, memoryview, BaseException):
    print(kind.__name__, *dir(kind))
"""
PRODUCTS = {
    "python": "Python", "django": "Django", "nodejs": "Node.js", "postgresql": "PostgreSQL", "ubuntu": "Ubuntu",
    "debian": "Debian", "mysql": "MySQL", "redis": "Redis", "alpine-linux": "Alpine", "numpy": "NumPy", "mongodb": "MongoDB",
    "go": "Go",
}  # fmt: skip


def names(pythons: list[str]) -> None:
    """The table `names.txt`."""
    found: dict[str, set[str]] = defaultdict(set)
    for python in pythons:
        told = subprocess.run([python, "-c", LISTING % (SKIPPED,)], capture_output=True, text=True, check=True).stdout
        for line in told.splitlines():
            module, *members = line.split()
            found[module].update(members)
    package = find_spec("mypy")
    stubs = Path(package.origin or "").parent / "typeshed" / "stdlib" if package else Path()
    for stub in stubs.rglob("*.pyi"):
        parts = list(stub.relative_to(stubs).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name and name.split(".")[0] not in SKIPPED and not any(part.startswith("_") for part in name.split(".")):
            found[name].update(
                member for member in stub_names(stub) if not member.startswith("_") or name == "builtins"
            )
    seen = ", ".join(versions(pythons))
    head = f"# Public names of the standard library: {seen}, and typeshed. benchmarks/audit_tables.py writes it.\n"
    lines = [f"{module} {' '.join(sorted(members))}\n" for module, members in sorted(found.items()) if members]
    (DATA / "names.txt").write_text(head + "".join(lines), encoding="utf-8")


def versions(pythons: list[str]) -> Iterator[str]:
    """The versions of interpreters."""
    for python in pythons:
        yield subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()


def stub_names(stub: Path) -> Iterator[str]:
    """What a stub binds at its top, on any version and platform."""
    stack: list[ast.stmt] = list(ast.parse(stub.read_text(encoding="utf-8")).body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If):
            stack += [*node.body, *node.orelse]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname for alias in node.names if alias.asname == alias.name)


def lifecycles(folder: Path, date: str) -> None:
    """The table `lifecycles.toml`."""
    parts = [
        "# Releases and the days on which their support ends. benchmarks/audit_tables.py writes it.\n",
        'source = "https://endoflife.date"\n',
        f"read = {date}\n",
    ]
    for slug, name in PRODUCTS.items():
        front = (folder / "products" / f"{slug}.md").read_text(encoding="utf-8").split("---")[1:]
        releases = yaml.safe_load(_front("---".join(front)))["releases"]
        parts.append(f'\n["{name}"]\n')
        for release in releases:
            end = release.get("eol")
            if end in (None, True):
                continue
            parts.append(f'"{release["releaseCycle"]}" = {end if end else chr(34) * 2}\n')
    (DATA / "lifecycles.toml").write_text("".join(parts), encoding="utf-8")


def _front(text: str) -> str:
    return text.split("\n---\n")[0]


if __name__ == "__main__":
    if sys.argv[1] == "names":
        names(sys.argv[2:])
    else:
        lifecycles(Path(sys.argv[2]), sys.argv[3])
