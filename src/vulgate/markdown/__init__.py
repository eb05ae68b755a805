"""Text to tree, with byte spans."""
