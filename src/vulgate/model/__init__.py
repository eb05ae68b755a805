"""The nouns: books, chapters, blocks, spans, diagnostics. Imports nothing of ours but itself."""
