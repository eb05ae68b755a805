"""What names mean: imports in all their forms, aliases, names that the code takes for its own."""

import ast

import pytest

from tests.detect.support import grep, source

SLEEP = "calls: [time.sleep]"
OPEN = "calls: [open]"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import time", {"time": "time"}),
        ("import os.path", {"os": "os"}),
        ("import os.path as p", {"p": "os.path"}),
        ("from time import sleep", {"sleep": "time.sleep"}),
        ("from time import sleep as s, time", {"s": "time.sleep", "time": "time.time"}),
        ("from os import path\njoin = path.join", {"path": "os.path", "join": "os.path.join"}),
        ("import time\na = time.sleep\nb = a", {"time": "time", "a": "time.sleep", "b": "time.sleep"}),
        ("from . import x", {"x": ".x"}),
        ("from .time import sleep", {"sleep": ".time.sleep"}),
        ("from ..a.b import c as d", {"d": "..a.b.c"}),
        ("x = y.z", {}),
        ("import a\na = a.a", {"a": "a"}),
        ("def f():\n    import time as t", {"t": "time"}),
        ("if True:\n    from time import sleep", {"sleep": "time.sleep"}),
    ],
)
def test_what_a_file_imports(code: str, names: dict[str, str]) -> None:
    assert source(code).names == names


@pytest.mark.parametrize(
    ("code", "qualname"),
    [
        ("import time\ntime.sleep", "time.sleep"),
        ("from time import sleep as s\ns", "time.sleep"),
        ("open", "builtins.open"),
        ("open.__name__", "open.__name__"),
        ("from gzip import open\nopen", "gzip.open"),
        ("def open(): ...\nopen", "open"),
        ("class open: ...\nopen", "open"),
        ("open = 3\nopen", "open"),
        ("for open in (): ...\nopen", "open"),
        ("with f() as open: ...\nopen", "open"),
        ("class A:\n    def open(self): ...\nopen", "builtins.open"),
        ("class A:\n    open = 3\nopen", "builtins.open"),
        ("def f(open): ...\nopen", "builtins.open"),
        ("f(3)", ""),
        ("x[0].y", ""),
    ],
)
def test_the_meaning_of_the_last_expression(code: str, qualname: str) -> None:
    file = source(code)
    assert file.tree is not None
    last = file.tree.body[-1]
    assert isinstance(last, ast.Expr)
    assert file.qualname(last.value) == qualname


@pytest.mark.parametrize(
    "bindings",
    [
        "def f(open): ...",
        "def f(*open): ...",
        "def f(a, *, open=3): ...",
        "f = lambda open: 3",
        "try: ...\nexcept Exception as open: ...",
        "match x:\n    case {**open}: ...",
        "match x:\n    case [*open]: ...",
        "match x:\n    case 1 as open: ...",
        "(open := 3)",
        "[open for open in ()]",
        "async def open(): ...",
    ],
)
def test_every_binding_is_seen(bindings: str) -> None:
    file = source(bindings)
    inside = bindings.startswith(("def f", "f = lambda"))
    assert file.is_own("open", 1) or not inside
    assert file.is_own("open", 1, in_function=True) is inside
    assert file.is_own("open", 9) is not inside


class TestCalls:
    """The same through `calls` of an ast-grep rule."""

    @pytest.mark.parametrize(
        "code",
        [
            "import time\ntime.sleep(3)",
            "import time as t\nt.sleep(3)",
            "from time import sleep\nsleep(3)",
            "from time import sleep as s\ns(3)",
            "from time import (\n    time,\n    sleep as s,\n)\ns(3)",
            "import time\nwait = time.sleep\nwait(3)",
            "from time import sleep\nwait = sleep\nagain = wait\nagain(3)",
            "def f():\n    import time\n    time.sleep(3)",
            "def f():\n    try:\n        import time\n    except ImportError:\n        time = None\n    time.sleep(3)",
            "try:\n    import time\nexcept ImportError:\n    time = None\ntime.sleep(3)",
            "class A:\n    def time(self): ...\nimport time\ntime.sleep(3)",
        ],
    )
    def test_found(self, code: str) -> None:
        assert len(grep(SLEEP, code)) == 1

    @pytest.mark.parametrize(
        "code",
        [
            "time.sleep(3)",
            "from asyncio import sleep\nsleep(3)",
            "from .time import sleep\nsleep(3)",
            "from . import time\ntime.sleep(3)",
            "import time\ndef f(time):\n    time.sleep(3)",
            "import time\ndef f():\n    time = x()\n    time.sleep(3)",
            "import time\nself.time.sleep(3)",
            "import time\ntime.sleep",
            "import time\nx().sleep(3)",
        ],
    )
    def test_not_found(self, code: str) -> None:
        assert grep(SLEEP, code) == []

    @pytest.mark.parametrize(
        "code",
        [
            "open('a')",
            "import builtins\nbuiltins.open('a')",
            "from builtins import open as o\no('a')",
            "import a\na.b(\n    open=3,\n)\nopen('a')",
            "class A:\n    def open(self):\n        return open('a')",
            "def f(open): ...\nopen('a')",
        ],
    )
    def test_builtin_found(self, code: str) -> None:
        assert grep("calls: [builtins.open]", code)[-1].endswith("('a')")

    @pytest.mark.parametrize(
        "code",
        [
            "def open(x): ...\nopen('a')",
            "from gzip import open\nopen('a')",
            "open = 3\nopen('a')",
            "def f(open):\n    open('a')",
            "def f():\n    def g():\n        open('a')\n    open = 3",
            "x.open('a')",
        ],
    )
    def test_builtin_not_found(self, code: str) -> None:
        assert grep(OPEN, code) == []

    def test_a_builtin_may_be_named_with_its_module_or_without(self) -> None:
        assert grep(OPEN, "open('a')") == grep("calls: [builtins.open]", "open('a')") == ["open('a')"]
        assert grep("calls: [dict.fromkeys]", "dict.fromkeys(x)") == ["dict.fromkeys(x)"]

    def test_code_that_this_python_cannot_parse_is_looked_at_all_the_same(self) -> None:
        assert grep(SLEEP, "from time import sleep\nprint 'x'\nsleep(3)") == ["sleep(3)"]
