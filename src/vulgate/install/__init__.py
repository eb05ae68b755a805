"""Setting up a repository for its coding agents: what is written there, from which book, and whether it still holds."""
