"""What coding agents are given of a book: guides that fit a budget, written as the files of each agent."""
