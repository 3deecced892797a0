// Writes down what the real Hono answers: `node record.mjs` makes recorded.json, `node record.mjs FILE` another file.
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { asked, matched } from "./paths.mjs";

const here = (name) => new URL(name, import.meta.url);
const HOST = "https://app.example";
const signature = encodeURIComponent(createHmac("sha256", "secret").update("hi").digest("base64"));
console.error = () => {}; // Hono's own error handler reports there

function told(bytes) {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (bytes.length > 10_000) return { length: bytes.length };
  return Buffer.compare(Buffer.from(text), bytes) ? { base64: Buffer.from(bytes).toString("base64") } : { text };
}

async function answer(app, { path, method, headers, body }) {
  const request = new Request(HOST + path, { method, headers, body });
  const response = await app.fetch(request, {}, { waitUntil() {} });
  return { status: response.status, headers: [...response.headers], body: told(Buffer.from(await response.arrayBuffer())) };
}

// The cookies that only this moment's arithmetic can sign.
const filled = (text) => text?.replace("SIGNED", `hi.${signature}`).replace("TAMPERED", `ho.${signature}`);

async function played(name) {
  const { app, cases } = await import(here(`apps/${name}.mjs`));
  const rows = [];
  for (const { path, method = "GET", headers = {}, body } of cases) {
    if (headers.cookie) headers.cookie = filled(headers.cookie);
    rows.push({ request: { path, method, headers, body }, response: await answer(app, { path, method, headers, body }) });
  }
  return rows;
}

const apps = readdirSync(here("apps")).filter((name) => name.endsWith(".mjs")).map((name) => name.slice(0, -4)).sort();
const hono = JSON.parse(readFileSync(here("node_modules/hono/package.json"))).version;
const recorded = { hono, apps: {}, paths: [] };
for (const name of apps) recorded.apps[name] = await played(name);
for (const routes of asked()) recorded.paths.push(await matched(routes));

const rows = (list) => `[\n${list.map((row) => `      ${JSON.stringify(row)}`).join(",\n")}\n    ]`;
const text = `{
  "hono": ${JSON.stringify(hono)},
  "apps": {
${apps.map((name) => `    ${JSON.stringify(name)}: ${rows(recorded.apps[name])}`).join(",\n")}
  },
  "paths": ${rows(recorded.paths)}
}\n`;
writeFileSync(process.argv[2] ?? here("recorded.json"), text);
