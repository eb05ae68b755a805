"""Proves a book: runs its examples in isolation, and holds what they do against what the book says.

`plan` finds what there is to prove, `execution` runs it through a runner of `runners/` and the warm interpreters of `warm`,
`judge` decides, `record` keeps the verdicts, and `prove` sets them on the blocks of the compiled book. `verifier` ties these
together.
"""
