// node miniflare_storage.mjs KIND ROUNDS: operations a second of Miniflare's KV, D1 or R2, from inside one Worker.
//
// A round is one write and four reads, as in storage.py. The first rounds only warm up.

import { createRequire } from "node:module";

const require = createRequire(new URL("../parity/package.json", import.meta.url));
const { Miniflare } = require("miniflare");

const WORKER = `
const rounds = {
  async kv({ KV }, n) {
    const key = "key:" + (n % 100);
    await KV.put(key, "value " + n);
    for (let reads = 0; reads < 4; reads++) await KV.get(key);
  },
  async d1({ DB }, n) {
    if (n === 0) await DB.exec("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT)");
    await DB.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)").bind(n % 100, "value " + n).run();
    for (let reads = 0; reads < 4; reads++) {
      await DB.prepare("SELECT text FROM notes WHERE id = ?").bind(n % 100).first("text");
    }
  },
  async r2({ FILES }, n) {
    const key = "key:" + (n % 100);
    await FILES.put(key, "value " + n);
    for (let reads = 0; reads < 4; reads++) await (await FILES.get(key)).text();
  },
};

export default {
  async fetch(request, env) {
    const { kind, count } = await request.json();
    for (let n = 0; n < count; n++) await rounds[kind](env, n);
    return new Response();
  },
}`;

const [kind, rounds] = [process.argv[2], Number(process.argv[3])];
const miniflare = new Miniflare({
  modules: true, script: WORKER, kvNamespaces: ["KV"], d1Databases: ["DB"], r2Buckets: ["FILES"], cf: false,
});

async function play(count) {
  const begun = performance.now();
  const response = await miniflare.dispatchFetch("http://bench/", { method: "POST", body: JSON.stringify({ kind, count }) });
  if (!response.ok) throw new Error(await response.text());
  return (performance.now() - begun) / 1000;
}

await play(20);
const seconds = [await play(rounds), await play(rounds), await play(rounds)];
console.log(JSON.stringify({ operationsPerSecond: (rounds * 5) / Math.min(...seconds) }));
await miniflare.dispose();
