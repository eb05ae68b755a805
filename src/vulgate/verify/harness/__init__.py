"""What runs inside the interpreter that a book is proven on: files for Python 3.8 and its standard library, started by path."""
