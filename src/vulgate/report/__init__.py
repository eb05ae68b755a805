"""The forms in which diagnostics are shown."""
