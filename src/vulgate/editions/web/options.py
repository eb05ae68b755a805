"""The options of the web edition."""

from typing import Annotated, Final

from msgspec import Meta, Struct

_COLOR: Final = r"^(#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?)?$"
_FONT: Final = r"^[A-Za-z0-9 ,'_-]*$"
_ADDRESS: Final = r"^(https?://[^\s\"'<>]+)?$"


class WebOptions(Struct, frozen=True):
    """The keys of `[editions.web]`.

    Attributes:
        base: The address that the site is served under, for canonical links and the site map.
        accent: Colour of links and marks on light paper, such as `#0b57a4`.
        accent_dark: The same on dark paper.
        font: Families of the text, as in CSS; they must be on the reader's machine.
        code_font: Families of code.
        logo: An image in the book's folder.
        repository: Address of the book's source.
        search: Whether the site can be searched.
        pyodide: Folder of the npm package `pyodide`, with which readers run examples in the page; `$` and a name: the
            variable of the environment that holds it.
        run_seconds: How long a run in the page may take.
    """

    base: Annotated[str, Meta(pattern=_ADDRESS)] = ""
    accent: Annotated[str, Meta(pattern=_COLOR)] = ""
    accent_dark: Annotated[str, Meta(pattern=_COLOR)] = ""
    font: Annotated[str, Meta(pattern=_FONT)] = ""
    code_font: Annotated[str, Meta(pattern=_FONT)] = ""
    logo: str = ""
    repository: Annotated[str, Meta(pattern=_ADDRESS)] = ""
    search: bool = True
    pyodide: str = ""
    run_seconds: Annotated[float, Meta(gt=0, le=600)] = 10


def style(options: WebOptions) -> str:
    """The variables that the options set, as CSS to be put behind the book's own."""
    light = {"--accent": options.accent, "--font": options.font, "--mono": options.code_font}
    told = "".join(f"{name}:{value};" for name, value in light.items() if value)
    css = f":root{{{told}}}\n" if told else ""
    if dark := options.accent_dark:
        css += f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{--accent:{dark}}}}}\n"
        css += f":root[data-theme=dark]{{--accent:{dark}}}\n"
    return css
