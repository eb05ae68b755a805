"""The web edition: the book as a static site."""
