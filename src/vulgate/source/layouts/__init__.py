"""The layouts of other tools: one module a layout, which says what the book's pages are, their order and their dialect."""
