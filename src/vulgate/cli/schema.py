"""`vulgate schema`."""

import click

from vulgate.cli.common import print_json

EPILOG = """\b
Examples:
  vulgate schema > model.schema.json
  vulgate schema --of manifest
"""


@click.command(epilog=EPILOG)
@click.option(
    "--of",
    "what",
    type=click.Choice(["model", "manifest", "diagnostics", "findings", "changes", "chunks", "audit"]),
    default="model",
    help="What to describe.",
)
def schema(what: str) -> None:
    """Print the JSON Schema (2020-12) of the model, the manifest, diagnostics, findings, changes, chunks or an audit."""
    from vulgate.editions.chunks import Chunk
    from vulgate.model.schema import Model, json_schema
    from vulgate.report.audit import data as audit
    from vulgate.report.changes import data
    from vulgate.report.findings.schema import TITLE, JsonReport
    from vulgate.report.machine import JsonDiagnostic
    from vulgate.source.book import Manifest

    described = {
        "model": (Model, "A book compiled by Vulgate"),
        "manifest": (Manifest, "The manifest of a book, vulgate.toml"),
        "diagnostics": (JsonDiagnostic, "A diagnostic, one of the list in `--json` output"),
        "findings": (JsonReport, TITLE),
        "changes": (data.JsonComparison, data.TITLE),
        "audit": (audit.JsonAudit, audit.TITLE),
        "chunks": (Chunk, "A line of NAME.chunks.jsonl, the edition for retrieval"),
    }
    print_json(json_schema(*described[what]))
