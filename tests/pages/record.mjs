// Writes down what wrangler makes of functions in JavaScript, and what the Workers answer under Miniflare:
// `node record.mjs` makes recorded.json, `node record.mjs FILE` another file.
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { matched } from "./rules.mjs";
import { asked, built } from "./trees.mjs";
import { build } from "./wrangler.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const HOST = "https://app.example";
const OF_THE_SERVER = /^(date|transfer-encoding|mf-.*)$/;
const GATE = `import site from "./site.mjs";
export default {
  async fetch(request, env, ctx) {
    try { return await site.fetch(request, env, ctx); }
    catch (error) { return new Response(error.message, { status: 500, headers: { "x-failed": "1" } }); }
  },
};`;

/** The assets behind every site: they say what they were asked. */
async function assets(request) {
  const { pathname, search } = new URL(request.url);
  const seen = [...request.headers].filter(([name]) => name === "x-a").map(([name, value]) => `${name}=${value}`);
  const text = [request.method, pathname + search, ...seen, await request.text()].join(" ");
  return new (await import("miniflare")).Response(`assets: ${text}`, { status: pathname.startsWith("/missing") ? 404 : 200 });
}

async function played(name) {
  const { worker } = build(here(`sites/${name}/js`), mkdtempSync(join(tmpdir(), "pages-")));
  const modules = [["gate.mjs", GATE], ["site.mjs", readFileSync(worker, "utf8")]]
    .map(([path, contents]) => ({ type: "ESModule", path, contents }));
  const miniflare = new Miniflare({ modules, compatibilityDate: "2026-04-01", bindings: { GREETING: "hello" },
    serviceBindings: { ASSETS: assets } });
  const rows = [];
  for (const request of JSON.parse(readFileSync(here(`sites/${name}/cases.json`)))) {
    const { path, method, headers = {}, body } = request;
    const response = await miniflare.dispatchFetch(HOST + path, { method, headers, body, redirect: "manual" });
    const lines = [...response.headers].filter(([name]) => !OF_THE_SERVER.test(name));
    rows.push({ request, response: { status: response.status, headers: lines, text: await response.text() } });
  }
  await miniflare.dispose();
  return rows;
}

const rows = (list) => `[\n${list.map((row) => `      ${JSON.stringify(row)}`).join(",\n")}\n    ]`;
const { version } = JSON.parse(readFileSync(here("node_modules/wrangler/package.json")));
const sites = [];
for (const name of readdirSync(here("sites")).sort()) sites.push(`    ${JSON.stringify(name)}: ${rows(await played(name))}`);
const trees = [];
for (const tree of asked()) trees.push(await built(tree));
writeFileSync(process.argv[2] ?? here("recorded.json"), `{
  "wrangler": ${JSON.stringify(version)},
  "sites": {
${sites.join(",\n")}
  },
  "rules": ${JSON.stringify(matched())},
  "trees": ${rows(trees)}
}\n`);
