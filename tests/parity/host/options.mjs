// From a plan (cases with their files and wrangler configurations) to Miniflare's options.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { outside } from "./origins.mjs";
import { siteBinding, siteWorker } from "./sites.mjs";
import { bindings, singles, statefulClasses } from "./wrangler.mjs";

const INSIDE = path.join(import.meta.dirname, "inside");
const PYODIDE = path.dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
const SITE_PACKAGES = "/lib/python3.13/site-packages";
const COMPATIBILITY_DATE = "2026-05-01";
const FLAGS_SINCE = { // of Cloudflare's SDK
  python_request_headers_preserve_commas: "2026-02-17",
  python_workflows_implicit_dependencies: "2026-02-25",
};

/**
 * A router, and one Worker for all cases of one compatibility date, because starting Python takes seconds.
 */
export function miniflareOptions({ cases, sdk }) {
  const groups = groupsOf(cases);
  const pythons = groups.map((group) => pythonWorker(group, sdk));
  const workers = [router(groups), ...pythons, ...cases.map(siteWorker).filter(Boolean)];
  return { cf: false, unsafeTriggerHandlers: true, workers };
}

/** The router's names for the isolates in which Python is to be started. */
export function isolates({ cases }) {
  return groupsOf(cases).map(({ name }) => serviceName(name, "isolate"));
}

/** The Worker in which a case runs. */
export function workerOf({ cases }, caseName) {
  return groupsOf(cases).find((group) => group.cases.some(({ name }) => name === caseName)).name;
}

/**
 * Which cases share a Worker: those of one date. Those with a Tail Worker have one to themselves, and its like again,
 * which is told of each invocation.
 */
function groupsOf(cases) {
  const dateOf = ({ wrangler }) => wrangler.compatibility_date ?? COMPATIBILITY_DATE;
  const nameOf = (each) => dateOf(each) + (each.wrangler.tail_consumers ? "-tailed" : "");
  return [...new Set(cases.map(nameOf))].flatMap((name) => {
    const members = cases.filter((each) => nameOf(each) === name);
    const group = { name, date: dateOf(members[0]), cases: members };
    const consumer = `${name}-consumer`;
    if (!name.endsWith("-tailed")) return [group];
    return [{ ...group, tails: [consumer] }, { ...group, name: consumer, isTold: true }];
  });
}

/** The router's name for the entrypoint of a case. */
export function serviceName(caseName, className = "Default") {
  return `${caseName.replaceAll(/\W/g, "_")}__${className}`;
}

function router(groups) {
  const services = groups.flatMap(({ name: worker, cases, isTold }) => [
    [serviceName(worker, "isolate"), { name: worker }],
    ...(isTold ? [] : cases.map(({ name }) => [serviceName(name), { name: worker, entrypoint: serviceName(name) }])),
  ]);
  return {
    name: "router", compatibilityDate: COMPATIBILITY_DATE, compatibilityFlags: ["service_binding_extra_handlers"],
    modulesRoot: "/", modules: ["router.mjs", "sockets.mjs"].map((file) => module("ESModule", `/${file}`, read(file))),
    serviceBindings: Object.fromEntries(services),
  };
}

/** The Worker of a group of cases. What a case binds bears the case's name there. */
function pythonWorker({ name, date, cases, tails = [] }, sdk) {
  const bound = cases.map((each) => ({
    ...bindings(each.wrangler, {
      prefix: prefixOf(each), owner: each.name, exported: (className) => serviceName(each.name, className),
    }),
    serviceBindings: { ...services(each, name), ...siteBinding(each, prefixOf(each)) },
  }));
  const merged = Object.fromEntries(Object.keys(bound[0]).map((key) =>
    [key, Object.assign({}, ...bound.map((each) => each[key]))]));
  return {
    name, compatibilityDate: date, unsafeEvalBinding: "UNSAFE_EVAL", modulesRoot: "/", tails,
    modules: [module("ESModule", "/entry.mjs", exportsOf(cases)), ...modules(cases, sdk, date)],
    ...merged, ...singles(cases.map((each) => [each.wrangler, prefixOf(each)])), outboundService: outside(cases),
  };
}

const prefixOf = ({ name }) => serviceName(name, "");

/** A case's service bindings are to its own entrypoints. */
function services(each, worker) {
  return Object.fromEntries((each.wrangler.services ?? []).map(({ binding, entrypoint }) =>
    [prefixOf(each) + binding, { name: worker, entrypoint: serviceName(each.name, entrypoint ?? "Default") }]));
}

/** The source of a Worker that exports one class for each Python class that is asked for. */
function exportsOf(cases) {
  const lines = cases.flatMap((each) => {
    const bound = (each.wrangler.services ?? []).map(({ entrypoint }) => entrypoint ?? "Default");
    const mail = (each.wrangler.send_email ?? []).map((one) => one.name);
    const classes = { WorkerEntrypoint: [...new Set(["Default", ...bound])], ...statefulClasses(each.wrangler) };
    return Object.entries(classes).flatMap(([kind, names]) => names.map((name) => {
      const given = [kind, each.name, name, prefixOf(each), mail].map((value) => JSON.stringify(value));
      return `export const ${serviceName(each.name, name)} = entrypoint(${given.join(", ")});`;
    }));
  });
  const consumers = cases.flatMap((each) => (each.wrangler.queues?.consumers ?? []).map(({ queue }) =>
    `${JSON.stringify(prefixOf(each) + queue)}: { Entrypoint: ${serviceName(each.name)}, name: ${JSON.stringify(queue)} },`));
  return [
    'import { entrypoint, isolate } from "./entrypoints.mjs";', ...lines,
    "export default isolate({", ...consumers, `}, { ${cases.map(({ name }) => serviceName(name)).join(", ")} });`,
  ].join("\n");
}

function modules(cases, sdk, date) {
  const flags = Object.entries(FLAGS_SINCE).map(([flag, since]) => [flag, date >= since]);
  return [
    module("ESModule", "/compatibility.mjs", `export const flags = ${JSON.stringify(Object.fromEntries(flags))};`),
    module("ESModule", "/entrypoints.mjs", read("entrypoints.mjs")),
    module("ESModule", "/python.mjs", read("python.mjs")),
    module("Text", "/python-files.txt", JSON.stringify(pythonFiles(cases, sdk))),
    module("ESModule", "/workflows.mjs", fs.readFileSync(path.join(sdk, "workers/workflows.js"), "utf8")),
    module("ESModule", "/pyodide.mjs", pyodide("pyodide.mjs")),
    module("Text", "/pyodide.asm.txt", pyodide("pyodide.asm.js")),
    module("Text", "/pyodide-lock.txt", pyodide("pyodide-lock.json")),
    module("CompiledWasm", "/pyodide.asm.wasm", pyodide("pyodide.asm.wasm", null)),
    module("Data", "/python_stdlib.zip", pyodide("python_stdlib.zip", null)),
  ];
}

/** Every Python file by its path in the interpreter: Cloudflare's SDK, our glue, and the cases. */
function pythonFiles(cases, sdk) {
  const files = { [`${SITE_PACKAGES}/glue.py`]: read("glue.py") };
  for (const found of fs.readdirSync(sdk, { recursive: true })) {
    const ours = found === "asgi.py" || (found.startsWith("workers") && found.endsWith(".py"));
    if (ours) files[`${SITE_PACKAGES}/${found.replaceAll("\\", "/")}`] = fs.readFileSync(path.join(sdk, found), "utf8");
  }
  for (const { name, files: own } of cases) {
    for (const [file, text] of Object.entries(own)) files[`/cases/${name}/${file}`] = text;
  }
  return files;
}

const module = (type, at, contents) => ({ type, path: at, contents });
const read = (file) => fs.readFileSync(path.join(INSIDE, file), "utf8");
const pyodide = (file, encoding = "utf8") => fs.readFileSync(path.join(PYODIDE, file), encoding);
