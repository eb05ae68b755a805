"""Writes a book of another layout as a book of ours: its chapters, a manifest, the files that it links to."""
