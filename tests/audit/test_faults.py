"""Books with one fault each: the audit finds it, in its place, and nothing else in that area."""

from pathlib import Path

import pytest

from tests.audit.books import area, audited, items

PROSE = "It explains at some length what nobody has asked for and goes on about it. " * 9
LONG = "word " * 1_300
PASSAGE = (
    "A generator keeps its place between two values, so that a loop over a file of any size needs the memory "
    "of one line, and the caller decides how far it goes.\n"
)
TERM = ":::{{term}} Backpressure\n{}\n:::\n"

FAULTS = {
    # ---- structure
    "skipped-level": ("structure", "# A\n\nText.\n\n## B\n\nText.\n\n#### C\n\nText.\n", 9),
    "second-title": ("structure", "# A\n\nText.\n\n# B\n\nText.\n", 5),
    "too-deep": ("structure", "# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\nText.\n", 9),
    "empty-section": ("structure", "# A\n\nText.\n\n## B\n\n## C\n\nText.\n", 5),
    "huge-section": ("structure", f"# A\n\nText.\n\n## B\n\n{LONG}\n", 5),
    "number-order": ("structure", "# A\n\n## 1.2 B\n\nText.\n\n## 1.1 C\n\nText.\n", 7),
    "equal-titles": ("structure", "# A\n\n## B\n\nText.\n\n## B\n\nText.\n", 7),
    "plain-heading": ("structure", "# A\n\nText.\n\n1.1 Basic Syntax\n\nText.\n", 5),
    # ---- references
    "dangling-link": ("references", "# A\n\nSee [it](b.md).\n", 3),
    "dangling-reference": ("references", "# A\n\nSee [[nothing-here]].\n", 3),
    "dangling-number": ("references", "# A\n\nSee Chapter 7.\n", 3),
    "missing-file": ("references", "# A\n\n![it](b.png)\n", 3),
    # ---- examples
    "code-syntax": ("examples", "# A\n\n```python\ndef f(:\n    pass\n```\n", 4),
    "undefined-name": ("examples", "# A\n\n```python\nx = 1\nprint(json.dumps(x))\n```\n", 5),
    "deprecated": ("examples", "# A\n\n```python\nimport datetime\n\nprint(datetime.datetime.utcnow())\n```\n", 6),
    "needs-newer": ("examples", "# A\n\n```python\nimport annotationlib\n\nprint(annotationlib)\n```\n", 3),
    "unfenced-code": ("examples", "# A\n\nText.\n\ndef greet(name):\n    return name\n", 5),
    "no-language": ("examples", "# A\n\n```\nx = 1\n```\n", 3),
    # ---- repetition
    "repeated": ("repetition", f"# A\n\n{PASSAGE}\n## B\n\n{PASSAGE}", 7),
    "echoed-heading": ("repetition", "# A\n\n## Loops end early\n\nLoops end early.\n", 3),
    # ---- terms
    "unused-term": ("terms", "# A\n\n" + TERM.format("What a slow reader tells a fast writer."), 3),
    "defined-twice": ("terms", f"# A\n\nBackpressure helps.\n\n{TERM.format('One.')}\n{TERM.format('Two.')}", 9),
    "undefined-abbreviation": ("terms", "# A\n\nThe MRO is old. Ask the MRO.\n\nNo MRO, no class.\n", 3),
    # ---- illustration
    "nothing-shown": ("illustration", f"# A\n\nText.\n\n## B\n\n{PROSE}\n", 5),
    # ---- claims
    "unproven-fact": ("claims", "# A\n\n:::{fact} Water is wet\nIt is.\n:::\n", 3),
    "unshown-rule": ("claims", "# A\n\n:::{rule} Be brief\n:severity: low\n:detect: review\nAlways.\n:::\n", 3),
    "figure-without-source": ("claims", "# A\n\nText.\n\nIt is 40% faster than before.\n", 5),
    # ---- reading
    "more-than-promised": ("reading", f"---\nhours: 0.1\n---\n# A\n\n{LONG * 3}\n", 1),
    "too-long": ("reading", f"# A\n\n{LONG * 12}\n", 1),
    # ---- diagrams
    "diagram-syntax": ("diagrams", "# A\n\n```mermaid\nflowchart TD\n  A --> \n```\n", 5),
    # ---- spelling
    "misspelt-name": ("spelling", "# A\n\nCall `asyncio.gahter()` then.\n", 3),
    "garbled-text": ("spelling", "# A\n\nText.\n\nIt runs ‚Äî and ends.\n", 5),
    # ---- freshness
    "end-of-life": ("freshness", "# A\n\nPython 3.14 is out.\n\nThis guide requires Python 3.7 at least.\n", 5),
}


@pytest.mark.parametrize("check", FAULTS)
def test_it_is_found_in_its_place(tmp_path: Path, check: str) -> None:
    name, text, line = FAULTS[check]
    found = audited(tmp_path, text, "--area", name)
    assert items(found) == [(check, "a.md", line)]
    assert found["score"] < 100
    (item,) = area(found, name)["items"]
    assert item["what"]
    assert item["fix"]


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n## 1.1 B\n\nText.\n\n## 1.2 C\n\nText.\n\n### 1.2.1 D\n\nText.\n",
        "# A\n\n```python\nimport json\n```\n\nThen:\n\n```python\nprint(json.dumps(1))\n```\n",
        "# A\n\n```python {static}\nprint(json.dumps(1))\n```\n",
        "# A\n\n```python {raises=NameError}\nprint(undefined)\n```\n",
        '# A\n\n```python {python=">=3.14"}\nimport annotationlib\n\nprint(annotationlib)\n```\n',
        "# A\n\n```python\ntry:\n    import annotationlib\nexcept ImportError:\n    annotationlib = None\n```\n",
        '# A\n\n```python {python=">=3.12"}\ntype Pair[T] = tuple[T, T]\n```\n',
        "# A\n\nThe method resolution order (MRO) is a list. The MRO is old. Ask the MRO.\n",
        "# A\n\nThe MRO (method resolution order) is a list. The MRO is old. Ask the MRO.\n",
        f"# A\n\nText.\n\n## Summary\n\n{PROSE}\n",
        "# A\n\nIt is 40% faster than before, says [the report](https://example.org).\n",
        "# A\n\nCall `asyncio.gather()`, `str.removeprefix`, `TaskGroup`, `json.loads(text)` and `items`.\n",
        "# A\n\nA typo such as `reqeusts.get` installs what a stranger wrote.\n",
        "# A\n\n`my_handlr` is ours.\n\n```python\ndef my_handlr(): ...\n```\n",
        "# A\n\nIt was added in Python 3.6, and Python 3.14 keeps it. Support for Python 3.7 was dropped.\n",
        "# A\n\nDue to backpressure it stops.\n\n" + TERM.format("What a slow reader tells a fast writer."),
        "# A\n\n> Python’s dash — and an é, a ü and a “quote”.\n",
    ],
)
def test_what_is_no_fault(tmp_path: Path, text: str) -> None:
    assert items(audited(tmp_path, text)) in ([], [("behind", "", 0)])


def test_a_manifest_with_an_old_python(tmp_path: Path) -> None:
    manifest = '[book]\ntitle = "Small"\npython = ["3.7", "3.14"]\nchapters = ["a.md"]\n'
    found = audited(tmp_path, {"vulgate.toml": manifest, "a.md": "# A\n\nText.\n"}, "--area", "freshness")
    assert items(found) == [("end-of-life", "vulgate.toml", 3)]
    assert "2023-06-27" in area(found, "freshness")["items"][0]["what"]


def test_a_book_that_stops_at_an_old_python(tmp_path: Path) -> None:
    manifest = '[book]\ntitle = "Small"\npython = ["3.12"]\nchapters = ["a.md"]\n'
    found = audited(tmp_path, {"vulgate.toml": manifest, "a.md": "# A\n\nText.\n"}, "--area", "freshness")
    assert [check for check, _, _ in items(found)] == ["behind"]


def test_a_prerequisite_that_comes_later(tmp_path: Path) -> None:
    files = {"a.md": "---\nprerequisites: [b]\n---\n# A\n\nText.\n", "b.md": "# B\n\nText.\n"}
    assert items(audited(tmp_path, files, "--area", "structure")) == [("late-prerequisite", "a.md", 1)]


def test_a_number_that_means_a_plain_line(tmp_path: Path) -> None:
    found = audited(tmp_path, "# A\n\n1.4 Loops\n\nText.\n\nSee Chapter 1.4.\n", "--area", "references")
    (item,) = area(found, "references")["items"]
    assert "a.md:3" in item["fix"]


def test_passages_that_are_nearly_the_same(tmp_path: Path) -> None:
    more = "It is made by a function with a yield in it, and nothing runs before the first value is asked for."
    whole = f"{PASSAGE.strip()} {more}\n"
    near = whole.replace("any size", "some size")
    other = "Something else stands here, of which no row of words is anywhere in the other passage at all.\n"
    found = audited(tmp_path, f"# A\n\n{whole}\n{other}\n{near}", "--area", "repetition")
    (item,) = area(found, "repetition")["items"]
    assert "a.md:3" in item["what"]
    assert item["line"] == 7


def test_repetition_is_not_quadratic(tmp_path: Path) -> None:
    from vulgate.audit.repetition import look

    assert look.__doc__  # the measure is the number of comparisons below
    import vulgate.audit.repetition as repetition

    counted = 0
    real = repetition._jaccard

    def counting(one: frozenset[int], other: frozenset[int]) -> float:
        nonlocal counted
        counted += 1
        return real(one, other)

    text = "# A\n\n" + "\n".join(
        " ".join(f"w{(number * 37 + at * at * 11) % 9973}" for at in range(14)) + "\n" for number in range(2_000)
    )
    repetition._jaccard = counting
    try:
        audited(tmp_path, text, "--area", "repetition")
    finally:
        repetition._jaccard = real
    assert counted < 2_000 * 20
