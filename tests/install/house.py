"""A small book of rules, for tests of what is installed of it."""

from typing import Final

_RULE: Final = """
:::{{rule}} Always {id}
:id: {id}
:severity: {severity}
:detect: {detect}
:fix: Write `{id}()`.
{option}
Why it matters.

```python {{bad}}
a = 1
```

```python {{good}}
b = 2
```
:::
"""
MANIFEST: Final = '[book]\ntitle = "House rules"\nid = "house"\nchapters = ["a.md"]\n'


def rule(id: str, severity: str = "high", option: str = "", detect: str = "review") -> str:
    """A rule whose title and fix are made of its id."""
    return _RULE.format(id=id, severity=severity, detect=detect, option=option)


def chapter(*rules: str) -> str:
    """A chapter of rules."""
    return "# A\n" + "".join(rules)
