"""Every command with every option: what it prints, what it exits with, and that nothing makes it fall over."""

import json
import os
import random
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import click
import jsonschema
import msgspec
import pytest

import vulgate
import vulgate.cli.trust  # knows the bundled book from here on, whichever one a test puts in its place
from tests.build.books import RULE, SMALL, compiled, run, spawn, write
from vulgate.cli import COMMANDS, main

BROKEN: Final = {**SMALL, "two.md": "# Two\n\nSee [[nowhere]].\n"}
BUNDLED: Final = Path(__file__).parents[2] / "books" / "python"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder holds a clean book, which stands for the bundled one too, a broken one, and much that is none."""
    monkeypatch.chdir(tmp_path)
    for module in ("common", "checking"):  # compiling the real one takes longer than all that a test asks of it
        monkeypatch.setattr(f"vulgate.cli.{module}.bundled_book", lambda: tmp_path / "small")
    write(tmp_path / "broken", BROKEN)
    write(tmp_path / "notes", {"a.md": "# A\n\nText.\n"})
    (tmp_path / "empty").mkdir()
    noise = random.Random(7).randbytes(3000)
    write(
        tmp_path, {"noise.md": noise, "noise.bin": noise, "noise/vulgate.toml": noise, "dead/vulgate.toml": "[book\n"}
    )
    write(tmp_path / "hole", {"vulgate.toml": '[book]\ntitle = "Hole"\nchapters = ["gone.md"]\n'})
    return write(tmp_path / "small", SMALL)


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book that `vulgate init` makes."""
    folder = tmp_path_factory.mktemp("init") / "handbook"
    assert run("init", str(folder)).exit_code == 0
    return folder


def schema(*arguments: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(run("schema", *arguments).stdout)
    jsonschema.Draft202012Validator.check_schema(value)
    return value


# ------------------------------------------------------------------------------------------------ help


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_shows_every_option_and_an_example(name: str, option: str) -> None:
    shown = run(name, option)
    assert shown.exit_code == 0
    assert "Examples:" in shown.stdout
    assert f"vulgate {name}" in shown.stdout.partition("Examples:")[2]
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.name} is not explained"
            assert all(spelling in shown.stdout for spelling in parameter.opts)


def test_the_command_alone_lists_the_commands() -> None:
    shown = run("--help").stdout
    for name, line in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", shown, re.MULTILINE)
    assert "Exit codes:" in shown
    assert "Commands:" in (run().stdout + run().stderr)


def test_the_help_line_of_each_command_names_its_own_module() -> None:
    assert list(COMMANDS) == main.list_commands(click.Context(main))
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.name == name


def test_the_commands_of_every_example_exist() -> None:
    for name in ["", *COMMANDS]:
        examples = run(*filter(None, [name]), "--help").stdout.partition("Examples:")[2]
        shown = re.findall(r"^ +(?:eval \"\$\()?vulgate ([a-z]+)", examples, re.MULTILINE)
        assert shown
        assert set(shown) <= set(COMMANDS)


def test_the_version_is_the_package_s() -> None:
    for option in ("--version", "-V"):
        assert run(option).stdout == f"vulgate {vulgate.__version__}\n"


# ------------------------------------------------------------------------------------------------ exit codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("build small", 0),
        ("build small/vulgate.toml", 0),
        ("build notes/a.md", 0),
        ("build notes", 0),
        ("build broken", 1),
        ("build broken --keep-going", 1),
        ("build small --edition nonsense", 2),
        ("build empty", 1),
        ("build hole", 1),
        ("build dead", 1),
        ("build noise", 1),
        ("build nowhere", 2),
        ("build noise.bin", 2),
        ("build small --format nonsense", 2),
        ("build small extra", 2),
        ("build --nonsense", 2),
        ("outline small", 0),
        ("outline broken", 1),
        ("outline empty", 1),
        ("outline nowhere", 2),
        ("outline small --depth -1", 2),
        ("outline small --depth x", 2),
        ("stats small", 0),
        ("stats broken", 1),
        ("stats nowhere", 2),
        ("stats small --require examples=0", 0),
        ("stats small --require examples=1", 1),
        ("stats small --require examples=2", 2),
        ("stats small --require nonsense=1", 2),
        ("stats small --require examples", 2),
        ("verify small", 2),
        ("verify small --list", 0),
        ("verify small nonsense", 2),
        ("verify broken", 1),
        ("verify hole", 1),
        ("verify nowhere", 2),
        ("verify small --format nonsense", 2),
        ("show small one", 0),
        ("show small one/inside", 0),
        ("show small inside", 0),
        ("show broken one", 0),
        ("show small nonsense", 2),
        ("show small small", 2),
        ("show nowhere one", 2),
        ("show", 2),
        ("show a b c", 2),
        ("explain VG204", 0),
        ("explain --list", 0),
        ("explain VG999", 2),
        ("explain", 2),
        ("schema", 0),
        ("schema --of nonsense", 2),
        ("completion bash", 0),
        ("completion tcsh", 2),
        ("completion", 2),
        ("init new", 0),
        ("init small", 2),
        ("init", 2),
        ("nonsense", 2),
        ("--nonsense", 2),
    ],
)
def test_exit_codes(arguments: str, code: int, book: Path) -> None:
    result = run(*arguments.split())
    assert result.exit_code == code, result.output
    if code:
        assert result.stderr, "a failure says why"
    else:
        assert not result.stderr or "broken" in arguments


@pytest.mark.parametrize("command", ["build", "outline", "stats", "show", "verify"])
@pytest.mark.parametrize(
    "what", ["", ".", "/", "noise.md", "noise.bin", "noise", "dead", "hole", "empty", "a\0b", "\udce9", "é" * 300, "-"]
)
def test_nothing_makes_a_command_fall_over(
    command: str, what: str, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what in ("/", ".", ""):
        monkeypatch.chdir(book.parent / "empty")  # `/` holds the whole disk: not to be built
        what = "/dev" if what == "/" else what
    result = run(command, "--", what, *(["one"] if command == "show" else []))
    assert "Traceback" not in result.output
    assert result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "small", "--out", "a\0b"),
        ("init", "a\0b"),
        ("init", "new", "--title", "a\0b"),
        ("show", "small", "a\0b"),
        ("show", "small", ""),
        ("show", "small", "/"),
        ("show", "small", "\N{PILE OF POO}" * 500),
        ("explain", "a\0b"),
        ("explain", ""),
        ("explain", "VG"),
        ("a\0b",),
        ("",),
        ("schema", "--of", "\0"),
        ("build", "small", "--edition", "a\0b"),
        ("build", "small", "--edition", ""),
        ("build", "small", "--edition", "../../x"),
    ],
)
def test_odd_arguments_are_usage_errors(arguments: tuple[str, ...], book: Path) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("arguments", [["build"], ["build", "--json"], ["outline"], ["stats", "--json"]])
def test_names_that_are_not_utf8(arguments: list[str], tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9")
    try:
        write(tmp_path / odd, {"a.md": "# A\n\nText.\n", f"{odd}.md": "# B\n\nText.\n"})
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    result = spawn(*arguments, odd, cwd=tmp_path)
    assert "Traceback" not in result.stderr
    assert result.returncode == 1
    if "build" not in arguments:
        assert "\\udce9" in result.stderr
    elif "--json" in arguments:
        assert [item["code"] for item in json.loads(result.stdout)["diagnostics"]] == ["VG110"]
    (tmp_path / odd / f"{odd}.md").unlink()
    mended = spawn(*arguments, odd, cwd=tmp_path)
    assert (mended.returncode, mended.stderr) == (0, "")


# ------------------------------------------------------------------------------------------------ suggestions


@pytest.mark.parametrize(
    ("arguments", "suggested"),
    [
        ("biuld small", "`build`"),
        ("explian VG204", "`explain`"),
        ("explain VG299", "`VG2"),
        ("explain unknown-directiv", "`unknown-directive`"),
        ("show small one/insid", "one/inside"),
        ("show small insde", "one/inside"),
        ("build small --edition curser", "`cursor`"),
        ("build small --edtion ssm", "--edition"),
        ("build small --format jsn", "json"),
        ("schema --of manifst", "manifest"),
    ],
)
def test_what_is_misspelt_gets_a_suggestion(arguments: str, suggested: str, book: Path) -> None:
    result = run(*arguments.split())
    assert result.exit_code
    assert suggested in result.stderr


def test_an_ambiguous_id_names_the_candidates(book: Path) -> None:
    write(book, {"one.md": "# One\n\n## Same\n\nText.\n", "two.md": "# Two\n\n## Same\n\nText.\n"})
    result = run("show", "small", "same")
    assert result.exit_code == 2
    assert "one/same, two/same" in result.stderr


# ------------------------------------------------------------------------------------------------ build


def test_build_tells_what_it_did(book: Path) -> None:
    first = run("build", "small").stdout
    assert re.search(r"^contents     2 chapters, 1 section$", first, re.MULTILINE)
    assert re.search(r"^blocks       .*\b1 example", first, re.MULTILINE)
    assert re.search(r"^diagnostics  none$", first, re.MULTILINE)
    assert [line.split()[0] for line in first.splitlines() if "small/dist/" in line] == ["written"] * 3
    assert re.search(r"^done in \d+\.\d\d s, 2 chapters compiled$", first, re.MULTILINE)
    again = run("build", "small").stdout
    assert [line.split()[0] for line in again.splitlines() if "small/dist/" in line] == ["unchanged"] * 3
    assert re.search(r"^nothing changed in \d+\.\d\d s$", again, re.MULTILINE)
    assert run("build", "small", "--quiet").output == run("build", "small", "-q").output == ""


def test_a_build_with_errors_says_that_nothing_was_written(book: Path) -> None:
    result = run("build", "broken")
    assert "diagnostics  1 error\n" in result.stdout
    assert "nothing was written" in result.stdout
    assert "error[VG403]" in result.stderr
    assert not (book.parent / "broken" / "dist").exists()
    assert run("build", "broken", "--quiet").stdout == ""
    kept = run("build", "broken", "--keep-going")
    assert kept.exit_code == 1
    assert "nothing was written" not in kept.stdout
    assert (book.parent / "broken" / "dist" / "small.ssm.md").is_file()


def test_information_is_shown_on_demand_only(book: Path) -> None:
    write(book.parent / "notes", {"untitled.md": "Text without a title.\n"})
    assert not run("build", "notes").stderr
    assert "info[VG217]" in run("build", "notes", "--all").stderr


def test_a_long_list_is_cut_with_errors_first(book: Path) -> None:
    facts = "".join(f":::{{fact}} Claim {number}\nIt is so.\n:::\n\n" for number in range(60))
    write(book, {"two.md": f"# Two\n\n{facts}See [[nowhere]].\n"})
    shown = run("build", "small").stderr
    assert shown.startswith("error[VG403]")
    assert shown.count("[VG") == 50
    assert "... and 11 more; `--all` shows them" in shown
    assert run("build", "small", "--all").stderr.count("[VG") == 61


@pytest.mark.parametrize("name", ["small", "broken", "empty", "hole", "notes"])
@pytest.mark.parametrize("option", [["--json"], ["--format", "json"], ["--json", "--quiet"], ["--json", "--all"]])
def test_build_prints_json(name: str, option: list[str], book: Path) -> None:
    result = run("build", name, *option)
    value = json.loads(result.stdout)
    assert not result.stderr
    assert {"folder", "outputs", "written", "removed", "recompiled", "up_to_date", "seconds", "summary"} < value.keys()
    assert value["folder"].endswith("dist")
    assert value["outputs"] == sorted(value["outputs"])
    assert bool(value["outputs"]) == (result.exit_code == 0)
    described = schema("--of", "diagnostics")
    for item in value["diagnostics"]:
        jsonschema.validate(item, described)
        assert item.keys() == described["$defs"]["JsonDiagnostic"]["properties"].keys()
    assert (result.exit_code == 1) == any(item["severity"] == "error" for item in value["diagnostics"])


def test_labels_match_their_schema(book: Path) -> None:
    write(book, {"two.md": "# Two\n\n## A {#same}\n\nText.\n\n## B {#same}\n\nText.\n"})
    (item,) = json.loads(run("build", "small", "--json").stdout)["diagnostics"]
    assert item["code"] == "VG401"
    assert [label["place"]["line"] for label in item["labels"]] == [3]
    jsonschema.validate(item, schema("--of", "diagnostics"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**item, "labels": [{"text": "no place"}]}, schema("--of", "diagnostics"))


def test_the_forms_for_programs_go_to_standard_output(book: Path) -> None:
    sarif = run("build", "broken", "--format", "sarif")
    assert (sarif.stderr, sarif.exit_code) == ("", 1)
    assert json.loads(sarif.stdout)["runs"][0]["results"][0]["ruleId"] == "VG403"
    github = run("build", "broken", "--format", "github")
    assert (github.stderr, github.exit_code) == ("", 1)
    assert github.stdout.startswith("::error file=broken/two.md,line=3,col=5,")
    assert run("build", "small", "--format", "github").stdout == ""


@pytest.mark.parametrize("name", ["ssm", "cursor", "sqlite"])
@pytest.mark.parametrize("option", ["--edition", "-e"])
def test_one_edition_alone(name: str, option: str, book: Path) -> None:
    value = json.loads(run("build", "small", option, name, "--json").stdout)
    assert value["outputs"] == [{"ssm": "small.ssm.md", "cursor": "small.cursor.md", "sqlite": "small.sqlite"}[name]]


@pytest.mark.parametrize("option", ["--out", "-o"])
def test_the_output_folder(option: str, book: Path) -> None:
    assert run("build", "small", option, "else/where").exit_code == 0
    assert (book.parent / "else/where/small.ssm.md").is_file()
    assert not (book / "dist").exists()


# ------------------------------------------------------------------------------------------------ outline, show, stats


def test_outline_shows_the_tree(handbook: Path) -> None:
    assert run("outline", str(handbook)).stdout.splitlines()[:6] == [
        "Handbook (handbook)",
        "About this book                  index",
        "I The basics                     the-basics",
        "  1 A tour                       tour",
        "    1.1 Short answers first      tour/short-answers",
        "    1.2 Claims and their proof   tour/claims",
    ]


def test_outline_depth_and_blocks(handbook: Path) -> None:
    flat = run("outline", str(handbook), "--depth", "0").stdout
    assert "1.1" not in flat
    assert "2 Naming" in flat
    assert "1.1" in run("outline", str(handbook), "--depth", "1").stdout
    assert "tour/bind-loop-variable" not in run("outline", str(handbook)).stdout
    assert re.search(
        r"\[rule\] Bind the loop .* tour/bind-loop-variable", run("outline", str(handbook), "--blocks").stdout
    )


def test_outline_as_json(handbook: Path) -> None:
    value = json.loads(run("outline", str(handbook), "--blocks", "--json").stdout)
    book = compiled(handbook)
    assert value["book"]["id"] == book.book.id
    assert {row["id"] for row in value["outline"] if row["kind"] != "part"} == {
        block.id for block in book.blocks if block.is_authored and not block.parent
    }
    assert [row["title"] for row in value["outline"] if row["kind"] == "part"] == ["The basics"]


def test_show_one_of_every_kind(handbook: Path) -> None:
    model = schema()
    described = {"$defs": model["$defs"], **model["$defs"]["Model"]["properties"]["blocks"]["items"]}
    book = compiled(handbook)
    firsts = {block.kind: block for block in reversed(book.blocks)}
    assert len(firsts) >= 20
    validator = jsonschema.Draft202012Validator(described)
    for kind, block in firsts.items():
        value = json.loads(run("show", str(handbook), block.id, "--json").stdout)
        validator.validate(value["block"])
        assert msgspec.convert(value["block"], vulgate.AnyBlock) == block
        text = run("show", str(handbook), block.id).stdout
        assert text.startswith(f"{kind} {block.id}\n")
        assert block.text.rstrip("\n") in text


def test_show_tells_the_place_and_the_links(handbook: Path) -> None:
    text = run("show", str(handbook), "bind-loop-variable").stdout
    assert "place       1.3 Rules (tour.md:" in text
    assert "severity    high" in text
    assert re.search(r"<- \S+ +tour/", text)
    value = json.loads(run("show", str(handbook), "bind-loop-variable", "--json").stdout)
    assert value["place"] == "1.3 Rules"
    assert len(value["inside"]) >= 4
    assert value["backlinks"]


def test_show_looks_into_the_bundled_book(handbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vulgate.cli.common.bundled_book", lambda: handbook)
    first = next(block for block in compiled(handbook).blocks if block.kind == "rule")
    assert run("show", first.id).stdout.startswith(f"rule {first.id}\n")


def test_a_former_id_still_shows_its_block(book: Path) -> None:
    write(book, {"two.md": "# Two\n\n:::{note} New\n:id: new\n:formerly: old\n\nText.\n:::\n"})
    assert run("show", "small", "two/old").stdout.startswith("note two/new\n")


def test_stats_count_what_the_author_wrote(handbook: Path) -> None:
    value = json.loads(run("stats", str(handbook), "--json").stdout)
    book = compiled(handbook)
    kinds = [chapter["kinds"] for chapter in value["chapters"]]
    assert sum(chapter.get("example", 0) for chapter in kinds) == sum(1 for _ in book.of_kind(vulgate.Example))
    assert value["facts"] == {"total": 1, "with_proof": 1, "cited": 1}
    assert value["rules"]["total"] == value["rules"]["with_detector"] == value["rules"]["with_consequence"] == 2
    assert value["symbols"] == len(book.symbols)
    text = run("stats", str(handbook)).stdout
    assert re.search(r"^facts     1: 1 with a proof, 1 cited$", text, re.MULTILINE)
    assert re.search(r"^ 1 A tour ", text, re.MULTILINE)
    assert all(len(line) <= 150 for line in text.splitlines())


def test_stats_of_a_rule_without_detector(book: Path) -> None:
    write(book, {"one.md": "# One\n\n## Inside\n" + RULE})
    rules = json.loads(run("stats", "small", "--json").stdout)["rules"]
    assert rules == {"total": 1, "with_detector": 0, "with_consequence": 1, "severities": {"low": 1}}


# ------------------------------------------------------------------------------------------------ explain, schema


def test_explain_lists_every_code() -> None:
    lines = run("explain", "--list").stdout.splitlines()
    values = json.loads(run("explain", "--list", "--json").stdout)
    assert len(lines) == len(values) > 50
    for line, value in zip(lines, values, strict=True):
        assert line.split() == [value["code"], value["severity"], value["name"]]


def test_explain_as_json() -> None:
    value = json.loads(run("explain", "vg204", "--json").stdout)
    assert value["name"] == "unknown-directive"
    assert value["explanation"] == run("explain", "unknown-directive").stdout


def test_the_model_matches_its_schema(handbook: Path) -> None:
    book = compiled(handbook)
    value = json.loads(msgspec.json.encode(book))
    jsonschema.validate(value, schema())
    jsonschema.validate(value, schema("--of", "model"))
    value["blocks"][0]["kind"] = "nonsense"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema())


@pytest.mark.parametrize("folder", [None, BUNDLED], ids=["init", "bundled"])
def test_manifests_match_their_schema(folder: Path | None, handbook: Path) -> None:
    described = schema("--of", "manifest")
    value = tomllib.loads(((folder or handbook) / "vulgate.toml").read_text(encoding="utf-8"))
    jsonschema.validate(value, described)
    value["book"]["title"] = 3
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, described)
