"""Published ports of databases in compose files."""

import re
from collections.abc import Iterator
from typing import Final

import yaml

from vulgate.detect.source import Place, Source

_DATABASE_PORTS: Final = frozenset([1433, 1521, 3306, 5432, 5984, 6379, 7687, 9042, 9200, 11211, 26257, 27017])
_EVERYWHERE: Final = frozenset(["", "*", "0.0.0.0", "[::]", "::"])  # noqa: S104 - looked for, not bound to
_VARIABLE: Final = re.compile(r"\$\{\w+(?::?-([^}]*))?[^}]*\}|\$\w+")


def open_ports(source: Source) -> Iterator[Place]:
    """Entries of `ports` that open a database's port on every interface of the host."""
    try:
        root = yaml.compose(source.text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return
    for service in _values(_child(root, "services")):
        ports = _child(service, "ports")
        for entry in ports.value if isinstance(ports, yaml.SequenceNode) else ():
            if _is_open(entry):
                yield source.line_place(entry.start_mark.line + 1)


def _is_open(entry: yaml.Node) -> bool:
    if isinstance(entry, yaml.ScalarNode):
        written = _VARIABLE.sub(lambda found: found[1] or "?", entry.value).partition("/")[0]
        host, _, container = written.rpartition(":")
        address, _, published = host.rpartition(":")
        return bool(published) and _is_database(container) and address in _EVERYWHERE
    parts = {name: _child(entry, name) for name in ("target", "published", "host_ip")}
    values = {name: part.value for name, part in parts.items() if isinstance(part, yaml.ScalarNode)}
    return "published" in values and _is_database(values.get("target", "")) and values.get("host_ip", "") in _EVERYWHERE


def _is_database(port: str) -> bool:
    return port.isdecimal() and int(port) in _DATABASE_PORTS


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == name:
            return value  # type: ignore[no-any-return]
    return None


def _values(node: yaml.Node | None) -> list[yaml.Node]:
    return [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
