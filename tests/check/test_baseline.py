"""The baseline: what is known passes, what is new does not."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.check.projects import Project
from tests.support import modest
from vulgate.check.baseline import (
    BaselineError,
    Entry,
    entries_of,
    key_of,
    line_digest,
    merged,
    read_baseline,
    shrunk,
    split,
    write_baseline,
)
from vulgate.model.findings import Finding, Position

FILE = ("--baseline", "known.json")
OLD = "print(1)\nx = 1\nlen(x) == 0\n"


@pytest.fixture
def known(project: Project) -> Project:
    """A project whose findings are in a baseline."""
    project.put({"a.py": OLD, "b.py": "print(2)\nprint(2)\n"})
    assert project.check(*FILE, "--baseline-update").exit_code == 0
    return project


def entries(project: Project) -> list[tuple[str, str, int]]:
    value: dict[str, Any] = json.loads(project.read("known.json"))
    return [(entry["rule"].rpartition("/")[2], entry["path"], entry.get("count", 1)) for entry in value["entries"]]


def test_a_new_baseline(known: Project) -> None:
    assert entries(known) == [("empty-length", "a.py", 1), ("no-print", "a.py", 1), ("no-print", "b.py", 2)]
    told = known.told(*FILE)
    assert (told["exit"], told["findings"], told["summary"]["baselined"]) == (0, [], 4)


def test_it_is_made_to_be_read_and_merged(known: Project) -> None:
    lines = known.read("known.json").decode().splitlines()
    assert len([line for line in lines if '"rule"' in line]) == 3
    before = known.read("known.json")
    known.check(*FILE, "--baseline-update")
    assert known.read("known.json") == before


def test_what_is_new_is_found(known: Project) -> None:
    known.put({"a.py": OLD + "print(3)\n"})
    assert known.found(*FILE) == ["a.py:4 no-print"]


def test_one_more_of_the_same_lines_is_new(known: Project) -> None:
    known.put({"b.py": "print(2)\n" * 3})
    assert known.found(*FILE) == ["b.py:3 no-print"]


def test_lines_may_move_and_be_indented(known: Project) -> None:
    known.put({"a.py": "import os\n\n\nif x:\n    len(x)  ==\t0\n\n    print(1)\n    x = 1\n"})
    told = known.told(*FILE)
    assert (told["exit"], told["findings"], told["summary"]["stale"]) == (0, [], [])


def test_another_line_is_another_finding(known: Project) -> None:
    known.put({"a.py": "print(1)\nx = 1\nlen(y) == 0\n"})
    told = known.told(*FILE)
    assert [finding["slug"] for finding in told["findings"]] == ["empty-length"]
    assert told["summary"]["stale"] == ["a.py: code/empty-length"]


def test_a_copied_file_is_new(known: Project) -> None:
    known.put({"c.py": OLD})
    assert known.found(*FILE) == ["c.py:1 no-print", "c.py:3 empty-length"]


def test_an_update_only_shrinks(known: Project) -> None:
    known.put({"a.py": "print(1)\nprint(4)\n"})
    told = known.told(*FILE, "--baseline-update")
    assert told["exit"] == 1
    assert [finding["start"]["line"] for finding in told["findings"]] == [2]
    assert entries(known) == [("no-print", "a.py", 1), ("no-print", "b.py", 2)]


def test_an_update_may_let_new_ones_in(known: Project) -> None:
    known.put({"a.py": "print(1)\nprint(4)\n"})
    assert known.check(*FILE, "--baseline-update", "--allow-new").exit_code == 0
    assert entries(known) == [("no-print", "a.py", 1), ("no-print", "a.py", 1), ("no-print", "b.py", 2)]
    assert known.check(*FILE).exit_code == 0


def test_what_is_gone_is_reported(known: Project) -> None:
    known.put({"a.py": "print(1)\n", "b.py": "print(2)\n"})
    told = known.told(*FILE)
    assert told["exit"] == 1
    assert told["findings"] == []
    assert told["summary"]["stale"] == ["a.py: code/empty-length", "b.py: code/no-print"]
    shown = known.check(*FILE).output
    assert "2 entries of the baseline no longer found" in shown
    assert "a.py: code/empty-length" in shown
    known.check(*FILE, "--baseline-update")
    assert known.check(*FILE).exit_code == 0


def test_entries_of_a_file_that_is_gone_are_stale(known: Project) -> None:
    (known.folder / "b.py").unlink()
    assert known.told(*FILE)["summary"]["stale"] == ["b.py: code/no-print (2 times)"]
    known.check(*FILE, "--baseline-update")
    assert {path for _, path, _ in entries(known)} == {"a.py"}


@pytest.mark.parametrize("words", [("b.py",), ("--select", "mutable-default"), ("--ignore", "no-print,empty-length")])
@pytest.mark.parametrize("update", [(), ("--baseline-update",), ("--baseline-update", "--allow-new")])
def test_what_was_not_looked_for_is_not_stale(words: tuple[str, ...], update: tuple[str, ...], known: Project) -> None:
    before = entries(known)
    told = known.told(*FILE, *words, *update)
    assert (told["exit"], told["summary"]["stale"]) == (0, [])
    assert entries(known) == before


def test_new_ones_of_another_rule_keep_what_is_known(known: Project) -> None:
    known.put({"a.py": OLD + "def f(a=[]): pass\n"})
    known.check(*FILE, "--select", "mutable-default", "--baseline-update", "--allow-new")
    assert entries(known) == [
        ("empty-length", "a.py", 1),
        ("mutable-default", "a.py", 1),
        ("no-print", "a.py", 1),
        ("no-print", "b.py", 2),
    ]


def test_a_file_that_does_not_parse_loses_nothing(known: Project) -> None:
    before = entries(known)
    known.put({"a.py": OLD + "def\n"})
    told = known.told(*FILE, "--baseline-update")
    assert (told["exit"], told["summary"]["stale"]) == (1, [])
    assert entries(known) == before


def test_a_detector_that_fails_loses_nothing(wild: Project) -> None:
    wild.put(
        {
            "a.py": "print(1)\n",
            "known.json": json.dumps(
                {
                    "format": 1,
                    "note": "",
                    "entries": [{"rule": "naughty/it-raises", "path": "a.py", "lines": "0", "count": 1}],
                }
            ),
        }
    )
    assert wild.told(*FILE)["summary"]["stale"] == ["a.py: naughty/it-raises"]
    wild.put({"a.py": "print('RAISES')\n"})
    told = wild.told(*FILE, "--baseline-update")
    assert (told["exit"], told["summary"]["stale"]) == (2, [])
    assert entries(wild) == [("it-raises", "a.py", 1)]


def test_with_changed_lines_nothing_is_stale(known: Project) -> None:
    from tests.check.projects import git

    git(known.folder, "init", "-q")
    git(known.folder, "add", ".")
    git(known.folder, "commit", "-qm", "1")
    known.put({"a.py": "x = 1\n"})
    assert known.told(*FILE, "--changed-since", "HEAD")["summary"]["stale"] == []


def test_in_the_configuration(known: Project) -> None:
    known.configure('baseline = "known.json"\n')
    assert known.found() == []
    assert Project(known.folder, known.book).told("b.py")["summary"]["baselined"] == 2
    known.put({"a.py": "x = 1\n"}).check("--baseline-update")
    assert entries(known) == [("no-print", "b.py", 2)]


def test_only_new_findings_are_mended(known: Project) -> None:
    known.put({"a.py": OLD + "len(y) == 0\n"})
    known.check(*FILE, "--fix")
    assert known.read("a.py").decode() == OLD + "not y\n"


# ------------------------------------------------------------------------------------------------ what is wrong with it


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no baseline"),
        ("[]", "is no baseline"),
        ("3", "is no baseline"),
        ('{"format": 1}', "is no baseline"),
        ('{"format": 1, "note": "", "entries": [{"rule": 3}]}', "is no baseline"),
        ('{"format": 99, "note": "", "entries": []}', "has format 99, and this version reads 1"),
        ('{"format": 0, "new": true}', "has format 0, and this version reads 1"),
        ("{}", "has format None"),
        ("\xff", "is no baseline"),
        ("[" * 100_000, "is no baseline"),
    ],
    ids=range(10),
)
@pytest.mark.parametrize("update", [(), ("--baseline-update",)])
def test_a_file_that_is_none(update: tuple[str, ...], text: str, message: str, project: Project) -> None:
    data = text.encode("latin-1")
    result = project.put({"a.py": OLD, "known.json": data}).check(*FILE, *update)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert project.read("known.json") == data


def test_a_file_that_is_missing(project: Project) -> None:
    result = project.put({"a.py": OLD}).check(*FILE)
    assert result.exit_code == 2
    assert "no baseline `known.json`; `--baseline-update` makes it" in " ".join(result.output.split())


def test_a_file_that_cannot_be_written(project: Project) -> None:
    project.put({"a.py": OLD, "taken": "a file"})
    result = project.check("--baseline", "taken/known.json", "--baseline-update")
    assert result.exit_code == 2
    assert "cannot be written" in " ".join(result.output.split()) or "cannot be read" in result.output


def test_the_same_entry_twice_counts_twice(known: Project) -> None:
    """Two branches each add one, and Git joins them."""
    value = json.loads(known.read("known.json"))
    value["entries"].append(value["entries"][1])
    known.put({"known.json": json.dumps(value), "a.py": OLD + "print(1)\n"})
    told = known.told(*FILE)
    assert (told["exit"], told["summary"]["baselined"], told["summary"]["stale"]) == (0, 5, [])


# ------------------------------------------------------------------------------------------------ properties

_RULES = st.sampled_from(["a/x", "a/y"])
_PATHS = st.sampled_from(["a.py", "b.py"])
_LINES = st.sampled_from(["print(1)", "  print( 1)", "x"])


def _finding(rule: str, path: str, line: str) -> Finding:
    return Finding(rule, path, Position(1, 1), Position(1, 2), "low", lines=(line,))


_FINDINGS = st.lists(st.builds(_finding, _RULES, _PATHS, _LINES), max_size=12)


@given(_FINDINGS, _FINDINGS)
@modest(200)
def test_every_finding_is_new_or_known_and_every_entry_is_used_or_stale(
    now: list[Finding], then: list[Finding]
) -> None:
    entries = entries_of(then)
    new, known, stale = split(now, entries)
    here, there = Counter(map(key_of, now)), Counter(map(key_of, then))
    assert Counter(map(key_of, new)) == here - there
    assert Counter(map(key_of, known)) == here & there
    assert Counter({entry.key: entry.count for entry in stale}) == there - here
    kept = shrunk(entries, stale)
    assert Counter({entry.key: entry.count for entry in kept}) == here & there
    assert split(now, merged([*kept, *entries_of(new)])) == ([], now, [])


@given(_FINDINGS)
@modest(50)
def test_a_baseline_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, found: list[Finding]) -> None:
    place = tmp_path_factory.mktemp("baseline") / "known.json"
    write_baseline(place, entries_of(found))
    assert sorted(read_baseline(place)) == sorted(entries_of(found))


@given(st.binary(max_size=200))
@modest(200)
def test_any_bytes_are_a_baseline_or_a_clear_fault(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    place = tmp_path_factory.mktemp("baseline") / "known.json"
    place.write_bytes(data)
    with pytest.raises(BaselineError, match=r"is no baseline|has format"):
        read_baseline(place)


@given(st.lists(st.text(), max_size=3))
@modest(200)
def test_blanks_do_not_change_a_digest(lines: list[str]) -> None:
    assert line_digest(lines) == line_digest([f"  {' '.join(line.split())}\t" for line in lines])


def test_entries_are_sorted_by_rule_and_file() -> None:
    assert min(Entry("b", "a", "1"), Entry("a", "b", "1"), Entry("a", "a", "1")) == Entry("a", "a", "1")
