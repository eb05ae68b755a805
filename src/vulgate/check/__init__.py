"""Holds a code base to a book's rules.

Data flows through the modules in this order: `settings` (what the user wants), `ruleset` (the book's rules), `files` (what to
look at), `engine` (the detectors, through `workers` and `cache`), `records` (matches become findings), `suppress`, `changes`,
`baseline` (which of them are reported), `fix` (mending). `checker` runs them.
"""
