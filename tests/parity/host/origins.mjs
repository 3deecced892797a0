// The hosts outside that cases fetch from. `emulated.py` answers the same on the lab.

import { setTimeout as sleep } from "node:timers/promises";
import { Response } from "miniflare";

/** A function that answers for every origin of these cases: `host/path`, or `host` for all paths. */
export function outside(cases) {
  const origins = Object.assign({}, ...cases.map((each) => each.origins));
  return async (request) => {
    const url = new URL(request.url);
    const origin = origins[url.hostname + url.pathname] ?? origins[url.hostname];
    if (!origin) return new Response(`no origin ${url.hostname}`, { status: 530 });
    await sleep((origin.seconds ?? 0) * 1000);
    const headers = origin.json === undefined ? {} : { "content-type": "application/json" };
    return new Response(await body(origin, request, url), { status: origin.status ?? 200, headers });
  };
}

async function body(origin, request, url) {
  if (origin.json !== undefined) return JSON.stringify(origin.json);
  if (!origin.echo) return origin.body ?? "";
  const seen = [...request.headers].filter(([name]) => name.startsWith("x-")).map(([name, value]) => `${name}=${value}`);
  return [request.method, url.pathname + url.search, ...seen.sort(), await request.text()].join(" ");
}
