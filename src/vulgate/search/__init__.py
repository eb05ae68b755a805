"""Answers from compiled books: ranked passages, whole blocks, comparisons, rules, outlines.

`Library` opens books; the functions of `ranking`, `reading`, `comparing`, `advising`, `outlining` and `asking` take a library and
give the nouns of `answers`. The command line, HTTP and MCP call these functions and no others, so they say the same.
"""
