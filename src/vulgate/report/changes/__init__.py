"""The forms in which the differences of two books are shown: text, JSON, a changelog in Markdown."""
