"""A small book with what runs and what is learned."""

from typing import Final

MANIFEST: Final = """
[book]
title = "Small"
id = "small"

[[parts]]
title = "All"
chapters = ["one.md", "two.md"]

[[paths]]
id = "short"
title = "The short way"
chapters = ["two"]

[editions.web]
run_seconds = 4
"""

ONE: Final = """\
---
hours: 2
---
# One

## Plain {#plain}

```python
print("begin")
print(6 * 7)
print("end")
```

```output
...
42
end
```

## Group {#group}

```python {group=g}
print("above")
base = 40
```

```python {group=g}
print(base + 2)
```

```output
42
```

```python {raises=ZeroDivisionError match="by zero"}
1 / 0
```

```python {syntax-error}
def f(:
```

```python
import asyncio

async def main():
    await asyncio.sleep(0)
    print("awaited")

asyncio.run(main())  #> awaited
```

```pycon
>>> 1 + 1
2
```

## Not here {#not-here}

```python {static}
serve_for_ever()
```

```python {requires=numpy}
import numpy
```

```python
import subprocess
```

```python {skip="takes a day"}
print("long")
```

:::{exercise} Double it
:id: double-it

Write `double`.

```python {starter}
def double(n):
    ...
```

```python {solution}
def double(n):
    return 2 * n
```

```python {test}
assert double(2) == 4
assert double("a") == "aa"
```
:::

:::{exercise} Count threads
:id: count-threads

Its tests need what a page lacks.

```python {starter}
def count():
    return 0
```

```python {solution}
def count():
    return 1
```

```python {test}
import threading

assert count() == threading.active_count()
```
:::

:::{qa} How many `legs` has a spider?
:id: spider
:self-check:

Eight. See [the plain section](one.md#plain).

```python
legs = 8
```
:::
"""

TWO: Final = """\
---
hours: 1
---
# Two

:::{term} Spider
An animal with eight legs.
:::

Text.
"""

BOOK: Final = {"vulgate.toml": MANIFEST, "one.md": ONE, "two.md": TWO}
