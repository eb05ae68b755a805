"""Architecture contracts on the code of a user."""

from pathlib import Path
from typing import Final

import pytest

from tests.check.projects import Project
from tests.detect.support import find
from tests.detect.support import project as looked_at
from vulgate.detect.source import Settings
from vulgate.forked import can_fork

CONTRACT: Final = """
[[contracts]]
type = "layers"
name = "three layers"
layers = ["shop.web", "shop.orders", "shop.store"]
"""
SHOP: Final = {
    "shop/__init__.py": "",
    "shop/web.py": "from shop import orders\n",
    "shop/orders.py": "import shop.store\n\n\ndef f():\n    from shop import web\n    return web\n",
    "shop/store.py": "import os\n\nfrom shop.orders import f\n",
}
BROKEN: Final = ["shop/orders.py:5 lower-imports-upper", "shop/store.py:3 lower-imports-upper"]


@pytest.fixture
def shop(project: Project) -> Project:
    return project.configure(CONTRACT).put(SHOP)


def test_imports_against_the_layers(shop: Project) -> None:
    told = shop.told()
    assert told["exit"] == 1
    assert told["problems"] == []
    places = {f"{one['path']}:{one['start']['line']}" for one in told["findings"]}
    assert {"shop/orders.py:5", "shop/store.py:3"} <= places
    messages = [one["message"] for one in told["findings"]]
    assert "contract `three layers`: shop.store imports shop.orders" in messages
    assert told["findings"][0]["lines"] == ["    from shop import web"]


def test_after_imports_were_read_in_this_process(shop: Project, tmp_path: Path) -> None:
    """Grimp's threads are not in a forked copy, which would wait for them."""
    contract = Settings(({"type": "acyclic_siblings", "root": "shop"},))
    find(
        "layers acyclic_siblings",
        "",
        looked_at({"shop/__init__.py": "", "shop/web.py": ""}, tmp_path / "other", contract),
    )
    assert not can_fork()
    assert set(shop.found()) >= set(BROKEN)


def test_in_a_folder_for_sources(project: Project) -> None:
    project.configure(CONTRACT).put({f"src/{path}": text for path, text in SHOP.items()})
    assert {f"src/{one}" for one in BROKEN} <= set(project.found())


def test_a_kept_contract(shop: Project) -> None:
    assert shop.put({"shop/orders.py": "import shop.store\n", "shop/store.py": "import os\n"}).check().exit_code == 0


def test_imports_that_the_contract_lets_pass(shop: Project) -> None:
    ignored = 'ignore_imports = ["shop.store -> shop.orders", "shop.orders -> shop.web"]\n'
    assert shop.configure(CONTRACT + ignored).found() == []


def test_comments_and_configuration_let_pass(shop: Project) -> None:
    shop.put(
        {"shop/store.py": "import os\n\nfrom shop.orders import f  # vulgate: ignore[lower-imports-upper] for now\n"}
    )
    assert not any("store" in one for one in shop.found())
    shop.configure(f'[per-file-ignores]\n"shop/*" = ["layers"]\n{CONTRACT}')
    assert [one for one in shop.found() if "lower" in one] == []


def test_a_suppression_stays_when_something_else_is_mended(shop: Project) -> None:
    text = "import os\n\nfrom shop.orders import f  # vulgate: ignore[lower-imports-upper] for now\n\nlen(f) == 0\n"
    shop.put({"shop/store.py": text}).check("--fix")
    assert shop.read("shop/store.py").decode() == text.replace("len(f) == 0", "not f")


def test_a_changed_file_is_seen(shop: Project) -> None:
    assert any("store" in one for one in shop.found())
    assert shop.found() == shop.found("--no-cache")
    shop.put({"shop/store.py": "import os\n"})
    assert shop.found() == ["shop/orders.py:5 lower-imports-upper"]
    shop.put({"shop/store.py": SHOP["shop/store.py"]})
    assert any("store" in one for one in shop.found())


def test_a_changed_file_is_seen_that_was_not_asked_for(shop: Project) -> None:
    shop.put(
        {
            "shop/orders.py": "import shop.store\n",
            "shop/store.py": "import shop.tools\n",
            "shop/tools.py": "import shop.web\n",
        }
    )
    assert any("store" in one for one in shop.found("shop/store.py"))
    shop.put({"shop/tools.py": "x = 1\n"})
    assert shop.found("shop/store.py") == []


def test_a_package_with_the_name_of_an_installed_one(project: Project) -> None:
    """The package is the user's, not what this program has imported."""
    project.configure('[[contracts]]\ntype = "layers"\nlayers = ["click.web", "click.store"]\n')
    project.put({"click/__init__.py": "", "click/web.py": "", "click/store.py": "import click.web\n"})
    told = project.told()
    assert told["problems"] == []
    assert [(one["path"], one["start"]["line"]) for one in told["findings"]] == [("click/store.py", 1)]


def test_a_package_that_is_missing(project: Project) -> None:
    told = project.configure(CONTRACT).put({"a.py": "print(1)\n"}).told()
    assert told["exit"] == 2
    assert "the imports of shop cannot be read" in told["problems"][0]["message"]
    assert [one["slug"] for one in told["findings"]] == ["no-print"]


def test_a_module_that_does_not_parse(shop: Project) -> None:
    told = shop.put({"shop/store.py": "def\n", "a.py": "print(1)\n"}).told()
    assert told["exit"] in (1, 2)
    assert any(problem["path"] == "shop/store.py" for problem in told["problems"])
    assert "no-print" in {one["slug"] for one in told["findings"]}
