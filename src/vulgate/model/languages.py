"""The files that are written in a language, as globs of their names."""

from typing import Final

LANGUAGES: Final = {
    "python": ("*.py", "*.pyi", "*.ipynb"),
    "dockerfile": ("Dockerfile", "Dockerfile.*", "*.dockerfile", "Containerfile"),
    "toml": ("*.toml",),
    "yaml": ("*.yml", "*.yaml"),
    "ini": ("*.ini", "*.cfg", ".env", ".env.*"),
    "json": ("*.json",),
    "sql": ("*.sql",),
    "bash": ("*.sh", "*.bash"),
    "html": ("*.html", "*.htm", "*.jinja", "*.j2"),
    "javascript": ("*.js", "*.mjs", "*.cjs", "*.jsx"),
    "typescript": ("*.ts", "*.tsx", "*.mts"),
    "rego": ("*.rego",),
    "rust": ("*.rs",),
    "go": ("*.go",),
}
"""Globs by the word after the opening of a fence."""
CONFIGURATION: Final = frozenset({"dockerfile", "toml", "yaml", "ini", "json"})
"""The languages that programs are configured in."""
