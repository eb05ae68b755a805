"""Info strings: what stands after the backticks of a code fence."""

from typing import Any

import pytest

from vulgate.markdown.fences import KNOWN, read_info
from vulgate.model.blocks import Fence
from vulgate.model.codes import Reporter
from vulgate.model.spans import Span

PLACE = Span("a.md", 1, 1, 0, 3)


def read(info: str) -> tuple[Any, list[str]]:
    reporter = Reporter()
    found = read_info(info, PLACE, reporter)
    return found, [f"{item.code} {item.message}; {item.help}".rstrip("; ") for item in reporter.items]


@pytest.mark.parametrize(
    ("info", "language", "fence"),
    [
        ("", "", {}),
        ("python", "python", {}),
        ("Python", "python", {}),
        ("c++", "c++", {}),
        ("  python  ", "python", {}),
        ("python {}", "python", {}),
        ("python{bad}", "python", {"role": "bad"}),
        ("{bad}", "", {"role": "bad"}),
        ("python {bad}", "python", {"role": "bad"}),
        ("python {good}", "python", {"role": "good"}),
        ("python {near}", "python", {"role": "near"}),
        ("python {harm}", "python", {"role": "harm"}),
        ("python {proof}", "python", {"role": "proof"}),
        ("yaml {detect}", "yaml", {"role": "detect"}),
        ("python {test}", "python", {"role": "test"}),
        ("python {solution}", "python", {"role": "solution"}),
        ("python {starter}", "python", {"role": "starter"}),
        ("python {group=a}", "python", {"group": "a"}),
        ("python {file=app/main.py}", "python", {"file": "app/main.py"}),
        ("python {raises=TypeError}", "python", {"raises": "TypeError"}),
        ("python {raises=json.JSONDecodeError}", "python", {"raises": "json.JSONDecodeError"}),
        (
            'python {raises=TypeError match="no \\"x\\" here"}',
            "python",
            {"raises": "TypeError", "match": 'no "x" here'},
        ),
        ("python {raises=TypeError match='a \"b\"'}", "python", {"raises": "TypeError", "match": 'a "b"'}),
        ('python {raises=KeyError match="{x}"}', "python", {"raises": "KeyError", "match": "{x}"}),
        ("python {syntax-error}", "python", {"syntax_error": True}),
        ("python {static}", "python", {"static": True}),
        ('python {python=">=3.12"}', "python", {"python": ">=3.12"}),
        ("python {python=>=3.12}", "python", {"python": ">=3.12"}),
        ('python {python=">=3.10,<3.13" strict}', "python", {"python": ">=3.10,<3.13", "strict": True}),
        ('python {requires="numpy fastapi"}', "python", {"requires": ("numpy", "fastapi")}),
        ("python {requires=numpy}", "python", {"requires": ("numpy",)}),
        ("python {service=redis}", "python", {"service": "redis"}),
        ("python {types=ok}", "python", {"types": "ok"}),
        ("python {types=error:arg-type}", "python", {"types": "error:arg-type"}),
        ('python {skip="needs a GPU"}', "python", {"skip": "needs a GPU"}),
        ("python {bad raises=TypeError static}", "python", {"role": "bad", "raises": "TypeError", "static": True}),
        ("python {file=größe/日本.py}", "python", {"file": "größe/日本.py"}),
    ],
)
def test_valid(info: str, language: str, fence: dict[str, Any]) -> None:
    found, complaints = read(info)
    assert complaints == []
    assert found.language == language
    assert found.fence == Fence(**fence)


@pytest.mark.parametrize(
    ("info", "complaint"),
    [
        ("python {badd}", "VG214 unknown fence attribute `badd`; did you mean `bad`?"),
        ("python {bda}", "VG214 unknown fence attribute `bda`; did you mean `bad`?"),
        ("python {synatx-error}", "VG214 unknown fence attribute `synatx-error`; did you mean `syntax-error`?"),
        ("python {raise=TypeError}", "VG214 unknown fence attribute `raise`; did you mean `raises`?"),
        ("python {Bad}", "VG214 unknown fence attribute `Bad`; did you mean `bad`?"),
        ("python {.class}", "VG214 unknown fence attribute `.class`"),
        ("python {bad, static}", "VG214 unknown fence attribute `,`"),
        ("python {raises}", "VG215 wrong fence attribute `raises`: it needs a value, as in `raises=...`"),
        ("python {raises=}", "VG215 wrong fence attribute `raises`: it needs a value, as in `raises=...`"),
        ("python {group=a group=b}", "VG215 wrong fence attribute `group`: it is given twice"),
        ("python {bad=1}", "VG215 wrong fence attribute `bad`: it takes no value"),
        ("python {static=yes}", "VG215 wrong fence attribute `static`: it takes no value"),
        ("python {bad good}", "VG215 wrong fence attribute `good`: a fence has one part, and this one is `bad`"),
        ("python {match=x}", "VG215 wrong fence attribute `match`: it needs `raises=` beside it"),
        (
            "python {python=3.12}",
            "VG215 wrong fence attribute `python`: `3.12` is no version range; write one such as ",
        ),
        ("python {python=>=three}", "VG215 wrong fence attribute `python`: `>=three` is no version range; "),
        ("python {types=error}", "VG215 wrong fence attribute `types`: write `types=ok` or `types=error:code`"),
        ("python {file=/etc/passwd}", "VG215 wrong fence attribute `file`: the path must stay inside the example's"),
        ("python {file=a/../../b}", "VG215 wrong fence attribute `file`: the path must stay inside the example's"),
        ("python {file=C:/x.py}", "VG215 wrong fence attribute `file`: the path must stay inside the example's"),
        ("python {file=..\\x.py}", "VG215 wrong fence attribute `file`: the path must stay inside the example's"),
        ("python bad", "VG214 unknown fence attribute `bad`; attributes stand in braces after the language: ```` "),
        ("python {bad} static", "VG214 unknown fence attribute `static`; attributes stand in braces after the"),
        ("python {bad", "VG214 unknown fence attribute `{bad`; attributes stand in braces after the language"),
    ],
)
def test_wrong(info: str, complaint: str) -> None:
    """One complaint, with the likely fix; never a silently untested example."""
    _, complaints = read(info)
    (only,) = complaints
    assert only.startswith(complaint)


def test_what_is_wrong_leaves_the_rest_standing() -> None:
    found, complaints = read("python {bad oops raises=TypeError good}")
    assert found.fence == Fence(role="bad", raises="TypeError")
    assert [complaint[:5] for complaint in complaints] == ["VG214", "VG215"]


@pytest.mark.parametrize("word", KNOWN)
def test_every_known_word_is_found_when_misspelt(word: str) -> None:
    _, (complaint,) = read(f"python {{{word}x}}")
    assert f"`{word}`" in complaint
