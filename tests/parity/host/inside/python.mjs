// CPython inside workerd: npm's Pyodide, persuaded that it runs in a browser's web worker.
//
// Cloudflare starts Python Workers from a bundle that it does not publish, so this takes the public
// build instead. Three things stand in its way, and each has a function below: Pyodide looks for a
// browser, fetches its own files, and compiles code at run time, which workerd allows only through
// Miniflare's local-only `UNSAFE_EVAL` binding.

import emscriptenSource from "./pyodide.asm.txt";
import wasmModule from "./pyodide.asm.wasm";
import standardLibrary from "./python_stdlib.zip";
import lockFile from "./pyodide-lock.txt";
import pythonFiles from "./python-files.txt";
import { flags as compatibilityFlags } from "./compatibility.mjs";
import * as cloudflareWorkers from "cloudflare:workers";

let started;

/** The interpreter, with the SDK and every case's files in place, and the glue's functions. One an isolate. */
export function python(unsafeEval) {
  return (started ??= start(unsafeEval));
}

async function start(unsafeEval) {
  pretendToBeAWebWorker();
  allowWasm(unsafeEval);
  globalThis._createPyodideModule = unsafeEval.newFunction(
    `${emscriptenSource}\nreturn _createPyodideModule;`, "pyodide")();
  const pyodide = await withOwnFiles(async () => {
    const { loadPyodide } = await import("./pyodide.mjs");
    return loadPyodide({ indexURL: "http://pyodide/", lockFileContents: JSON.parse(lockFile) });
  });
  for (const [path, text] of Object.entries(JSON.parse(pythonFiles))) writeFile(pyodide.FS, path, text);
  pyodide.registerJsModule("_pyodide_entrypoint_helper", sdkHelper);
  pyodide.registerJsModule("_cloudflare_compat_flags", compatibilityFlags);
  return pyodide.pyimport("glue");
}

function pretendToBeAWebWorker() {
  globalThis.importScripts = () => {};
  globalThis.addEventListener = () => {};
  globalThis.location ??= new URL("http://pyodide/");
  globalThis.WorkerGlobalScope ??= class {};
}

/** Let WebAssembly be compiled from bytes: Pyodide builds small trampolines while it runs. */
function allowWasm(unsafeEval) {
  const Real = WebAssembly.Module;
  const instantiate = WebAssembly.instantiate.bind(WebAssembly);
  const compile = (bytes) => (bytes instanceof Real ? bytes : unsafeEval.newWasmModule(bytes));
  function Module(bytes) { return compile(bytes); }
  Module.prototype = Real.prototype;
  for (const name of ["customSections", "exports", "imports"]) Module[name] = Real[name]?.bind(Real);
  WebAssembly.Module = Module;
  WebAssembly.compile = async (bytes) => compile(bytes);
  WebAssembly.instantiate = async (source, imports) => source instanceof Real
    ? instantiate(source, imports)
    : { module: compile(source), instance: await instantiate(compile(source), imports) };
  WebAssembly.instantiateStreaming = async (_, imports) =>
    ({ module: wasmModule, instance: await instantiate(wasmModule, imports) });
}

/** Run `load` while Pyodide's requests for its own files are answered from this Worker's bundle. */
async function withOwnFiles(load) {
  const fetch = globalThis.fetch;
  globalThis.fetch = async (resource, init) => {
    const url = String(resource?.url ?? resource);
    if (url.endsWith("python_stdlib.zip")) return new Response(standardLibrary);
    if (url.endsWith(".wasm")) return new Response("taken from the bundle by instantiateStreaming");
    return fetch(resource, init);
  };
  try { return await load(); } finally { globalThis.fetch = fetch; }
}

function writeFile(files, path, text) {
  files.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  files.writeFile(path, text);
}

// What Cloudflare's launcher gives to its SDK.
const sdkHelper = {
  // `from workers import env`: a case that is being imported gets its own bindings, not those of the shared isolate.
  cloudflareWorkersModule: { waitUntil: cloudflareWorkers.waitUntil, env: cloudflareWorkers.env },
  cloudflareSocketsModule: {},
  doAnImport: (name) => (name.endsWith("/workflows.js") ? import("./workflows.mjs") : import(name)),
  patchWaitUntil: acceptCoroutines,
};

const patched = new WeakSet();

/** Let `ctx.waitUntil` take a coroutine, and keep it alive until it is done. */
function acceptCoroutines(context) {
  if (patched.has(context) || typeof context.waitUntil !== "function") return;
  patched.add(context);
  const waitUntil = context.waitUntil.bind(context);
  context.waitUntil = (task) => {
    const kept = task?.copy ? task.copy() : task;
    waitUntil((async () => { try { await kept; } finally { kept?.destroy?.(); } })());
  };
}
