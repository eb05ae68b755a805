"""Drawings are cleaned of what is active, and of what comes from elsewhere."""

import pytest

from vulgate.editions.svg import SvgError, clean_svg


@pytest.mark.parametrize(
    "svg",
    [
        "<script>x</script>",
        '<rect onload="x()" width="1" height="1"/>',
        '<image href="file:///etc/passwd"/>',
        '<a href="javascript:x"><rect width="1" height="1"/></a>',
        "<style>@import url(http://example.org/x.css); rect { fill: url(http://example.org/y) }</style>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>x</body></foreignObject>",
    ],
)
def test_svg_loses_what_is_active(svg: str) -> None:
    cleaned = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{svg}</svg>'.encode()).decode()
    for word in ("script", "onload", "file:", "javascript", "example.org", "foreignObject"):
        assert word not in cleaned.replace("http://www.w3.org", "")


ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'


@pytest.mark.parametrize("data", [b"", b"<svg", b"<html/>", b"\xff\xfe\x00", ENTITY, ENTITY.decode().encode("utf-16")])
def test_what_is_no_svg_says_why(data: bytes) -> None:
    with pytest.raises(SvgError):
        clean_svg(data)
