"""The book as cards to learn from, for Anki."""
