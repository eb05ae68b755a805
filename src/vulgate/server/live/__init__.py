"""The web book while it is being written: made from its source at every save, and shown at once."""
