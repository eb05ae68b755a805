"""Symbols of code in languages other than Python, and of Python newer than the one that compiles the book."""

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from vulgate.model.blocks import Symbols

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

# Language of a fence: the grammar's module and the function that gives it.
GRAMMARS: Final = {
    "python": ("tree_sitter_python", "language"),
    "bash": ("tree_sitter_bash", "language"),
    "sh": ("tree_sitter_bash", "language"),
    "shell": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "js": ("tree_sitter_javascript", "language"),
    "jsx": ("tree_sitter_javascript", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "ts": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
}
_DEFINITIONS: Final = frozenset(
    [
        "function_definition",
        "class_definition",
        "function_declaration",
        "class_declaration",
        "method_declaration",
        "method_definition",
        "interface_declaration",
        "enum_declaration",
        "type_alias_declaration",
        "function_item",
        "struct_item",
        "enum_item",
        "trait_item",
        "mod_item",
        "struct_specifier",
        "type_spec",
        "record_declaration",
        "generator_function_declaration",
        "type_definition",
        "preproc_def",
        "preproc_function_def",
        "abstract_class_declaration",
    ]
)
_IMPORTS: Final = {
    "import_statement": ("source", "name"),
    "import_from_statement": ("module_name",),
    "use_declaration": ("argument",),
    "import_spec": ("path",),
    "import_declaration": (),
    "preproc_include": ("path",),
}
_CALLS: Final = {
    "call": "function",
    "call_expression": "function",
    "method_invocation": "name",
    "command": "name",
    "macro_invocation": "macro",
}


@lru_cache(maxsize=32)
def _parser(language: str) -> "Parser":
    from tree_sitter import Language, Parser

    module, function = GRAMMARS[language]
    return Parser(Language(getattr(import_module(module), function)()))


def read_code(language: str, code: str) -> tuple[str, int, Symbols]:
    """What is wrong with a piece of code, on which line of it, and its symbols.

    Args:
        language: A key of `GRAMMARS`.
        code: The code.

    Returns:
        An empty reason and line 0 when the code parses.
    """
    tree = _parser(language).parse(code.encode())
    symbols = _symbols(tree.root_node)
    if not tree.root_node.has_error:
        return "", 0, symbols
    fault = _first_fault(tree.root_node)
    return ("something is missing" if fault.is_missing else "syntax error"), fault.start_point[0] + 1, symbols


def _first_fault(root: "Node") -> "Node":
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            return node
        stack.extend(child for child in reversed(node.children) if child.has_error)
    return root


def _symbols(root: "Node") -> Symbols:
    defined: dict[str, None] = {}
    imported: dict[str, None] = {}
    called: dict[str, None] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in _DEFINITIONS:
            _add(defined, node.child_by_field_name("name") or node.child_by_field_name("declarator"), deep=True)
        elif kind in _CALLS:
            _add(called, node.child_by_field_name(_CALLS[kind]))
        elif kind in _IMPORTS:
            fields = [node.child_by_field_name(field) for field in _IMPORTS[kind]]
            targets = [field for field in fields if field] or [
                child for child in node.named_children if "identifier" in child.type
            ]
            for target in targets[:1]:
                _add(imported, target)
        stack.extend(reversed(node.named_children))
    return Symbols(tuple(defined), tuple(imported), tuple(called))


def _add(names: dict[str, None], node: "Node | None", *, deep: bool = False) -> None:
    """Adds a node's text, if it is one name; `deep` looks for the name inside a declarator, as C writes it."""
    while deep and node is not None and (inner := node.child_by_field_name("declarator")):
        node = inner
    if node is not None and node.text:
        text = node.text.decode("utf-8", "replace").strip("\"'<>")
        if text and len(text) <= 80 and not any(char in text for char in " \n\t(){}$"):
            names[text] = None
