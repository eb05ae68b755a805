"""The command line of the MCP Inspector, a client that is not the SDK's."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.server.serving import command

INSPECTOR = os.environ.get("VULGATE_INSPECTOR", "")


@pytest.mark.skipif(not Path(INSPECTOR).is_file(), reason="the MCP Inspector is not at VULGATE_INSPECTOR")
def test_the_inspector_lists_the_tools(compiled: Path, project: Path) -> None:
    argv = [INSPECTOR, "--cli", *command("mcp", compiled), "--method", "tools/list"]
    done = subprocess.run(argv, cwd=project, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    tools = json.loads(done.stdout)["tools"]
    assert [tool["name"] for tool in tools] == ["search", "get", "check_code", "rules_for", "compare", "outline"]
    assert all(tool["inputSchema"]["type"] == "object" and tool["outputSchema"] for tool in tools)
