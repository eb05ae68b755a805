// Runs jobs in Pyodide: CPython compiled to WebAssembly. Takes a job as a line of JSON on standard input and answers with one,
// as server.py does. Each job gets a fresh interpreter, made from a snapshot of the memory of one that has just started.
//
// Usage: node pyodide.mjs PYODIDE_FOLDER CHILD BOOTSTRAP

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, childPath, bootstrapPath] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const child = readFileSync(childPath, "utf8");
const bootstrap = readFileSync(bootstrapPath, "utf8");
const quiet = { stdout: () => {}, stderr: () => {}, indexURL: folder };

// Pyodide compiles its ten megabytes of WebAssembly anew for each interpreter; once is enough.
const { instantiate } = WebAssembly;
const compiled = new Map();
WebAssembly.instantiate = async (source, imports) => {
  if (source instanceof WebAssembly.Module) return instantiate(source, imports);
  const key = createHash("sha256").update(source instanceof ArrayBuffer ? new Uint8Array(source) : source).digest("hex");
  if (!compiled.has(key)) compiled.set(key, WebAssembly.compile(source));
  const module = await compiled.get(key);
  return { module, instance: await instantiate(module, imports) };
};

const first = await loadPyodide({ ...quiet, _makeSnapshot: true });
first.runPython("import asyncio, json"); // what runs the jobs needs both, and they take longer than most jobs
const snapshot = first.makeMemorySnapshot();

async function run(line) {
  const python = await loadPyodide({ ...quiet, _loadSnapshot: snapshot });
  python.FS.writeFile("/child.py", child);
  python.FS.writeFile("/request.json", line);
  try {
    return python.runPython(bootstrap);
  } catch (error) {
    // Not an exception of the example, which the child reports: the WebAssembly machine itself gave up.
    const lines = String(error.message ?? error).trim().split("\n");
    // Pyodide's sockets stand on a module of Node that is not in the sandbox.
    const fatal = error.code === "MODULE_NOT_FOUND" ? `Operation not supported: ${lines[0]}` : lines.at(-1);
    return JSON.stringify({ steps: [], fatal });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await run(line);
  process.stdout.write(answer + "\n");
}
process.exit(0);
