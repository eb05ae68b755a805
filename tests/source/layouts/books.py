"""Small books in the layouts of other tools."""

import json
from pathlib import Path

MDBOOK = {
    "book.toml": '[book]\ntitle = "Rusty"\nauthors = ["A"]\n',
    "src/SUMMARY.md": (
        "# Summary\n\n[Before](before.md)\n\n# Basics\n\n- [First](first.md)\n  - [Inside](inside.md)\n- [Later]()\n\n"
        "# More\n\n- [Second](second.md)\n\n[After](after.md)\n"
    ),
    "src/before.md": "# Before\n\nRead [the first](first.html#steps).\n",
    "src/first.md": (
        "# First\n\n## Steps\n\nRun it:\n\n```rust,ignore\n{{#include ../code/main.rs:body}}\n```\n\n"
        "```python,ignore\nprint(nowhere)\n```\n\n\\{{#include none.md}} is text.\n"
    ),
    "src/inside.md": "Text without a heading.\n",
    "src/second.md": "# Second\n\n{{#include more.txt:2:3}}\n",
    "src/more.txt": "one\ntwo\nthree\nfour\n",
    "src/after.md": "# After\n\nThe end.\n",
    "code/main.rs": "fn main() {\n// ANCHOR: body\n    let x = 1;\n// ANCHOR_END: body\n}\n",
}
MKDOCS = {
    "mkdocs.yml": (
        "site_name: Mike\nmarkdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:os.system\n"
        "plugins: !ENV [PLUGINS, []]\nnav:\n  - Home: index.md\n  - Guide:\n    - Start: guide/start.md\n    - guide/gone.md\n"
        "    - guide/start.md\n    - Elsewhere: https://example.org/\n"
    ),
    "docs/index.md": (
        '# Home\n\n!!! danger "Hot"\n    Do not touch.\n\n    ```python title="a.py"\n'
        "    x = 1\n    ```\n\nSee [start](guide/start/).\n"
    ),
    "docs/guide/start.md": (
        '---\nicon: x\ndescription: How to start\n---\n## Only a section\n\n=== "Linux"\n'
        '\n    Use `apt`.\n\n=== "Windows"\n\n    Use `winget`.\n\n'
        '--8<-- "part.txt"\n\n??? note\n    Folded.\n'
    ),
    "docs/other.md": "# Other\n\nText.\n",
    "part.txt": "From a snippet.\n",
}
DOCUSAURUS = {
    "docusaurus.config.js": "export default {\n  title: 'Dino',\n};\n",
    "docs/intro.md": "---\nsidebar_position: 2\ntitle: Introduction\n---\n\nHello.\n",
    "docs/setup.mdx": (
        "---\nsidebar_position: 1\n---\nimport Tabs from '@theme/Tabs';\n\n# Set-up\n\n"
        ":::tip[Be quick]\n\nIt is short.\n\n:::\n\n"
        '<Tabs>\n<TabItem value="a" label="Apple">\n\nAn apple.\n\n</TabItem>\n</Tabs>\n\n```js {1,3} title="x.js"\nlet x\n```\n'
    ),
    "docs/deep/_category_.json": '{"label": "Deeper", "position": 3}',
    "docs/deep/one.md": "# One\n\n[back](/docs/intro)\n",
}
VITEPRESS = {
    ".vitepress/config.mts": (
        "export default { title: 'Vita',\n"
        "  themeConfig: { sidebar: [ { items: [ { text: 'B', link: '/b' }, { text: 'A', link: '/a' } ] } ] } }\n"
    ),
    "a.md": "# A\n\n<<< @/snippets/x.ts#part{2}\n\n[[toc]]\n\n[B](/b)\n",
    "b.md": (
        "# B\n\n::: details Read\nFolded.\n:::\n\n::: code-group\n```sh [npm]\nnpm i\n"
        "```\n:::\n\n<script setup>\nconst x = 1\n</script>\n"
    ),
    "snippets/x.ts": "let a\n// #region part\nlet b\n// #endregion part\n",
}
MYST = {
    "_toc.yml": "format: jb-book\nroot: intro\nparts:\n  - caption: Core\n    chapters:\n      - file: one\n      - file: two\n",
    "_config.yml": "title: Mister\nauthor: B\n",
    "intro.md": "# Intro\n\nSee {ref}`the-target` and {doc}`one`.\n",
    "one.md": (
        "# One\n\n(the-target)=\n## Target\n\n```{note} Look\n:class: dropdown\nA note with {func}`len` in it.\n```\n\n"
        "```{code-block} python\n:caption: a.py\nx = 1\n```\n\n`` {ref}`kept` ``\n\n:::{mystery}\nIts text.\n:::\n"
    ),
    "two.md": "# Two\n\n```{literalinclude} code.py\n:lines: 1-1\n```\n\n% a comment\n",
    "code.py": "a = 1\nb = 2\n",
}
QUARTO = {
    "_quarto.yml": (
        "project:\n  type: book\nbook:\n  title: Quarry\n  chapters:\n    - index.qmd\n"
        "    - part: Basics\n      chapters: [one.qmd]\n  appendices: [last.qmd]\n"
    ),
    "index.qmd": "# Preface {.unnumbered}\n\nSee @sec-one.\n",
    "one.qmd": (
        "# One {#sec-one}\n\n::: {.callout-tip}\n## Try\nIt works.\n:::\n\n```{python}\n"
        "#| echo: false\nprint(1)\n```\n\n{{< include _part.qmd >}}\n"
    ),
    "_part.qmd": "Included.\n",
    "last.qmd": "# Last\n\nThe end.\n",
}


def notebook() -> bytes:
    """A notebook with text, code, output, a picture and an error."""

    def code(source: str, *outputs: dict[str, object]) -> dict[str, object]:
        return {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": source.splitlines(True),
            "outputs": list(outputs),
        }

    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Numbers\n", "\n", "Add them."]},
        code("x = 1 + 1\nprint(x)", {"output_type": "stream", "name": "stdout", "text": ["2\n"]}),
        code(
            "x",
            {
                "output_type": "execute_result",
                "data": {"text/plain": ["2"], "image/png": "AAAA"},
                "metadata": {},
                "execution_count": 2,
            },
        ),
        code("%timeit x"),
        code("1 / 0", {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "", "traceback": []}),
    ]
    metadata = {"kernelspec": {"language": "python", "name": "python3"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}, indent=1).encode()


def write(folder: Path, files: dict[str, str] | dict[str, bytes]) -> Path:
    """Writes the files of a book."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder
