"""Finding the Pythons of the machine, and what is installed in them."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.build.books import run
from tests.verify.commands import Book, python
from vulgate.sessions.steps import Runtime
from vulgate.verify import interpreters
from vulgate.verify.interpreters import Packages, PythonNotFoundError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a system where a script can stand for an interpreter")

Fake = Callable[..., Path]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without interpreters but those of the system; the folder that is its home."""
    for name in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(home / "bin"))
    return home


def script(place: Path, text: str) -> Path:
    """A program in shell."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def fake(place: Path, version: str, *, name: str = "cpython", **more: Any) -> Path:
    """A program that says of itself that it is a Python; it notes in the file `started` beside it that it was asked."""
    told = {
        "version": [int(part) for part in version.split(".")],
        "build": f"{version} (main)",
        "platform": "linux",
        "name": name,
        "executable": str(place),
        "prefixes": [str(place.parent.parent)],
        "path": [],
        **more,
    }
    return script(place, f"touch '{place.parent}/started'\necho '{json.dumps(told)}'")


def found() -> dict[str, str]:
    """The interpreters of the machine, without the one that runs the tests and those of the system."""
    return {
        runtime.label: runtime.argv[0]
        for runtime in interpreters.installed()
        if "home" in Path(runtime.argv[0]).parts and runtime.label != interpreters.current().label
    }


# ------------------------------------------------------------------------------------------------ where


@pytest.mark.parametrize("name", ["python", "python3", "python3.77"])
def test_on_the_path(bare: Path, name: str) -> None:
    place = fake(bare / "bin" / name, "3.77.1")
    assert found() == {"3.77": str(place)}
    assert interpreters.find("3.77").argv == (str(place),)


@pytest.mark.parametrize("name", ["python3.77-config", "python-argcomplete", "ipython3", "pythonw", "xpython"])
def test_other_programs_are_not_started(bare: Path, name: str) -> None:
    fake(bare / "bin" / name, "3.77.1")
    assert found() == {}
    assert not (bare / "bin" / "started").exists()


@pytest.mark.parametrize("variable", ["", "PYENV_ROOT"])
def test_of_pyenv(bare: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = bare / (variable or ".pyenv")
    if variable:
        monkeypatch.setenv(variable, str(root))
    place = fake(root / "versions" / "3.77.1" / "bin" / "python3.77", "3.77.1")
    (place.parent / "python3").symlink_to("python3.77")
    (place.parent / "python").symlink_to("python3.77")
    assert found() == {"3.77": str(place)}


@pytest.mark.parametrize("variable", ["", "UV_PYTHON_INSTALL_DIR"])
def test_of_uv(bare: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = bare / (variable or ".local/share/uv/python")
    if variable:
        monkeypatch.setenv(variable, str(root))
    place = fake(root / "cpython-3.77.1-linux-x86_64-gnu" / "bin" / "python3.77", "3.77.1")
    (root / ".lock").touch()
    assert found() == {"3.77": str(place)}


def test_shims_are_not_started(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(bare / ".pyenv" / "shims" / "python3.77", "3.77.1")
    monkeypatch.setenv("PATH", str(bare / ".pyenv" / "shims"))
    assert found() == {}
    assert not (bare / ".pyenv" / "shims" / "started").exists()


def test_the_newest_of_a_version_is_taken(bare: Path) -> None:
    versions = bare / ".pyenv" / "versions"
    for patch in ("3.77.9", "3.77.10", "3.77.2"):
        fake(versions / patch / "bin" / "python3.77", patch)
    assert found() == {"3.77": str(versions / "3.77.10" / "bin" / "python3.77")}


def test_a_name_that_tells_the_version_is_asked_first(bare: Path) -> None:
    versions = bare / ".pyenv" / "versions"
    for version in ("3.75.1", "3.76.1", "3.77.1"):
        fake(versions / version / "bin" / "python", version)
    assert interpreters.find("3.77").argv == (str(versions / "3.77.1" / "bin" / "python"),)
    assert not (versions / "3.75.1" / "bin" / "started").exists()


def test_a_misleading_name_does_not_mislead(bare: Path) -> None:
    fake(bare / "bin" / "python3.77", "3.76.1")
    place = fake(bare / "bin" / "python3.76", "3.77.1")
    assert interpreters.find("3.77").argv == (str(place),)


def test_the_active_environment_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = fake(bare / "environment" / "bin" / "python", "3.77.1")
    fake(bare / "bin" / "python3.77", "3.77.2")
    monkeypatch.setenv("VIRTUAL_ENV", str(bare / "environment"))
    assert interpreters.current().argv == (str(place),)
    assert interpreters.find("3.77").argv == (str(place),)
    assert str(place) in [runtime.argv[0] for runtime in interpreters.installed()]


@pytest.mark.parametrize("broken", ["gone", "exit 1"])
def test_a_broken_environment_is_none(bare: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    if broken != "gone":
        script(bare / "environment" / "bin" / "python", broken)
    monkeypatch.setenv("VIRTUAL_ENV", str(bare / "environment"))
    assert interpreters.current().argv == (sys.executable,)


def test_by_its_path(bare: Path) -> None:
    place = fake(bare / "elsewhere" / "my-python", "3.77.1")
    assert interpreters.find(str(place)).label == "3.77"
    with pytest.raises(PythonNotFoundError, match=r"is no Python 3\.8 or newer that starts"):
        interpreters.find(str(bare / "elsewhere" / "nothing"))


def test_another_implementation_does_not_stand_for_a_version(bare: Path) -> None:
    cpython = fake(bare / "bin" / "python3.77", "3.77.1")
    pypy = fake(bare / "bin" / "pypy3", "3.77.9", name="pypy")
    fake(bare / "bin" / "python3", "3.78.0", name="graalpy")
    assert found() == {"3.77": str(cpython), "3.77-pypy": str(pypy)}
    assert interpreters.find("3.77").argv == (str(cpython),)
    assert interpreters.find("3.77-pypy").argv == (str(pypy),)


# ------------------------------------------------------------------------------------------------ what is broken


@pytest.mark.parametrize(
    "text",
    [
        "exit 1",
        "kill -9 $$",
        "echo no json",
        "echo '{}'",
        "echo '[1]'",
        'echo \'{"version": "3.77"}\'',
        "printf '\\377\\376'",
        "yes | head -c 1000000",
        "exec /no/such/program",
    ],
)
def test_what_answers_nonsense_is_passed_over(bare: Path, text: str) -> None:
    script(bare / "bin" / "python3.76", text)
    place = fake(bare / "bin" / "python3.77", "3.77.1")
    assert found() == {"3.77": str(place)}
    with pytest.raises(PythonNotFoundError, match=r"there is no Python 3\.76 on this machine"):
        interpreters.find("3.76")


def test_what_cannot_be_started_is_passed_over(bare: Path) -> None:
    place = fake(bare / "bin" / "python", "3.77.1")
    (bare / "bin" / "python3").mkdir()
    (bare / "bin" / "python3.1").symlink_to("nowhere")
    (bare / "bin" / "python3.2").symlink_to("python3.2")
    (bare / "bin" / "python3.3").write_bytes(b"\x7fELF no program")
    (bare / "bin" / "python3.3").chmod(0o755)
    fake(bare / "bin" / "python3.4", "3.76.1").chmod(0o644)
    assert found() == {"3.77": str(place)}


@pytest.mark.parametrize("version", ["2.7.18", "3.7.17"])
def test_what_is_too_old_is_passed_over(bare: Path, version: str) -> None:
    fake(bare / "bin" / "python", version)
    assert found() == {}
    with pytest.raises(PythonNotFoundError, match=r"is no Python 3\.8 or newer"):
        interpreters.find(str(bare / "bin" / "python"))


@pytest.mark.parametrize("text", ["exec sleep 30", "sleep 30", "sleep 30 &\nsleep 30"])
def test_what_hangs_is_given_up(bare: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(interpreters, "_PROBE_SECONDS", 1)
    script(bare / "bin" / "python3.76", text)
    place = fake(bare / "bin" / "python3.77", "3.77.1")
    begun = time.monotonic()
    assert found() == {"3.77": str(place)}
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("path", ["", ":", "/no/such/folder", "relative", "\x01"])
def test_odd_paths(bare: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("PATH", path)
    assert found() == {}


def test_folders_that_are_none_are_passed_over(bare: Path) -> None:
    (bare / ".pyenv").mkdir()
    (bare / ".pyenv" / "versions").write_text("a file")
    (bare / "bin").write_text("a file")
    assert found() == {}


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_folders_that_are_not_ours_are_passed_over(bare: Path) -> None:
    fake(bare / ".pyenv" / "versions" / "3.77.1" / "bin" / "python3.77", "3.77.1")
    (bare / ".pyenv").chmod(0)
    try:
        assert found() == {}
    finally:
        (bare / ".pyenv").chmod(0o700)


# ------------------------------------------------------------------------------------------------ on the command line


def test_a_missing_version_is_one_line(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", python("value = 1"))
    result = run("verify", str(book.folder), "--python", "3.99")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line for line in result.stderr.splitlines() if line.startswith("Error")] == [
        "Error: there is no Python 3.99 on this machine"
    ]


def test_a_missing_version_of_the_manifest_is_one_line(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", python("value = 1"), '[verify]\npythons = ["3.99"]\n')
    result = run("verify", str(book.folder))
    assert result.exit_code == 2
    assert "Error: there is no Python 3.99 on this machine" in result.stderr


def test_an_interpreter_that_lies_fails_and_hangs_nothing(bare: Path, tmp_path: Path) -> None:
    """It answers the question what it is, and then does not do what a Python does."""
    fake(bare / "bin" / "python3.77", "3.77.1")
    book = Book(tmp_path / "book")
    book.describe("", python='["3.77"]')
    book.write(python("value = 1"))
    (result,) = book.told("--python", "3.77")["results"]
    assert (result["status"], result["runtime"]) == ("failed", "3.77")


# ------------------------------------------------------------------------------------------------ packages


def installation(*folders: Path) -> Runtime:
    return Runtime("3.77", paths=tuple(map(str, folders)))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with packages, some of them with odd metadata."""
    folder = tmp_path / "site-packages"
    for name in (
        "numpy-2.1.3.dist-info",
        "Zope.Interface-7.0.dist-info",
        "ruamel_yaml-0.18.6.dist-info",
        "pre-2.0rc1.dist-info",
        "old-1.5-py3.8.egg-info",
        "linked.egg-info",
        "strange-unknown.dist-info",
        "~broken-1.0.dist-info",
        "-.dist-info",
        ".dist-info",
    ):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("numpy", ""),
        ("NumPy>=2,<3", ""),
        ("numpy[extra]>=2", ""),
        ("numpy<2", "needs numpy<2, and 2.1.3 is installed"),
        ("numpy==2.1.*", ""),
        ("zope-interface", ""),
        ("ruamel.yaml>0.18", ""),
        ("pre>=2.0rc1", ""),
        ("pre<2.0", "needs pre<2.0, and 2.0rc1 is installed"),
        ("old==1.5", ""),
        ("pandas", "needs pandas, which is not installed"),
        ("pandas>=2", "needs pandas>=2, which is not installed"),
        ("linked", ""),
        ("linked>=1", "needs linked>=1, and one without a version is installed"),
        ("strange", ""),
        ("strange>=1", "needs strange>=1, and unknown is installed"),
        ("not=a=requirement", "`not=a=requirement` is no requirement"),
        ("", "`` is no requirement"),
    ],
)
def test_requirements(site: Path, text: str, reason: str) -> None:
    assert Packages().missing([text], installation(site)) == reason


def test_the_first_requirement_that_is_not_met_is_told(site: Path) -> None:
    assert Packages().missing(["numpy", "one", "other"], installation(site)) == "needs one, which is not installed"


def test_what_comes_first_on_the_path_is_imported(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "numpy-1.26.0.dist-info").mkdir(parents=True)
    assert Packages().missing(["numpy<2"], installation(other, site)) == ""
    assert Packages().missing(["numpy<2"], installation(tmp_path / "gone", site, other)) != ""


def test_a_verdict_depends_on_what_is_installed(site: Path) -> None:
    before = Packages().build(["numpy"], installation(site))
    assert "numpy-2.1.3" in before
    (site / "numpy-2.1.3.dist-info").rename(site / "numpy-2.1.4.dist-info")
    assert Packages().build(["numpy"], installation(site)) != before
    assert Packages().build([], installation(site)) == ""
