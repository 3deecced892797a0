import { WorkerEntrypoint } from "cloudflare:workers";

// As `npx wrangler types` writes them from wrangler.jsonc. Written by hand, they drift from what is bound.
interface Env { DEADLINE_MS: 500 }
declare global { namespace Cloudflare { interface GlobalProps { mainModule: typeof import("./01_workers") } } }

// An isolate serves many visitors at once: what stands out here is the same for all, and nothing changes it.
const PARTS = ["train", "seat", "hotel", "weather"];
const PLACES: ReadonlyMap<string, string> = new Map([["perth", "Perth"], ["atlantis", "Atlantis"]]);

// Stands for the API. Mostly that is a Worker of its own, bound as `env.API` and called in the same way.
export class Api extends WorkerEntrypoint<Env> {
  find(name: string): string | null { return PLACES.get(name) ?? null; }
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (searchParams.get("to") === "Atlantis") await scheduler.wait(10_000); // nobody has found it so far
    return new Response(`${pathname.slice(1)} to ${searchParams.get("to")}`);
  }
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const kept = await caches.default.match(request.url);
    if (kept) return kept;

    const place = await ctx.exports.Api.find(new URL(request.url).pathname.slice(1)); // RPC: a method, not a URL
    if (place === null) return new Response("no such place", { status: 404 });

    const signal = AbortSignal.timeout(env.DEADLINE_MS); // one deadline for the whole page
    const ask = async (part: string) => {
      const answer = await ctx.exports.Api.fetch(`https://api.example/${part}?to=${place}`, { signal });
      if (!answer.ok) throw new Error(`${part}: status ${answer.status}`);
      return answer.text();
    };
    try {
      const parts = await Promise.all(PARTS.map(ask)); // side by side: as long as the slowest, not as their sum
      const page = Response.json(parts, { headers: { "cache-control": "s-maxage=60" } });
      ctx.waitUntil(caches.default.put(request.url, page.clone())); // for the next visitor; this one has her answer
      return page;
    } catch (error) {
      console.error(error); // for the logs, and not for the visitor
      return new Response("try again", { status: signal.aborted ? 504 : 502 });
    }
  },
} satisfies ExportedHandler<Env>;
