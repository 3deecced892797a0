// node miniflare_kv.mjs ROUNDS: KV operations a second of Miniflare, from inside one Worker, as JSON.
//
// A round is one put and four gets, as in bench_kv.py. The first rounds only warm up.

import { createRequire } from "node:module";

const require = createRequire(new URL("../parity/package.json", import.meta.url));
const { Miniflare } = require("miniflare");

const WORKER = `export default {
  async fetch(request, env) {
    const rounds = Number(await request.text());
    for (let n = 0; n < rounds; n++) {
      const key = "key:" + (n % 100);
      await env.KV.put(key, "value " + n);
      for (let reads = 0; reads < 4; reads++) await env.KV.get(key);
    }
    return new Response();
  },
}`;

const rounds = Number(process.argv[2]);
const miniflare = new Miniflare({ modules: true, script: WORKER, kvNamespaces: ["KV"], cf: false });

async function play(count) {
  const begun = performance.now();
  await miniflare.dispatchFetch("http://bench/", { method: "POST", body: String(count) });
  return (performance.now() - begun) / 1000;
}

await play(20);
const seconds = [await play(rounds), await play(rounds), await play(rounds)];
console.log(JSON.stringify({ operationsPerSecond: (rounds * 5) / Math.min(...seconds) }));
await miniflare.dispose();
