"""Pages into their frames: the templates of the package, or those of the book's `theme/` folder."""

from collections.abc import Callable
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from vulgate.editions.base import EditionFileError
from vulgate.editions.web.compiled import COMPILED
from vulgate.editions.web.site import SEARCH, STATIC, Page, Site
from vulgate.model.suggest import did_you_mean

TEMPLATES: Final = ("base.html", "chapter.html", "index.html", "list.html", "missing.html", "moved.html", "nav.html")
THEME: Final = "theme"


class Frames:
    """Makes pages.

    Args:
        read: Gives the bytes of a file in the book's folder; `None` if there is none.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._navs: dict[tuple[str, str], str] = {}
        self._environment = SandboxedEnvironment(
            loader=jinja2.FunctionLoader(self._source),
            autoescape=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )

    def _source(self, name: str) -> str | None:
        return self.resource("templates", name)

    def resource(self, folder: str, name: str) -> str:
        """A template or a static file: the theme's, else the package's.

        Raises:
            EditionFileError: The theme's is not UTF-8.
            jinja2.TemplateNotFound: There is none.
        """
        if name in (*TEMPLATES, *STATIC, *SEARCH) and (text := self._themed(name)) is not None:
            return text
        if name not in (*TEMPLATES, *STATIC, *SEARCH):
            raise jinja2.TemplateNotFound(name, f"there is no template `{name}`: {did_you_mean(name, TEMPLATES)}")
        return (files("vulgate.editions.web") / folder / name).read_text("utf-8")

    def _themed(self, name: str) -> str | None:
        data = self._read(f"{THEME}/{name}")
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError as error:
            raise EditionFileError(f"{THEME}/{name}", "it is not UTF-8") from error

    def themed(self) -> dict[str, str]:
        """The templates of the theme, by name.

        Raises:
            EditionFileError: One is not UTF-8.
        """
        texts = {name: self._themed(name) for name in TEMPLATES}
        return {name: text for name, text in texts.items() if text is not None}

    def load(self) -> None:
        """Compiles the templates that every site needs.

        Raises:
            EditionFileError: A template of the theme is wrong.
        """
        for name in TEMPLATES:
            if name != "moved.html":
                self._template(name)
        COMPILED.save()

    def _template(self, name: str) -> jinja2.Template:
        try:
            return self._environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            raise EditionFileError(f"{THEME}/{error.name}", f"line {error.lineno}: {error.message}") from error
        except jinja2.TemplateError as error:
            raise EditionFileError(f"{THEME}/{name}", str(error)) from error

    def _nav(self, page: Page, site: Site, root: str) -> str:
        """The list of all chapters, with the page marked in it; it is made once for all pages of a chapter."""
        key = (page.chapter, root)
        if key not in self._navs:
            template = self._template("nav.html")
            self._navs[key] = template.render(site=site, current=page.chapter, root=root)
        here = f'href="{root}{page.values.get("here") or quote(page.path)}"'
        return self._navs[key].replace(here, f'{here} aria-current="page"', 1)

    def make(self, page: Page, site: Site, root: str = "") -> str:
        """A page as HTML.

        Args:
            page: The page.
            site: What all pages show.
            root: What leads from the page to the site's folder.

        Raises:
            EditionFileError: A template of the theme is wrong.
        """
        try:
            template = self._template(page.template)
            return template.render(page=page, site=site, root=root, nav=self._nav(page, site, root))
        except jinja2.TemplateSyntaxError as error:
            raise EditionFileError(f"{THEME}/{error.name}", f"line {error.lineno}: {error.message}") from error
        except (jinja2.TemplateError, TypeError, ValueError, ZeroDivisionError) as error:
            raise EditionFileError(f"{THEME}/{page.template}", str(error)) from error
