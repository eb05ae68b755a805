"""Code in colours: one regular expression a language, of which each group is a class of tokens.

A grammar is more exact in rare places. Over the code of the handbook (1 MB), tree-sitter with its queries takes 0.4 s, Pygments
1.3 s and this 0.1 s, in which all the text is not yet rendered. Words are looked up in a table: an expression with a hundred
alternatives is three times as slow.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Final, NamedTuple

_PYTHON: Final = (
    "and as assert async await break case class continue def del elif else except finally for from global if import in is "
    "lambda match nonlocal not or pass raise return try type while with yield False None True"
)
_BUILTINS: Final = (
    "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir "
    "divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance "
    "issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed "
    "round set setattr slice sorted staticmethod str sum super tuple type vars zip self cls"
)
_C_WORDS: Final = (
    "break case catch class const continue default do else enum export extends false finally for from func function go if "
    "implements import in instanceof interface let new nil null of package private protected public return static struct super "
    "switch this throw throws true try type typeof undefined var void while with yield async await defer chan map range select "
    "fn impl match mod mut pub ref trait use where unsafe dyn loop crate self Self as move int char long double float bool "
    "boolean string unsigned signed sizeof typedef union goto extern final abstract synchronized declare namespace readonly"
)
_SHELL: Final = (
    "if then else elif fi for in do done while until case esac function return export local set cd echo exit source"
)
_SQL: Final = (
    "select from where insert into values update set delete create table index view drop alter add primary key foreign "
    "references not null unique default check and or in is like between join left right inner outer on group by order having "
    "limit offset as distinct union all case when then else end begin commit rollback with"
)
_DOCKER: Final = "FROM RUN CMD COPY ADD ENV EXPOSE WORKDIR ENTRYPOINT USER ARG LABEL VOLUME HEALTHCHECK SHELL AS"
_STRING: Final = r""""(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'"""
_PY_STRING: Final = (
    r"""[rRbBfFuUtT]{0,2}(?:"(?:""(?s:.*?)(?:\"{3}|\Z)|(?:[^"\\\n]++|\\.)*+"?)"""
    r"""|'(?:''(?s:.*?)(?:'{3}|\Z)|(?:[^'\\\n]++|\\.)*+'?))"""
)
_WORD: Final = r"\.?[A-Za-z_]\w*"
_CLASS: Final = re.compile(r"<span class=(\w)>")
STYLE: Final = (
    ".k{color:#8a2b78}.s{color:#2f6d2b}.n{color:#8f4700}.c,.p{color:#6b6558}.c{font-style:italic}"
    ".f{color:#1b58a8}.t{color:#7b4e00}.b{color:#0b6470}"
)
"""Colours on light paper, for editions without the style sheet of the web book."""


class _Lexer(NamedTuple):
    """The patterns of a language's tokens; `words` and `builtins` are separated by spaces."""

    comment: str = ""
    string: str = _STRING
    words: str = ""
    builtins: str = ""
    name: str = ""
    function: str = ""
    prompt: str = ""
    word: str = _WORD
    ignore_case: bool = False


_PY = _Lexer(
    r"#[^\n]*",
    _PY_STRING,
    _PYTHON,
    _BUILTINS,
    r"(?<=\bclass )\w+",
    r"(?<=\bdef )\w+|^[ \t]*@[\w.]+",
    r"^(?:&gt;&gt;&gt;|\.\.\.)(?=[ \n])",
    _WORD + r"""(?!["'\w])""",
)
_C = _Lexer(r"//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)", _STRING + r"|`(?:[^`\\]++|\\.)*+`", _C_WORDS)
_SH = _Lexer(
    r"(?<![\w$\\{&])#[^\n]*", words=_SHELL, name=r"\$\{?\w+\}?", function=r"(?<=\s)--?[\w-]+", prompt=r"^\$(?= )"
)
_YAML = _Lexer(r"(?<!\S)#[^\n]*", words="true false null yes no", name=r"^[ \t]*(?:- )*[\w.\"-]+(?=:(?:\s|$))")
_INI = _Lexer(r"(?<!\S)[#;][^\n]*", words="true false", name=r"^[ \t]*[\w.-]+(?=[ \t]*=)", function=r"^\[[^\n]*\]")
_LEXERS: Final = {
    **dict.fromkeys(("python", "py", "pycon", "python3"), _PY),
    **dict.fromkeys(
        ("c", "cpp", "go", "java", "javascript", "js", "jsx", "rust", "typescript", "ts", "tsx", "kotlin"), _C
    ),
    **dict.fromkeys(("bash", "sh", "shell", "console", "zsh"), _SH),
    **dict.fromkeys(("yaml", "yml"), _YAML),
    **dict.fromkeys(("toml", "ini", "cfg"), _INI),
    "json": _Lexer(words="true false null", name=r'"(?:[^"\\\n]++|\\.)*+"(?=\s*:)'),
    "sql": _Lexer(r"--[^\n]*|/\*(?s:.*?)(?:\*/|\Z)", words=_SQL, ignore_case=True),
    "dockerfile": _Lexer(r"^[ \t]*#[^\n]*", words=_DOCKER),
    "rego": _Lexer(
        r"#[^\n]*", words="package import default not with as if else in every some true false null contains"
    ),
}


@lru_cache(maxsize=16)
def _marker(lexer: _Lexer) -> Callable[[str], str]:
    """Marks the tokens of escaped code."""
    patterns = {
        "p": lexer.prompt,
        "t": lexer.name,
        "f": lexer.function,
        "w": lexer.word,
        "s": lexer.string,
        "c": lexer.comment,
        "n": r"\d[\w.]*",
    }
    pattern = re.compile("|".join(f"(?P<{name}>{text})" for name, text in patterns.items() if text), re.MULTILINE)
    kinds = dict.fromkeys(lexer.words.split(), "k") | dict.fromkeys(lexer.builtins.split(), "b")

    def marked(match: re.Match[str]) -> str:
        kind, token = match.lastgroup, match[0]
        if kind == "w":
            kind = kinds.get(token.lower() if lexer.ignore_case else token)
            if kind is None:
                return token
        return f"<span class={kind}>{token}</span>"

    return lambda code: pattern.sub(marked, code)


def highlight(code: str, language: str) -> str:
    """Code as HTML; code in a language that is not known is escaped, no more.

    Tokens stand in `span`s of a class: `k` keyword, `s` string, `n` number, `c` comment, `f` function, `t` class or key, `b`
    built-in name, `p` prompt.
    """
    lexer = _LEXERS.get(language)
    # First of all: what stands for `<` and `&` is no token of any language.
    escaped = escape(code, quote=False)
    return _marker(lexer)(escaped) if lexer else escaped


def highlight_xml(code: str, language: str) -> str:
    """The same for readers that take XML only: attributes in quotes."""
    return _CLASS.sub(r'<span class="\1">', highlight(code, language))
