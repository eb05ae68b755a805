"""Comparing two books: which block is which, what is not as it was, and what of it breaks."""
