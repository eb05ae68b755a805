"""Agent Skills: what the format and the agents' bounds ask for, whatever the book, and whole chapters behind them."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import vulgate
from tests.build.books import RULE
from tests.editions.test_cursor import prose
from tests.support import LEGACY, compiled, handbook, modest
from vulgate.editions.agents.skills import Skill, skills
from vulgate.model.tokens import count_tokens

ALLOWED: Final = {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
"""The keys of the format; uploads with any other fail."""
ANCHOR: Final = re.compile(r'<a id="([^"]+)"></a>\n\n')
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")


@cache
def bundled() -> list[Skill]:
    return skills(handbook().book)


def made(root: Path, files: dict[str, str]) -> tuple[vulgate.CompiledBook, list[Skill]]:
    book = compiled(root, files).book
    found = skills(book)
    assert_laws(found)
    return book, found


def parsed(skill: Skill) -> tuple[dict[str, Any], str]:
    _, front, body = skill.files["SKILL.md"].split("---\n", 2)
    return yaml.safe_load(front), body


def assert_laws(found: Sequence[Skill]) -> None:
    """What the format, and the bounds of agents, ask of every skill."""
    assert 1 <= len(found) <= 30
    assert len({skill.name for skill in found}) == len(found)
    for skill in found:
        front, body = parsed(skill)
        assert front == skill.frontmatter
        assert set(front) <= ALLOWED
        assert all(isinstance(value, str) for value in front["metadata"].values())
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", skill.name)
        assert len(skill.name) <= 64
        assert 0 < len(skill.description) <= 250
        assert skill.description.isprintable()
        assert skill.files["SKILL.md"].count("\n") < 500
        assert count_tokens(skill.files["SKILL.md"]) < 3000
        references = set(skill.files) - {"SKILL.md"}
        assert all(re.fullmatch(r"references/[a-z0-9-]+\.md", path) for path in references)
        linked = [path for path in LINK.findall(body) if path.startswith("references/")]
        assert sorted(linked) == sorted(references)
        assert len({path.lower() for path in references}) == len(references)


# ------------------------------------------------------------------------------------------------ the handbook


def test_the_handbook_keeps_the_laws() -> None:
    assert_laws(bundled())
    assert len(bundled()) == len(handbook().book.chapters) - 1  # the page in front goes with the first chapter


def test_each_chapter_is_there_whole() -> None:
    """Every line of code and prose of the book, but for what only the compiler reads."""
    text = "\n".join(text for skill in bundled() for path, text in skill.files.items() if path != "SKILL.md")
    have = set(text.splitlines())
    code = {line for example in handbook().book.of_kind(vulgate.Example) for line in example.code.splitlines()}
    lost = [line for line in code - have if line not in text]
    assert all("\u200f" in line or "\u202e" in line for line in lost), lost  # these are made visible
    titles = [block.title for block in handbook().book.of_kind(vulgate.Section)]
    assert [title for title in titles if title not in text] == []


def test_nothing_stands_there_twice() -> None:
    whole = [text for skill in bundled() for path, text in skill.files.items() if path != "SKILL.md"]
    rules = [rule for rule in handbook().book.of_kind(vulgate.Rule) if rule.is_authored]
    text = "\n".join(whole)
    assert len(rules) > 100
    assert [rule.id for rule in rules if text.count(f"; `{rule.id}`)\n") != 1] == []


def test_every_link_leads_to_an_anchor_or_names_a_block() -> None:
    seen = 0
    for skill in bundled():
        anchors = {path: set(ANCHOR.findall(text)) for path, text in skill.files.items()}
        for path, text in skill.files.items():
            for link in LINK.findall(prose(text)):
                if link.startswith("vulgate:"):
                    assert handbook().book.find(link.removeprefix("vulgate:")), link
                elif "#" in link and "://" not in link:
                    file, _, anchor = link.partition("#")
                    there = f"references/{file}" if file else path
                    assert anchor in anchors[there], (skill.name, path, link)
                    seen += 1
    assert seen > 50


def test_the_critical_comes_first() -> None:
    order = ["critical", "high", "medium", "low"]
    for skill in bundled():
        severities = [
            order.index(word) for word in re.findall(r"^- .*\((\w+), `[^`]+`\)", skill.files["SKILL.md"], re.M)
        ]
        assert severities == sorted(severities)


def test_references_can_be_read_at_once() -> None:
    sizes = [count_tokens(text) for skill in bundled() for path, text in skill.files.items() if path != "SKILL.md"]
    assert max(sizes) <= 8_500
    assert len(sizes) < 300


# ------------------------------------------------------------------------------------------------ small books


def test_a_skill_says_what_matters_and_where_the_rest_is(tmp_path: Path) -> None:
    chapter = "---\ntags: [core, writing, sentences]\nsummary: How to write.\n---\n# One\n\n## Inside\n\nText.\n" + RULE
    manifest = '[book]\ntitle = "House"\nid = "house"\nedition = "3"\nlicense = "MIT"\nchapters = ["one.md"]\n'
    _, (skill,) = made(tmp_path, {"vulgate.toml": manifest, "one.md": chapter})
    assert skill.files["SKILL.md"] == (
        "---\nname: house-one\n"
        'description: "Use when you write or review code about writing, sentences. How to write. From House."\n'
        'license: "MIT"\nmetadata:\n  book: "house"\n  edition: "3"\n---\n\n'
        "# One\n\nHow to write.\n\n"
        "Look up a rule with `vulgate explain ID`, any block with `vulgate show ID`."
        " A link to `vulgate:ID` leads to another chapter.\n\n"
        "## Rules\n\n- Keep it short (low, `one/keep-it-short`): Cut it.\n\n"
        "## Contents\n\n- [1 One](references/chapter.md): 1.1 Inside\n"
    )
    assert "A long one is not read." in skill.files["references/chapter.md"]


def test_links_between_chapters_name_the_block(tmp_path: Path) -> None:
    files = {
        "one.md": "# One\n\nSee [[two]], [this](two.md#inside) and [that](#here).\n\n## Here\n",
        "two.md": "# Two\n\n## Inside\n",
    }
    _, found = made(tmp_path, files)
    text = found[0].files["references/chapter.md"]
    assert "See [Two](vulgate:two), [this](vulgate:two/inside) and [that](#one/here)." in text
    assert '<a id="one/here"></a>' in text


def long_chapter(title: str, sections: int = 6, words: int = 2000) -> str:
    body = "".join(f"## {title} {index}\n\n" + f"w{index} " * words + "\n\n" for index in range(sections))
    return f"# {title}\n\n{body}"


def test_a_long_chapter_has_a_file_for_its_sections(tmp_path: Path) -> None:
    _, (skill,) = made(tmp_path, {"a.md": long_chapter("Long").replace("w0 ", "[on](#long-5) ", 1)})
    paths = [path for path in skill.files if path != "SKILL.md"]
    assert paths[0] == "references/chapter.md"
    assert "references/long-4.md" in paths
    assert "[on](long-4.md#a/long-5)" in skill.files["references/chapter.md"]
    joined = "".join(skill.files[path] for path in paths)
    assert [joined.count(f"## Long {index}\n") for index in range(6)] == [1] * 6
    assert joined.count("w3 ") == 2000
    assert all(skill.files[path].startswith("From 1 Long.\n\n") for path in paths[1:])


def test_many_long_sections_make_larger_files_and_no_more_of_them(tmp_path: Path) -> None:
    _, (skill,) = made(tmp_path, {"a.md": long_chapter("Long", sections=90)})
    assert len(skill.files) <= 41
    assert sum(text.count("\n## Long ") for text in skill.files.values()) == 90


@pytest.mark.parametrize("parts", [0, 3, 40])
def test_a_hundred_chapters_are_thirty_skills_and_nothing_is_lost(parts: int, tmp_path: Path) -> None:
    files = {f"c{index}.md": f"# Number {index}\n\nText {index}.\n" for index in range(100)}
    manifest = '[book]\ntitle = "Large"\nid = "large"\n'
    if parts:
        for part in range(parts):
            names = [f"c{index}.md" for index in range(100) if index * parts // 100 == part]
            manifest += f'[[parts]]\ntitle = "Part {part}"\nchapters = {names!r}\n'
    else:
        manifest += f"chapters = {list(files)!r}\n"
    book, found = made(tmp_path, {"vulgate.toml": manifest, **files})
    assert len(found) == 30
    texts = [text for skill in found for path, text in skill.files.items() if path != "SKILL.md"]
    assert [sum(text.count(f"Text {index}.\n") for text in texts) for index in range(100)] == [1] * 100
    sizes = [len(skill.files) - 1 for skill in found]
    assert max(sizes) <= 5
    if parts == 3:  # no skill has chapters of two parts
        part_of = {chapter.id: chapter.part for chapter in book.chapters}
        for skill in found:
            names = {path.removeprefix("references/").removesuffix(".md") for path in skill.files} - {"SKILL"}
            assert len({part_of[name] for name in names}) == 1


def test_more_chapters_than_files_share_files(tmp_path: Path) -> None:
    files = {f"c{index}.md": f"# Number {index}\n\nText {index}.\n" for index in range(1500)}
    _, found = made(tmp_path, files)
    texts = [text for skill in found for path, text in skill.files.items() if path != "SKILL.md"]
    assert sum(text.count("Text ") for text in texts) == 1500


def test_more_rules_than_fit_are_counted(tmp_path: Path) -> None:
    rules = "".join(RULE.replace("keep-it-short", f"rule-{index}") for index in range(300))
    _, (skill,) = made(tmp_path, {"a.md": f"# One\n{rules}"})
    listed = skill.files["SKILL.md"].count("(low, `")
    (left,) = re.findall(r"^- (\d+) more rules", skill.files["SKILL.md"], re.M)
    assert listed > 20
    assert listed + int(left) == 300


def test_a_book_without_rules_has_skills_too(tmp_path: Path) -> None:
    _, (skill,) = made(tmp_path, {"a.md": "# One\n\nText.\n"})
    assert "## Rules" not in skill.files["SKILL.md"]


def test_what_nobody_sees_is_shown(tmp_path: Path) -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "obey")
    _, (skill,) = made(tmp_path, {"a.md": f"# One\u202e\n\nText{hidden} and \u200fmore.\n"})
    text = "".join(skill.files.values())
    assert not re.search("[\u200f\u202e\U000e0000-\U000e007f]", text)
    assert "Text<U+E006F><U+E0062>" in text
    assert "<U+200F>more" in text


TITLES: Final = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "---",
            "# x",
            "[a](b)",
            "`list[int]`",
            "<b>",
            'a"b',
            "a: b",
            "x" * 5000,
            "\u51fd\u6570",
            "a\u2028b",
            "\x7f",
            "claude",
        ]
    ),
)


@modest(60)
@given(titles=st.lists(TITLES, min_size=1, max_size=4), summary=TITLES, rule=TITLES)
def test_the_laws_hold_for_any_titles(
    titles: list[str], summary: str, rule: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = {}
    for index, title in enumerate(titles):
        line = " ".join(title.split())
        front = yaml.safe_dump({"summary": summary, "tags": [rule[:30] or "x"]})
        files[f"c{index}.md"] = (
            f"---\n{front}---\n# {line}\n\n## {line}\n\n:::{{rule}} {' '.join(rule.split())}\n:fix: {line}\n\nText.\n:::\n"
        )
    made(tmp_path_factory.mktemp("book"), files)


# ------------------------------------------------------------------------------------------------ outside judges


def written(folder: Path, found: Sequence[Skill]) -> list[Path]:
    for skill in found:
        for path, text in skill.files.items():
            place = folder / ".agents" / "skills" / skill.name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
    return sorted((folder / ".agents" / "skills").iterdir())


def judged(root: Path) -> dict[str, list[Skill]]:
    books = {"handbook": bundled()}
    files = {
        f"c{index}.md": f"# Number {index}\n\nSee [the next](c{(index + 1) % 100}.md).\n\n{RULE}"
        for index in range(100)
    }
    books["large"] = skills(compiled(root / "book", files).book)
    if LEGACY.is_dir():
        books["foreign"] = skills(vulgate.compile_book(vulgate.open_book(LEGACY)).book)
    return books


def needs(module: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"the outside judge {module.replace('_', '-')} is not installed")


@needs("skills_ref")
def test_the_reference_validator_finds_nothing(tmp_path: Path) -> None:
    code = "import sys; from skills_ref.cli import main; main(['validate', sys.argv[1]])"
    for book, found in judged(tmp_path).items():
        for folder in written(tmp_path / book, found)[:: 1 if book == "handbook" else 7]:
            done = subprocess.run(
                [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr


@needs("skillsaw")
def test_the_linter_finds_no_error_and_no_warning(tmp_path: Path) -> None:
    for book, found in judged(tmp_path).items():
        written(tmp_path / book, found)
        command = [sys.executable, "-m", "skillsaw", "lint", "--strict", str(tmp_path / book)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path / book)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"Skills:    {len(found)}\n" in done.stdout
