"""Rego, on a stand-in for opa and on the real one."""

import os

import pytest

from tests.verify.running import COMPILE, REJECT, Programs, Running, file, outputs, step
from vulgate.sessions.steps import Runtime
from vulgate.verify.jobs import ErrorReport
from vulgate.verify.runners import runners

# Stands in for the real program: takes the arguments that it takes, and answers in its words.
OPA = r"""
case $1 in
  version) echo "Version: 1.9.0"; echo "Build Commit: abc" ;;
  check)
    shift
    for file; do
      [ -f "$file" ] || { echo "1 error occurred during loading: stat $file: no such file" >&2; exit 1; }
      line=$(grep -n '}}' "$file" | head -1 | cut -d: -f1)
      [ -z "$line" ] || { printf '1 error occurred: %s:%s: rego_parse_error: unexpected } token\n\t}}\n\t ^\n' \
        "$file" "$line" >&2; exit 1; }
    done ;;
  test)
    [ "$2" = -v ] || exit 64
    shift 2
    grep -ho 'test_[a-z_]*' "$@" | sort -u | while read -r name; do
      case $name in *_wrong) echo "data.app.$name: FAIL (123µs)" ;; *) echo "data.app.$name: PASS (12µs)" ;; esac
    done
    grep -q '_wrong' "$@" && exit 2
    exit 0 ;;
  eval)
    [ "$2 $3 $4" = "--format pretty --data" ] || exit 64
    shift 3
    echo "$@" ;;
  *) exit 64 ;;
esac
"""


@pytest.fixture
def opa(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    path = os.environ["PATH"]
    programs({"opa": OPA})
    found = runners()["rego"].runtimes()
    assert not isinstance(found, str)
    monkeypatch.setenv("PATH", path)
    return found[0]


def test_rego_is_checked_tested_and_evaluated(run: Running, opa: Runtime) -> None:
    assert opa.label == "opa 1.9.0"
    outcomes = run(
        "rego",
        file("json", "data.json", "{}"),
        file("json", "input.json", "{}"),
        step("rego", "package app\nallow if input.admin\n"),
        step("rego", "package app_test\ntest_allow if data.app.allow\n"),
        step("rego", "package app.more\nx := 1\n", output="..."),
        runtime=opa,
    )
    asked = (
        "--data data.json --data fence3.rego --data fence4.rego --data fence5.rego --input input.json data.app.more\n"
    )
    assert outputs(outcomes) == ["", "", "", "data.app.test_allow: PASS (12µs)\n", asked]


def test_faults_of_rego(run: Running, opa: Runtime) -> None:
    broken, unread, static, rejected = run(
        "rego",
        step("rego", "package app\n\nx := {}}\n"),
        step("rego", "package app\ntest_right if true\ntest_wrong if false\n", REJECT),
        step("rego", "package app\n", COMPILE),
        step("rego", "x }}\n", REJECT),
        runtime=opa,
    )
    assert broken.error == ErrorReport("rego_parse_error", "opa", "unexpected } token", 3)
    assert broken.stderr.startswith("1 error occurred: a.md:12: rego_parse_error")
    assert outputs([unread, static]) == ["", ""]
    assert rejected.error is not None
    assert rejected.error.line == 1
    (tested,) = run("rego", step("rego", "package app\ntest_right if 1\ntest_wrong if 0\n"), runtime=opa)
    assert tested.error == ErrorReport("test", "opa", "test_wrong fails", 3)
    assert "data.app.test_wrong: FAIL" in tested.stderr


def test_rego_on_the_real_program(run: Running) -> None:
    policy = "package app\n\nallow := true\n\ntest_allow if allow\n"
    (outcome,) = run("rego", step("rego", policy, output="..."), memory=0)
    assert '"allow": true' in outputs([outcome])[0]
