"""The forms of an audit: text, JSON, and one HTML page that stands alone."""
