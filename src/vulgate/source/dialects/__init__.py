"""What other dialects of Markdown write differently, put into our source format: one module a construct.

A change is a function from lines to lines (`dialects/page.py`), so that each line still
knows the place on disk that it comes from.
"""
