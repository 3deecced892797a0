// RPCs to one Durable Object a second on Miniflare: argument 1 is how many a run makes, one after the other.
import { createRequire } from "node:module";

const { Miniflare } = createRequire(new URL("../parity/package.json", import.meta.url))("miniflare");
const CALLS = Number(process.argv[2]);
const script = `
import { DurableObject } from "cloudflare:workers";
export class Counter extends DurableObject {
  value = 0;
  add(amount) { this.value += amount; return this.value; }
}
export default { async fetch(request, env) {
  const calls = Number(new URL(request.url).searchParams.get("calls"));
  const stub = env.COUNTER.getByName("a");
  let last = 0;
  for (let n = 0; n < calls; n++) last = await stub.add(1);
  return new Response(String(last));
} };
`;
const mf = new Miniflare({
  modules: true,
  script,
  compatibilityDate: "2026-05-01",
  durableObjects: { COUNTER: { className: "Counter", useSQLite: true } },
});
const calls = async (count) => (await mf.dispatchFetch(`http://bench/?calls=${count}`)).text();

await calls(50);
let best = 0;
for (let run = 0; run < 3; run++) {
  const begun = performance.now();
  await calls(CALLS);
  best = Math.max(best, CALLS / ((performance.now() - begun) / 1000));
}
console.log(JSON.stringify({ callsPerSecond: best }));
await mf.dispose();
