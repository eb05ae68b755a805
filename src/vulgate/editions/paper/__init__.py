"""The book on paper and on reading devices: EPUB and PDF.

Both are made from one manuscript. `manuscript` writes the chapters in Pandoc's Markdown, Pandoc reads them, and what it read is
set: `compositor` numbers headings, gives links their places and takes out what has no place in a book; `epub` and `pdf`
say how boxes, code and pictures are written in each of them.
"""
