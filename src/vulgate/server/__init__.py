"""Serving compiled books to coding agents: an MCP server over stdio and HTTP, and plain JSON over HTTP.

`shelf` keeps the books open, `tools` answers, `arguments` takes what models really send, `fitting` holds answers to a budget,
`rendering` writes them as Markdown; `app` ties these to the SDK, and `web` puts the app behind HTTP.
"""
