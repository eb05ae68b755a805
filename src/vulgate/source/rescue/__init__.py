"""Editions of the old compiler, read back: its encoding, order, lists and examples are mended as far as that is certain."""
