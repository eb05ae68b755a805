"""Info strings of other tools: what they say beside the language has no meaning here, and is no fault of the author."""

import re
from typing import Final

from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import fence_roles, label, opening
from vulgate.source.origins import Line

_PANDOC: Final = re.compile(r"\{\s*\.?=?([A-Za-z][\w+#-]*)([^}]*)\}\s*")
_ROLES: Final = re.compile(r"\{(?:code-block|code|sourcecode|code-cell)\}\s*([\w+#.-]*)(.*)")
_FIRST: Final = re.compile(r"([^\s{,:\[]+)[\s,]*(.*)", re.DOTALL)
_NOT_RUN: Final = frozenset({"ignore", "no_run", "norun", "compile_fail", "noplayground", "notest", "no-run"})
_OURS: Final = re.compile(
    r"\{\s*(?:(?:bad|good|near|harm|proof|detect|test|solution|starter|syntax-error|static|strict|"
    r"(?:group|file|raises|match|python|requires|service|types|skip)=(?:\"[^\"]*\"|'[^']*'|\S+?))(?:\s+|(?=\})))+\}"
)
_TITLE: Final = re.compile(
    r"(?:title|filename|name|caption)\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"',}]+))|\[([^\[\]]+)\]"
)
_ONE_WORD: Final = re.compile(r"[\w+#.-]+")
ALIASES: Final = {"ipython": "python", "ipython3": "python", "python3": "python", "py3": "python"}


def read_info(info: str) -> tuple[str, str]:
    """The language of an info string, and what else it says.

    Args:
        info: The info string, without white space around it.
    """
    if (match := _ROLES.fullmatch(info) or _PANDOC.fullmatch(info)) or (match := _FIRST.fullmatch(info)):
        language, rest = match[1], match[2].strip()
    else:
        language, rest = "", info
    return ALIASES.get(language.lower(), language), rest


def fences(lines: list[Line], page: Page) -> list[Line]:
    """Info strings with the language alone; a title stands above its code, and what is marked as not to be run is `static`."""
    found: list[Line] = []
    for line, role in zip(lines, fence_roles(lines), strict=True):
        found += _opened(line, page) if role == "open" else [line]
    return found


def _opened(line: Line, page: Page) -> list[Line]:
    found = opening(line.text)
    if found is None or not found.info or (_ONE_WORD.fullmatch(found.info) and found.info.lower() not in ALIASES):
        return [line]
    language, rest = read_info(found.info)
    if _OURS.fullmatch(rest):
        return [line]
    title = _TITLE.search(rest)
    above = (
        label(title[1] or title[2] or title[3] or title[4], line, found.lead)
        if title and not found.lead.strip()
        else []
    )
    rest = rest.replace(title[0], "", 1).strip() if title and above else rest
    words = set(re.split(r"[\s,]+", rest.strip("{} ")))
    attributes = " {static}" if language.lower() in ("python", "py") and words & _NOT_RUN else ""
    if rest.strip("{} "):
        page.left_out(line, f"`{rest}` after the language of a fence")
    return [*above, line._replace(text=f"{found.lead}{found.marks}{language}{attributes}{found.end}")]
