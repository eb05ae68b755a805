"""Architecture contracts, one type after the other."""

import sys
from pathlib import Path

import pytest

from tests.detect.support import find, project, refusal
from vulgate.detect.base import DetectorError
from vulgate.detect.source import Settings

SHOP = {
    "shop/__init__.py": "",
    "shop/web.py": "import json\n\nfrom shop import prices\n",
    "shop/prices.py": "from shop.store import (\n    load,\n)\n",
    "shop/store.py": "def load():\n    import sqlite3\n\n    import shop.web as web\n",
}
EXAMPLE = Settings(is_example=True)


def told(root: Path, type_: str, contract: str, files: dict[str, str] = SHOP) -> list[str]:
    """What a contract finds: file, line and message."""
    looked_at = project(files, root, EXAMPLE)
    found = find(f"layers {type_}", contract, looked_at).matches
    return sorted(f"{match.path}:{looked_at.read(match.path).line(match.start)} {match.message}" for match in found)


CASES = {
    "layers kept": (
        "layers",
        "layers: [shop.web, shop.prices, shop.store]\nignore_imports: ['shop.store -> shop.web']",
        [],
    ),
    "layers broken, through another": (
        "layers",
        "layers: [shop.prices, shop.store]",
        ["shop/store.py:4 shop.store imports shop.prices (through shop.web)"],
    ),
    "layers broken": (
        "layers",
        "layers: [shop.web, shop.store]",
        ["shop/store.py:4 shop.store imports shop.web"],
    ),
    "layers with a name": (
        "layers",
        "name: three floors\nlayers: [shop.web, shop.prices, shop.store]",
        [
            "shop/store.py:4 contract `three floors`: shop.store imports shop.web",
        ],
    ),
    "layers in a container": (
        "layers",
        "layers: [store, web]\ncontainers: [shop]",
        ["shop/web.py:3 shop.web imports shop.store (through shop.prices)"],
    ),
    "layers side by side": (
        "layers",
        "layers: ['shop.web | shop.prices']",
        [
            "shop/prices.py:1 shop.prices imports shop.web (through shop.store)",
            "shop/web.py:3 shop.web imports shop.prices",
        ],
    ),
    "layers of which one is not there": (
        "layers",
        "layers: [shop.web, (shop.nothing), shop.store]",
        ["shop/store.py:4 shop.store imports shop.web"],
    ),
    "layers ignored": ("layers", "layers: [shop.web, shop.store]\nignore_imports: ['shop.store -> shop.web']", []),
    "layers ignored by a pattern": (
        "layers",
        "layers: [shop.web, shop.store]\nignore_imports: [shop.* -> shop.web]",
        [],
    ),
    "forbidden inside": (
        "forbidden",
        "source_modules: [shop.prices]\nforbidden_modules: [shop.web]",
        ["shop/prices.py:1 shop.prices imports shop.web (through shop.store)"],
    ),
    "forbidden outside": (
        "forbidden",
        "source_modules: [shop]\nforbidden_modules: [sqlite3, requests]",
        ["shop/store.py:2 shop.store imports sqlite3"],
    ),
    "forbidden kept": ("forbidden", "source_modules: [shop.web]\nforbidden_modules: [sqlite3, shop.none]", []),
    "independence": (
        "independence",
        "modules: [shop.web, shop.prices]",
        [
            "shop/prices.py:1 shop.prices imports shop.web (through shop.store)",
            "shop/web.py:3 shop.web imports shop.prices",
        ],
    ),
    "protected": (
        "protected",
        "protected_modules: [shop.store]",
        ["shop/prices.py:1 shop.prices imports shop.store"],
    ),
    "protected, allowed": ("protected", "protected_modules: [shop.store]\nallowed_importers: [shop.prices]", []),
    "acyclic": ("acyclic", "root: shop", ["shop/store.py:4 shop.store imports shop.web"]),
    "acyclic_siblings": ("acyclic_siblings", "ancestors: [shop]", ["shop/store.py:4 shop.store imports shop.web"]),
    "acyclic, ignored": ("acyclic", "root: shop\nignore_imports: ['shop.store -> shop.web']", []),
}


@pytest.mark.parametrize(("type_", "contract", "expected"), CASES.values(), ids=CASES)
def test_a_contract(tmp_path: Path, type_: str, contract: str, expected: list[str]) -> None:
    found = told(tmp_path, type_, contract)
    if type_.startswith("acyclic") and expected:  # grimp chooses which import of the circle to give up
        assert len(found) == 1
        assert " imports shop." in found[0]
    else:
        assert found == expected


@pytest.mark.parametrize("folder", ["src/", "lib/"])
def test_packages_in_a_folder(tmp_path: Path, folder: str) -> None:
    files = {folder + path: text for path, text in SHOP.items()}
    assert told(tmp_path, "layers", "layers: [shop.web, shop.store]", files) == [
        f"{folder}shop/store.py:4 shop.store imports shop.web"
    ]


@pytest.mark.parametrize("name", ["click", "yaml", "vulgate"])
def test_a_package_named_as_one_of_ours(tmp_path: Path, name: str) -> None:
    """What this process has imported is not what is to be checked."""
    __import__(name)
    before = sys.modules[name]
    files = {path.replace("shop", name): text.replace("shop", name) for path, text in SHOP.items()}
    assert told(tmp_path, "layers", f"layers: [{name}.web, {name}.store]", files) == [
        f"{name}/store.py:4 {name}.store imports {name}.web"
    ]
    assert sys.modules[name] is before
    assert str(tmp_path) not in sys.path


def test_nothing_is_run(tmp_path: Path) -> None:
    files = {**SHOP, "shop/__init__.py": "raise SystemExit('it was run')\n"}
    assert len(told(tmp_path, "layers", "layers: [shop.web, shop.store]", files)) == 1


def test_a_project_of_the_same_name_elsewhere(tmp_path: Path) -> None:
    """The second one is not taken for the first."""
    assert told(tmp_path / "a", "layers", "layers: [shop.web, shop.store]")
    files = {**SHOP, "shop/store.py": ""}
    assert told(tmp_path / "b", "layers", "layers: [shop.web, shop.store]", files) == []


@pytest.mark.parametrize(
    ("files", "contract", "reason"),
    [
        (SHOP, "layers: [stall.web, stall.store]", "the imports of stall cannot be read: "),
        ({**SHOP, "shop/web.py": "import ("}, "layers: [shop.web, shop.store]", "the imports of shop cannot be read: "),
        (SHOP, "layers: [a, b]\ncontainers: [shop.none]", "the contract does not fit: "),
    ],
    ids=["no such package", "syntax error", "no such container"],
)
def test_a_project_that_a_contract_cannot_be_held_to(
    tmp_path: Path, files: dict[str, str], contract: str, reason: str
) -> None:
    with pytest.raises(DetectorError, match=reason):
        told(tmp_path, "layers", contract, files)


def test_a_module_that_must_not_import_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="the contract does not fit: "):
        told(tmp_path, "independence", "modules: [shop, shop.web]")


class TestContractsOfTheUser:
    """On a user's code the fence of the rule does not count."""

    def found(self, root: Path, *contracts: dict[str, object]) -> list[str]:
        looked_at = project(SHOP, root, Settings(tuple(contracts)))
        fence = "layers: [shop.store, shop.web]"
        return [match.message for match in find("layers layers", fence, looked_at).matches]

    def test_none(self, tmp_path: Path) -> None:
        assert self.found(tmp_path) == []

    def test_those_of_the_type(self, tmp_path: Path) -> None:
        layers = {"type": "layers", "name": "floors", "layers": ["shop.web", "shop.store"]}
        other = {"type": "acyclic", "root": "shop"}
        assert self.found(tmp_path, other, layers) == ["contract `floors`: shop.store imports shop.web"]

    def test_another_name_of_the_type(self, tmp_path: Path) -> None:
        looked_at = project(SHOP, tmp_path, Settings(({"type": "acyclic", "root": "shop"},)))
        assert len(find("layers acyclic_siblings", "", looked_at).matches) == 1

    @pytest.mark.parametrize("contract", [{}, {"type": "layer"}, {"type": ["layers"]}, {"type": "layers"}])
    def test_a_wrong_one(self, tmp_path: Path, contract: dict[str, object]) -> None:
        with pytest.raises(DetectorError):
            self.found(tmp_path, contract)


@pytest.mark.parametrize(
    ("type_", "contract", "reason"),
    [
        ("layers", "", ""),
        (
            "layer",
            "",
            "no type of contract `layer`; there are layers, forbidden, independence, protected, acyclic_siblings",
        ),
        ("", "", "no type of contract ``"),
        ("layers", "layers: [", "the `detect` fence is no YAML: "),
        ("layers", "- a", "the `detect` fence is no contract"),
        ("layers", "layer: [a.b]", "the contract is wrong: Object contains unknown field `layer`"),
        ("layers", "layers: a.b", "the contract is wrong: Expected `array`, got `str`"),
        ("layers", "root: a", "a contract of the type `layers` needs layers"),
        ("forbidden", "source_modules: [a]", "a contract of the type `forbidden` needs forbidden_modules"),
        ("forbidden", "forbidden_modules: [a]", "a contract of the type `forbidden` needs source_modules"),
        ("independence", "root: a", "a contract of the type `independence` needs modules"),
        ("protected", "root: a", "a contract of the type `protected` needs protected_modules"),
        ("acyclic", "name: a", "a contract of the type `acyclic_siblings` needs ancestors or root"),
        ("acyclic", "root: a", ""),
        ("layers", "layers: [a.b]\nignore_imports: [a.b]", "`a.b` is no import; write it as `shop.web -> shop.store`"),
        ("layers", "layers: [a.b]\nignore_imports: ['a.b -> c d']", "`a.b -> c d` is no import"),
        ("layers", "layers: [a.b]\nignore_imports: ['a.* -> **.c']", ""),
    ],
)
def test_checking_a_contract(type_: str, contract: str, reason: str) -> None:
    said = refusal(f"layers {type_}".strip(), contract)
    assert said.startswith(reason)
    assert bool(said) is bool(reason)
