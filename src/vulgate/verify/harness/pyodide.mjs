// Runs jobs in Pyodide: CPython compiled to WebAssembly. Takes a job as a line of JSON on standard input and answers with one,
// as server.py does. Each job gets a fresh interpreter, made from a snapshot of the memory of one that has just started.
//
// Usage: node pyodide.mjs PYODIDE_FOLDER CHILD BOOTSTRAP

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, childPath, bootstrapPath] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const child = readFileSync(childPath, "utf8");
const bootstrap = readFileSync(bootstrapPath, "utf8");
const quiet = { stdout: () => {}, stderr: () => {}, indexURL: folder };

const first = await loadPyodide({ ...quiet, _makeSnapshot: true });
const snapshot = first.makeMemorySnapshot();

async function run(line) {
  const python = await loadPyodide({ ...quiet, _loadSnapshot: snapshot });
  python.FS.writeFile("/child.py", child);
  python.FS.writeFile("/request.json", line);
  try {
    return python.runPython(bootstrap);
  } catch (error) {
    // Not an exception of the example, which the child reports: the WebAssembly machine itself gave up.
    return JSON.stringify({ steps: [], fatal: String(error.message ?? error).trim().split("\n").at(-1) });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await run(line);
  process.stdout.write(answer + "\n");
}
process.exit(0);
