// Many small folders of functions, by hand and by chance: which routes and rules wrangler makes of them, and which
// functions the Worker calls for a path.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./wrangler.mjs";

const BY_HAND = [
  { "[a]": ["onRequest"], "_middleware": ["onRequest"], "index": ["onRequestGet", "onRequest"] },
  { "a": ["onRequest"], "a/index": ["onRequest"], "a/_middleware": ["onRequest"], "a/b": ["onRequest"] },
  { "[x]/[y]": ["onRequest"], "a/[y]": ["onRequest"], "[x]/b": ["onRequest"], "a/b": ["onRequest"] },
  { "[x]/_middleware": ["onRequest"], "a/_middleware": ["onRequestGet"], "[x]/[[rest]]": ["onRequest"] },
  { "[[rest]]": ["onRequest"], "[x]": ["onRequest"], "[x]/[[more]]": ["onRequest"], "index": ["onRequest"] },
  { "b.c": ["onRequest"], "b-c": ["onRequest"], "b_c": ["onRequest"], "B": ["onRequest"], "b": ["onRequest"], "b1": ["onRequest"] },
  { "v[n]": ["onRequest"], "v1": ["onRequest"], "[a].[b]": ["onRequest"], "[a]-[b]": ["onRequest"] },
  { ["x".repeat(60) + "/" + "y".repeat(60) + "/z"]: ["onRequest"], "x": ["onRequest"] },
  { ["x".repeat(120)]: ["onRequest"] },
  Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`many${n}`, ["onRequest"]])),
];
const SEGMENTS = ["a", "b", "c", "[x]", "[y]", "[id].json", "a[n]", "z1"];
const LAST = [...SEGMENTS, "index", "index", "_middleware", "_middleware", "[[rest]]"];
const EXPORTS = ["onRequest", "onRequest", "onRequestGet", "onRequestPost", "onRequestHead"];
const ASKED = ["a", "b", "c", "7", "a7", "A", "q.json", ""];

// The generator of Numerical Recipes: the same folders every time.
let state = 5;
const chance = (below) => ((state = (state * 1664525 + 1013904223) % 2 ** 32), Math.floor((state / 2 ** 32) * below));
const one = (list) => list[chance(list.length)];
const some = (list, least, most) => Array.from({ length: least + chance(most - least + 1) }, () => one(list));
const file = () => [...some(SEGMENTS, 0, 2), one(LAST)].join("/");
const nameless = (path) => path.replace(/\[\w+\]/g, "[]").replace(/\/?index$|\/?_middleware$/, "");

/** Files and their functions; two files never have one route under two names, which labkit refuses. */
function random() {
  const files = {};
  for (let n = 2 + chance(6); n > 0; n--) {
    const path = file();
    const twin = Object.keys(files).some((other) => other !== path && nameless(other) === nameless(path));
    if (!twin || path.endsWith("_middleware")) files[path] = [...new Set(some(EXPORTS, 1, 2))];
  }
  return files;
}

/** The folders, and the requests that are asked of each. */
export function asked() {
  const paths = () => Array.from({ length: 8 }, () => [chance(4) ? "GET" : one(["POST", "HEAD"]), `/${some(ASKED, 1, 4).join("/")}`]);
  return [...BY_HAND, ...Array.from({ length: 30 }, random)].map((files) => ({ files, asked: paths() }));
}

const source = (path, names) => names.map((name) =>
  `export const ${name} = async (c) => {
    (c.data.seen ??= []).push([${JSON.stringify(path)}, "${name}", c.params, c.functionPath]);
    const rest = await c.next();
    return rest.headers.has("x-end") ? Response.json(c.data.seen) : rest;
  };\n`).join("");

/** What wrangler makes of a folder, and what the Worker answers: the functions in the order in which they are called. */
export async function built({ files, asked }) {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  for (const [path, names] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, "functions", path)), { recursive: true });
    writeFileSync(join(folder, "functions", `${path}.js`), source(path, names));
  }
  const { config, rules, worker } = build(join(folder, "functions"), folder);
  writeFileSync(join(folder, "worker.mjs"), readFileSync(worker));
  const { default: site } = await import(pathToFileURL(join(folder, "worker.mjs")));
  const env = { ASSETS: { fetch: async () => new Response("[]", { headers: { "x-end": "1" } }) } };
  const answers = [];
  for (const [method, path] of asked) {
    const response = await site.fetch(new Request(`https://app.example${path}`, { method }), env, { waitUntil() {} });
    answers.push([method, path, JSON.parse(await response.text())]);
  }
  const routes = config.routes.map(({ routePath, mountPath, method, module = [], middleware = [] }) =>
    [routePath, mountPath, method, ...[middleware, module].map((each) => each.map((name) => name.replace(".js:", " ")).join())]);
  return { files, routes, include: rules.include, answers };
}
