"""Inline Markdown as plain text."""

import pytest

from vulgate.model.inline import plain


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Why `except*` forbids *jumps*", "Why except* forbids jumps"),
        ("sys.modules vs \\_\\_pycache\\_\\_", "sys.modules vs __pycache__"),
        ("a `**options` [x `y*`](z.md) [[a/b-c]] [[a/b|and so on]]", "a **options x y* b-c and so on"),
        ("``a`b`` and **bold**", "a`b and bold"),
        ("2 * 3 ** 4", "2 * 3 ** 4"),
        ("`not closed\nin *two* lines", "not closed in two lines"),
    ],
)
def test_marks_go_and_code_stays(written: str, text: str) -> None:
    assert plain(written) == text
