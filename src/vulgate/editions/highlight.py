"""Code in colours: HTML with the short class names of Pygments."""

from functools import cache
from html import escape
from typing import Any, Final

_MOST: Final = 20_000
"""Characters: longer code is set without colours, because some lexers take a time that grows faster than the code."""


def highlighted(code: str, language: str) -> str:
    """Code as HTML, the lines as they are; escaped and without colours where the language is unknown."""
    lexer = _lexer(language) if language and len(code) <= _MOST else None
    if lexer is None:
        return escape(code, quote=False)
    from pygments.token import STANDARD_TYPES

    parts: list[str] = []
    for token, text in lexer.get_tokens(code):
        kind = token
        while kind not in STANDARD_TYPES:
            kind = kind.parent
        # The letters behind the first tell apart what has one colour here.
        name = STANDARD_TYPES[kind][:1] if STANDARD_TYPES[kind] != "err" else ""
        escaped = escape(text, quote=False)
        parts.append(f'<span class="{name}">{escaped}</span>' if name in _CLASSES and text.strip() else escaped)
    return "".join(parts)


_CLASSES: Final = frozenset("ckmso")
STYLE: Final = ".c{color:#5f6872;font-style:italic}.k{color:#a0305a}.o{color:#8a2b4f}.s{color:#24633a}.m{color:#1f4e8c}"
"""The colours: comments, keywords, operators, strings, numbers."""


@cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except (ClassNotFound, ImportError):
        return None
