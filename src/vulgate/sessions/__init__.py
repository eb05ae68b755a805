"""What of a book runs together, and how each fence is treated in one place: for proving it, and for running it in a page."""
