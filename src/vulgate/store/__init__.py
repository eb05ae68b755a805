"""The compiled book on disk, and the build cache."""
