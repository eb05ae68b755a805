"""Numbers are computed, never written."""

from pathlib import Path

from tests.support import MANIFEST, compiled, every
from vulgate.model import blocks as b


def numbers(tmp_path: Path, text: str) -> list[str]:
    return [section.number for section in every(compiled(tmp_path, text), b.Section)]


def test_parts_chapters_and_appendices(tmp_path: Path) -> None:
    manifest = MANIFEST + 'front = ["index.md"]\nchapters = ["zero.md"]\n'
    for part, appendix, names in (
        ("One", "false", "ab"),
        ("Two", "false", "c"),
        ("More", "true", "de"),
        ("Three", "false", "f"),
    ):
        chapters = ", ".join(f'"{name}.md"' for name in names)
        manifest += f'[[parts]]\ntitle = "{part}"\nappendix = {appendix}\nchapters = [{chapters}]\n'
    files = {"vulgate.toml": manifest}
    files |= {f"{name}.md": "# T\n\n## S\n" for name in ("index", "zero", *"abcdef")}
    found = compiled(tmp_path, files)
    assert [(chapter.id, chapter.number, chapter.part) for chapter in found.book.chapters] == [
        ("index", "", ""),
        ("zero", "1", "main"),
        ("a", "2", "one"),
        ("b", "3", "one"),
        ("c", "4", "two"),
        ("d", "A", "more"),
        ("e", "B", "more"),
        ("f", "5", "three"),
    ]
    assert [(part.id, part.number, part.chapters) for part in found.book.book.parts] == [
        ("main", "", ("zero",)),
        ("one", "I", ("a", "b")),
        ("two", "II", ("c",)),
        ("more", "", ("d", "e")),
        ("three", "III", ("f",)),
    ]
    assert found.book.book.front == ("index",)
    assert [section.number for section in every(found, b.Section)] == [
        "",
        "1.1",
        "2.1",
        "3.1",
        "4.1",
        "A.1",
        "B.1",
        "5.1",
    ]


def test_sections_count_by_their_nesting(tmp_path: Path) -> None:
    text = "# T\n\n## a\n\n### b\n\n### c\n\n#### d\n\n## e\n\n### f\n"
    assert numbers(tmp_path, text) == ["1.1", "1.1.1", "1.1.2", "1.1.2.1", "1.2", "1.2.1"]


def test_a_heading_that_skips_a_level_counts_as_one_level_down(tmp_path: Path) -> None:
    assert numbers(tmp_path, "# T\n\n## a\n\n#### b\n\n#### c\n\n### d\n\n## e\n") == [
        "1.1",
        "1.1.1",
        "1.1.2",
        "1.1.3",
        "1.2",
    ]


def test_a_chapter_may_begin_below_level_two(tmp_path: Path) -> None:
    assert numbers(tmp_path, "# T\n\n### a\n\n### b\n\n## c\n") == ["1.1", "1.2", "1.3"]


def test_no_number_is_given_twice(tmp_path: Path) -> None:
    for index, text in enumerate(
        ("## a\n\n#### b\n\n#### c\n\n### d\n", "### a\n\n## b\n", "###### a\n\n#### b\n\n## c\n")
    ):
        found = numbers(tmp_path / str(index), f"# T\n\n{text}")
        assert len(set(found)) == len(found), found


def test_more_than_26_appendices(tmp_path: Path) -> None:
    names = [f"x{i:02}.md" for i in range(54)]
    chapters = ", ".join(f'"{name}"' for name in names)
    manifest = f'{MANIFEST}[[parts]]\ntitle = "A"\nappendix = true\nchapters = [{chapters}]\n'
    found = compiled(tmp_path, {"vulgate.toml": manifest, **dict.fromkeys(names, "# T\n")})
    given = [chapter.number for chapter in found.book.chapters]
    assert (given[0], given[25], given[26], given[27], given[51], given[52], given[53]) == (
        "A", "Z", "AA", "AB", "AZ", "BA", "BB",
    )  # fmt: skip


def test_roman_numerals(tmp_path: Path) -> None:
    manifest = MANIFEST + "".join(f'[[parts]]\ntitle = "P{i}"\nchapters = ["{i}.md"]\n' for i in range(1, 50))
    found = compiled(tmp_path, {"vulgate.toml": manifest, **{f"{i}.md": "# T\n" for i in range(1, 50)}})
    given = [part.number for part in found.book.book.parts]
    assert [given[i - 1] for i in (1, 4, 5, 9, 14, 19, 40, 44, 49)] == [
        "I", "IV", "V", "IX", "XIV", "XIX", "XL", "XLIV", "XLIX",
    ]  # fmt: skip


def test_a_place_is_said_with_its_number(tmp_path: Path) -> None:
    found = compiled(tmp_path, "# T\n\n## S\n\ntext\n")
    assert found.book.place(every(found, b.Concept)[0]) == "1.1 S"
