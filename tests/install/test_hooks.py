"""Hooks in the files of coding agents: ours goes in and out, and all else stays."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulgate.check.hooks import AGENTS
from vulgate.install.hooks import HOOKS, Hook, read_hook, wanted_text
from vulgate.store.settings_file import SettingsFileError, read_object, written_like

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
OTHER = st.fixed_dictionaries(
    {"type": st.just("command"), "command": st.sampled_from(["./format.sh", "ruff check", "vulgate build"])}
)
GROUPS = st.lists(
    st.fixed_dictionaries({"matcher": st.sampled_from(["Edit", "*"]), "hooks": st.lists(OTHER, min_size=1, max_size=2)})
    | OTHER
    | VALUES,
    min_size=1,
    max_size=3,
)
EVENTS = st.sampled_from(["PostToolUse", "postToolUse", "PreToolUse", "stop"])
FILES = st.builds(
    lambda before, hooks, after: {**before, **({"hooks": hooks} if hooks else {}), **after},
    st.dictionaries(st.text(max_size=6).filter(lambda key: key not in ("hooks", "version")), VALUES, max_size=3),
    st.dictionaries(EVENTS, GROUPS, max_size=3),
    st.dictionaries(st.sampled_from(["model", "env"]), VALUES, max_size=2),
)
FORMS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 1, 2, 3, 4, "\t"]),
        "ensure_ascii": st.booleans(),
        "separators": st.sampled_from([None, (",", ":")]),
    }
)
AROUND = st.tuples(st.sampled_from(["", "\ufeff", "\n"]), st.sampled_from(["", "\n", "\n\n", "\r\n"]), st.booleans())
HOOK = st.sampled_from(list(HOOKS.values()))
ALL = pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))


def dumped(content: Any, form: dict[str, Any], around: tuple[str, str, bool]) -> str:
    head, tail, is_dos = around
    text = json.dumps(content, **form)
    return head + (text.replace("\n", "\r\n") if is_dos else text) + tail


@given(FILES.filter(bool), FORMS, AROUND, HOOK)
def test_what_a_program_wrote_comes_back_to_the_byte(content: Any, form: Any, around: Any, hook: Hook) -> None:
    """A file that only says `version` is ours to delete; it says nothing to the agent."""
    before = dumped(content, form, around)
    there = wanted_text(before, hook, True)
    assert read_hook(there, hook) == hook.entry
    assert wanted_text(there, hook, True) == there, "a second time changes nothing"
    after = wanted_text(there, hook, False)
    if hook.head.keys() <= content.keys() or not hook.head:
        assert after == before
    else:  # it needs the version, and whoever reads the file does so afterwards
        assert {key: value for key, value in read_object(after).items() if key not in hook.head} == content


@given(FILES, st.sampled_from([" ", "\n", "\n    ", "\t\r\n"]), HOOK)
def test_what_somebody_laid_out_by_hand_keeps_its_data(content: Any, gap: str, hook: Hook) -> None:
    before = laid_out(content, gap)
    assert json.loads(before) == content
    there = wanted_text(before, hook, True)
    assert read_hook(there, hook) == hook.entry
    after = read_object(wanted_text(there, hook, False))
    assert {key: value for key, value in after.items() if key not in hook.head} == content


def laid_out(value: Any, gap: str) -> str:
    """JSON as no program writes it."""
    if isinstance(value, dict):
        return (
            "{"
            + f"{gap},".join(f"{json.dumps(key)}{gap}:{laid_out(part, gap)}" for key, part in value.items())
            + gap
            + "}"
        )
    if isinstance(value, list):
        return "[" + f",{gap}".join(laid_out(part, gap) for part in value) + gap + "]"
    return json.dumps(value)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")) | VALUES.map(json.dumps), HOOK, st.booleans())
def test_any_text_is_merged_or_refused_with_a_reason(text: str, hook: Hook, installed: bool) -> None:
    try:
        after = wanted_text(text, hook, installed)
    except SettingsFileError as error:
        assert str(error)
    else:
        assert read_hook(after, hook) == (hook.entry if installed else None)
        after.encode()


@ALL
def test_a_new_file_and_an_empty_one(hook: Hook) -> None:
    for before in ("", "{}\n", "\n", "\ufeff"):
        text = wanted_text(before, hook, True)
        assert json.loads(text.removeprefix("\ufeff")) == hook.by_hand()
        assert text.removeprefix("\ufeff").lstrip().startswith('{\n  "')
        assert wanted_text(text, hook, False) == ""
    assert wanted_text("", hook, False) == ""
    assert wanted_text("{}", hook, False) == "{}"


@ALL
def test_the_command_is_one_that_there_is(hook: Hook) -> None:
    assert hook.agent in AGENTS
    assert f"vulgate check --hook {hook.agent}" in json.dumps(hook.entry)
    assert hook.event == AGENTS[hook.agent].event


@pytest.mark.parametrize(
    "command",
    [
        "vulgate check --hook claude",
        "/opt/bin/vulgate check --hook=claude",
        "C:\\Tools\\vulgate.exe check --hook claude --select security",
        '"/my tools/vulgate" check --hook claude',
        "uv run vulgate check --hook claude",
        "python -m vulgate check --hook claude",
    ],
)
def test_ours_is_known_by_its_command(command: str) -> None:
    hook = HOOKS["claude"]
    ours = {"type": "command", "command": command}
    other = {"type": "command", "command": "./format.sh"}
    before = json.dumps({"hooks": {"PostToolUse": [{"matcher": "Edit", "hooks": [other, ours]}, {"x": 1}]}}, indent=4)
    content = json.loads(wanted_text(before, hook, True))
    assert content["hooks"]["PostToolUse"] == [hook.entry, {"matcher": "Edit", "hooks": [other]}, {"x": 1}]
    content = json.loads(wanted_text(before, hook, False))
    assert content["hooks"]["PostToolUse"] == [{"matcher": "Edit", "hooks": [other]}, {"x": 1}]


@pytest.mark.parametrize(
    "command", ["vulgate build", "vulgate check --hook cursor", "my-vulgate check --hook claude", 3, None]
)
def test_other_commands_are_not_ours(command: Any) -> None:
    before = json.dumps({"hooks": {"PostToolUse": [{"hooks": [{"command": command}]}]}})
    assert read_hook(before, HOOKS["claude"]) is None
    assert wanted_text(before, HOOKS["claude"], False) == before


def test_several_of_ours_become_one() -> None:
    hook = HOOKS["cursor"]
    old = {"command": "vulgate check --hook cursor"}
    before = json.dumps({"version": 1, "hooks": {"postToolUse": [old, {"command": "x"}, old]}})
    assert read_hook(before, hook) == [old, old]
    content = json.loads(wanted_text(before, hook, True))
    assert content == {"version": 1, "hooks": {"postToolUse": [hook.entry, {"command": "x"}]}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"hooks": {', "it is no plain JSON (line 1"),
        ('{\n  // mine\n  "hooks": {}\n}', "it is no plain JSON (line 2"),
        ("[]", "it is no JSON object"),
        ('{"hooks": []}', "`hooks` is no object"),
        ('{"hooks": {"PostToolUse": {}, "postToolUse": {}}}', "is no list"),
        ('{"a": 1, "a": 2}', "the key `a` is there twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": ' + "9" * 5000 + "}", "it is no plain JSON"),
        ("[" * 100_000, "it is"),
    ],
)
@ALL
def test_a_file_that_cannot_be_merged_is_left_alone(hook: Hook, text: str, reason: str) -> None:
    for installed in (True, False):
        with pytest.raises(SettingsFileError, match=re.escape(reason)):
            wanted_text(text, hook, installed)


def test_another_version_is_left_alone() -> None:
    with pytest.raises(SettingsFileError, match="its `version` is 2, and not 1"):
        wanted_text('{"version": 2}', HOOKS["cursor"], True)


def test_half_of_a_surrogate_pair_is_written_as_it_was() -> None:
    text = written_like({"a": "\ud800"}, '{  "a": "\\ud800"}')
    assert json.loads(text.encode()) == {"a": "\ud800"}
