"""Architecture contracts: `:detect: layers layers`, `forbidden`, `independence`, `protected`, `acyclic_siblings`.

The words and keys are import-linter's; the graph of imports is grimp's, which reads the code and does not run it. A rule's
`detect` fence holds the contract of its examples. On a user's code the contracts are those of the user's configuration.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from vulgate.detect.base import DetectorError, Match, Query, Report, version_of
from vulgate.detect.fence import read_fence
from vulgate.detect.literals import Literals
from vulgate.detect.source import Project
from vulgate.forked import has_threads
from vulgate.model.suggest import did_you_mean

if TYPE_CHECKING:
    from grimp import ImportGraph

_FOLDERS: Final = ("", "src", "lib")
_ALIASES: Final = {"acyclic": "acyclic_siblings"}
# What a contract of a type must have; any one of a pair.
_NEEDED: Final = {
    "layers": ("layers",),
    "forbidden": ("source_modules", "forbidden_modules"),
    "independence": ("modules",),
    "protected": ("protected_modules",),
    "acyclic_siblings": ("ancestors or root",),
}
_MODULE: Final = r"[\w*]+(?:\.[\w*]+)*"
_IGNORED = re.compile(rf"\s*({_MODULE})\s*->\s*({_MODULE})\s*")


class Contract(Struct, frozen=True, forbid_unknown_fields=True):
    """A contract, with import-linter's keys.

    Attributes:
        type: layers, forbidden, independence, protected or acyclic_siblings.
        name: What the team calls it.
        root: The top-level package; by default the first part of the modules that the contract names.
        layers: From the highest to the lowest; modules of one layer are joined by ` | `.
        containers: Packages that each have these layers inside.
        source_modules: Of `forbidden`: who must not import.
        forbidden_modules: Of `forbidden`: what; packages from outside, too.
        modules: Of `independence`: those that must not import each other.
        protected_modules: Of `protected`: those that only some may import.
        allowed_importers: Of `protected`: who may.
        ancestors: Of `acyclic_siblings`: packages whose parts must not import each other in a circle.
        ignore_imports: Imports that are let pass, as `shop.web -> shop.store`.
    """

    type: str = ""
    name: str = ""
    root: str = ""
    layers: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    source_modules: tuple[str, ...] = ()
    forbidden_modules: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    protected_modules: tuple[str, ...] = ()
    allowed_importers: tuple[str, ...] = ()
    ancestors: tuple[str, ...] = ()
    ignore_imports: tuple[str, ...] = ()

    @property
    def roots(self) -> list[str]:
        """The top-level packages that the contract is about."""
        if self.root:
            return [self.root]
        named = (*self.source_modules, *self.modules, *self.protected_modules, *self.ancestors, *self.containers)
        if not self.containers:
            named += tuple(part for layer in self.layers for part in _parts(layer))
        return sorted({name.partition(".")[0] for name in named})


Edge = tuple[str, str]
"""Importer and imported module."""

Chain = tuple[str, ...]
"""Modules, each of which imports the next."""


class LayersDetector:
    """Holds a project's imports to its contracts."""

    name = "layers"
    is_program = False

    def version(self, spec: str) -> str:
        """`grimp 3.13`, or an empty string."""
        return version_of("grimp", "grimp")

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """Python files."""
        return ("*.py",)

    def is_whole(self, query: Query) -> bool:
        """Always."""
        return True

    def needs(self, query: Query) -> Literals:
        """Nothing that could be looked for beforehand."""
        return Literals()

    def check(self, query: Query) -> None:
        """Sees whether the type of contract is known, and the fence holds one.

        Raises:
            DetectorError: It is not, or it does not.
        """
        _type_of(query.spec)
        if query.options:
            _own_contract(query)

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """The imports that break contracts."""
        report = Report()
        given = project.settings.contracts
        for query in queries:
            type_ = _type_of(query.spec)
            if project.settings.is_example:
                contracts = [_own_contract(query)] if query.options else []
            else:
                contracts = [
                    read_contract(contract) for contract in given if _type_of(str(contract.get("type", ""))) == type_
                ]
            for contract in contracts:
                report.matches += _broken(query.rule, contract, project)
        return report


def read_contract(values: object) -> Contract:
    """A contract from a mapping of a YAML or TOML file.

    Raises:
        DetectorError: It has a key that no contract has, or a value of the wrong type.
    """
    try:
        contract = msgspec.convert(values, Contract)
    except msgspec.ValidationError as error:
        raise DetectorError(f"the contract is wrong: {error}") from error
    contract = msgspec.structs.replace(contract, type=_type_of(contract.type))
    for needed in _NEEDED[contract.type]:
        if not any(getattr(contract, key) for key in needed.split(" or ")):
            raise DetectorError(f"a contract of the type `{contract.type}` needs {needed}")
    for ignored in contract.ignore_imports:
        if not _IGNORED.fullmatch(ignored):
            raise DetectorError(f"`{ignored}` is no import; write it as `shop.web -> shop.store`")
    if not contract.roots:
        raise DetectorError("the contract names no package; give it a `root`")
    return contract


def _own_contract(query: Query) -> Contract:
    values = read_fence(query.options)
    if not isinstance(values, dict):
        raise DetectorError("the `detect` fence is no contract")
    return read_contract({**values, "type": _type_of(query.spec)})


def _type_of(spec: str) -> str:
    name = _ALIASES.get(spec, spec)
    if name not in _CHECKS:
        help = did_you_mean(name, _CHECKS)
        raise DetectorError(
            f"no type of contract `{spec}`; there are {', '.join(_CHECKS)}" + (f"; {help}" if help else "")
        )
    return name


def _broken(rule: str, contract: Contract, project: Project) -> Iterator[Match]:
    graph = _graph(contract, project)
    for ignored in contract.ignore_imports:
        importer, imported = (part.strip() for part in ignored.split("->"))
        for found in graph.find_matching_direct_imports(f"{importer} -> {imported}"):
            graph.remove_import(importer=found["importer"], imported=found["imported"])
    told: set[tuple[str, int, str]] = set()
    for chain in _chains_of(graph, contract):
        for detail in graph.get_import_details(importer=chain[0], imported=chain[1]):
            path = _path(chain[0], project)
            line = int(detail["line_number"])
            key = (path, line, chain[-1])
            if path and key not in told:
                told.add(key)
                place = project.read(path).line_place(line)
                yield Match(rule, path, place.start, place.end, _message(contract, chain), contract.type)


def _chains_of(graph: "ImportGraph", contract: Contract) -> list[Chain]:
    """The chains of imports that break a contract, in order.

    Raises:
        DetectorError: The contract does not fit the packages, as where one of two that must not import each other is
            inside the other.
    """
    try:
        return sorted(_CHECKS[contract.type](graph, contract))
    except Exception as error:
        raise DetectorError(f"the contract does not fit: {str(error) or type(error).__name__}") from error


def _message(contract: Contract, chain: Chain) -> str:
    through = f" (through {', '.join(chain[1:-1])})" if len(chain) > 2 else ""
    name = f"contract `{contract.name}`: " if contract.name else ""
    return f"{name}{chain[0]} imports {chain[-1]}{through}"


def _path(module: str, project: Project) -> str:
    relative = module.replace(".", "/")
    for folder in _FOLDERS:
        for ending in (".py", "/__init__.py"):
            path = f"{folder}/{relative}{ending}".lstrip("/")
            if path in project.paths:
                return path
    return ""


def _graph(contract: Contract, project: Project) -> "ImportGraph":
    """The imports of the contract's packages.

    Raises:
        DetectorError: A package is not where it should be, or does not parse.
    """
    import grimp

    has_threads("grimp")
    roots = contract.roots
    with _findable(project.root, roots):
        try:
            return grimp.build_graph(*roots, include_external_packages=True, cache_dir=None)
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise DetectorError(f"the imports of {', '.join(roots)} cannot be read: {reason}") from error


@contextmanager
def _findable(root: Path, packages: Iterable[str]) -> Iterator[None]:
    """Puts a project's folders in front of the search path, and forgets afterwards what was found there.

    A package that this process itself has imported, such as click, would otherwise be taken for the project's.
    """
    before = list(sys.path)
    loaded = {name: sys.modules.pop(name) for name in packages if name in sys.modules}
    sys.path[:0] = [str(root / folder) for folder in _FOLDERS]
    sys.path_importer_cache.clear()
    try:
        yield
    finally:
        sys.modules.update(loaded)
        sys.path[:] = before
        sys.path_importer_cache.clear()


# ------------------------------------------------------------------------------------------- one function a contract


def _parts(layer: str) -> list[str]:
    """The modules of a layer; ` | ` and ` : ` join them, brackets make one optional."""
    return [part.strip(" ()") for part in layer.replace(":", "|").split("|")]


def _check_layers(graph: "ImportGraph", contract: Contract) -> Iterator[Chain]:
    from grimp import Layer

    present = graph.modules
    layers = []
    for layer in contract.layers:
        names = [name for name in _parts(layer) if contract.containers or name in present]
        if names:
            layers.append(Layer(*names, independent=":" not in layer))
    containers = set(contract.containers) or None
    for dependency in graph.find_illegal_dependencies_for_layers(layers=layers, containers=containers):
        for route in dependency.routes:
            for head in route.heads:
                yield (head, *route.middle, min(route.tails))


def _check_forbidden(graph: "ImportGraph", contract: Contract) -> Iterator[Chain]:
    for source in contract.source_modules:
        for forbidden in contract.forbidden_modules:
            yield from _chains(graph, source, forbidden)


def _check_independence(graph: "ImportGraph", contract: Contract) -> Iterator[Chain]:
    for importer, imported in permutations(contract.modules, 2):
        yield from _chains(graph, importer, imported)


def _check_protected(graph: "ImportGraph", contract: Contract) -> Iterator[Chain]:
    for protected in contract.protected_modules:
        for module in _with_parts(graph, protected):
            for importer in graph.find_modules_that_directly_import(module):
                if not any(_is_in(importer, allowed) for allowed in (protected, *contract.allowed_importers)):
                    yield (importer, module)


def _check_acyclic_siblings(graph: "ImportGraph", contract: Contract) -> Iterator[Chain]:
    for ancestor in contract.ancestors or contract.roots:
        if ancestor in graph.modules:
            yield from graph.nominate_cycle_breakers(ancestor)


def _chains(graph: "ImportGraph", importer: str, imported: str) -> Iterable[Chain]:
    if importer not in graph.modules or imported not in graph.modules:
        return ()
    is_outside = graph.is_module_squashed(imported)
    if is_outside:
        return {
            chain
            for module in _with_parts(graph, importer)
            if (chain := graph.find_shortest_chain(importer=module, imported=imported)) and len(chain) == 2
        }
    return graph.find_shortest_chains(importer=importer, imported=imported, as_packages=True)


def _with_parts(graph: "ImportGraph", module: str) -> list[str]:
    if module not in graph.modules:
        return []
    parts = set() if graph.is_module_squashed(module) else graph.find_descendants(module)
    return sorted({module, *parts})


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


_CHECKS: Final[dict[str, Callable[["ImportGraph", Contract], Iterable[Chain]]]] = {
    "layers": _check_layers,
    "forbidden": _check_forbidden,
    "independence": _check_independence,
    "protected": _check_protected,
    "acyclic_siblings": _check_acyclic_siblings,
}
