"""The book's graph: what requires, extends, contradicts, defines or uses what, and what follows from that."""

from itertools import pairwise
from typing import Final

from vulgate.model.blocks import Chapter, Example, Inference, Link, Origin, Rule, Term
from vulgate.model.suggest import did_you_mean
from vulgate.passes.linking import Linking

MAX_STEPS: Final = 12
"""The longest chain that an inference follows; no reader checks a longer one, and all of them together would be quadratic."""


def relate(link: Linking) -> None:
    """Collects the relations that the author states and those that the code shows."""
    _prerequisites(link)
    for reference, target in link.resolved:
        link.relate(reference.relation, reference.block, target, reference.span, "references")
    for block in link.blocks:
        if block.parent and block.is_authored:
            link.relate("part-of", block.id, block.parent, block.span, "structure")
        elif isinstance(block, Term):
            link.relate("defines", block.parent or block.section, block.id, block.span, "terms")
    _uses(link)
    _because(link)


def infer(link: Linking) -> None:
    """Derives what follows: a chapter requires what its prerequisites require, and likewise for what extends what."""
    for type_ in ("requires", "extends"):
        edges: dict[str, list[str]] = {}
        for source, relation, target in link.relations:
            if relation == type_ and (type_ == "extends" or isinstance(link.by_id[source], Chapter)):
                edges.setdefault(source, []).append(target)
        for source in edges:
            for target, chain in _reachable(source, edges).items():
                if target not in edges[source]:
                    _add_inference(link, type_, source, target, chain)


def _prerequisites(link: Linking) -> None:
    """Chapters that a chapter requires, by id; a cycle is reported once, with the whole chain."""
    heads = link.heads()
    ids = [head.id for head in heads]
    edges: dict[str, list[str]] = {}
    for head in heads:
        for wanted in head.prerequisites:
            target = link.formerly.get(wanted, wanted)
            if target not in ids:
                link.reporter.add("unknown-prerequisite", head.span, target=wanted, help=did_you_mean(wanted, ids))
                continue
            edges.setdefault(head.id, []).append(target)
            link.relate("requires", head.id, target, head.span, "prerequisites")
            link.links[head.id].append(Link(target, "block", head.span.start, head.span.start))
    for cycle in _cycles(ids, edges):
        link.reporter.add("prerequisite-cycle", link.by_id[cycle[0]].span, chain=" -> ".join(cycle))


def _cycles(ids: list[str], edges: dict[str, list[str]]) -> list[list[str]]:
    """One cycle for each edge that closes one, found by depth-first search without recursion."""
    found = []
    done: set[str] = set()
    for start in ids:
        path: list[str] = []
        stack = [(start, False)]
        while stack:
            id, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(id)
            elif id in path:
                found.append([*path[path.index(id) :], id])
            elif id not in done:
                path.append(id)
                stack.append((id, True))
                stack.extend((target, False) for target in reversed(edges.get(id, [])))
    return found


def _reachable(source: str, edges: dict[str, list[str]]) -> dict[str, list[str]]:
    """What can be reached from a block in two or more steps, up to a limit, each with a shortest chain."""
    chains: dict[str, list[str]] = {source: [source]}
    queue = [source]
    for id in queue:
        if len(chains[id]) > MAX_STEPS:
            break
        for target in edges.get(id, []):
            if target not in chains:
                chains[target] = [*chains[id], target]
                queue.append(target)
    return {target: chain for target, chain in chains.items() if len(chain) > 2}


def _add_inference(link: Linking, type_: str, source: str, target: str, chain: list[str]) -> None:
    block = link.by_id[source]
    steps = tuple(f"{first}--{type_}--{second}" for first, second in pairwise(chain))
    link.derived.append(
        Inference(
            id=f"{source}--infers-{type_}--{target}",
            chapter=block.chapter,
            section=block.section,
            span=block.span,
            origin=Origin("inference", steps),
            type=type_,
            source=source,
            target=target,
            chain=tuple(chain),
        )
    )


def _uses(link: Linking) -> None:
    """An example uses an earlier one of its group whose names it calls, or whose file it imports."""
    for chapter in link.chapters:
        defined: dict[tuple[str, str], str] = {}
        for block in chapter.blocks:
            if not isinstance(block, Example) or not block.fence.group:
                continue
            group = block.fence.group
            wanted = [name.split(".")[0] for name in block.symbols.called]
            wanted += [name for full in block.symbols.imported for name in _prefixes(full)]
            for name in wanted:
                target = defined.get((group, name))
                if target and name not in block.symbols.defined:
                    link.relate("uses", block.id, target, block.span, "code")
            if block.fence.file:
                module = block.fence.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                defined[group, module] = block.id
            else:
                defined.update(((group, name), block.id) for name in block.symbols.defined)


def _prefixes(dotted: str) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _because(link: Linking) -> None:
    """Gives rules the full ids of the facts they rest on."""
    for reference, target in link.resolved:
        block = link.by_id[reference.block]
        if reference.type == "option" and reference.relation == "requires" and isinstance(block, Rule):
            fields = link.fields[block.id]
            fields["because"] = (*fields.get("because", ()), target)
