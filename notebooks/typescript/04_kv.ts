interface Env {
  CONFIG: KVNamespace;
  NEWS: KVNamespace;
}

const DEFAULTS = new Map([["dark-mode", "off"], ["gift-cards", "on"], ["search-v2", "off"]]);

export default {
  async fetch(request, env): Promise<Response> {
    const path = new URL(request.url).pathname;
    if (path === "/export") {
      return Response.json(await subscribers(env.NEWS));
    }
    const name = path.replace(/^\/flags\/?/, "");
    // 1. No name: all flags, in one operation. It gives a Map, with null where nothing is stored.
    if (name === "") {
      const keys = [...DEFAULTS.keys()].map((flag) => `flag:${flag}`);
      const stored = await env.CONFIG.get(keys, { cacheTtl: 300 });
      const all = [...DEFAULTS].map(([flag, usual]) => [flag, stored.get(`flag:${flag}`) ?? usual]);
      return Response.json(Object.fromEntries(all));
    }
    // 2. A name that is not in DEFAULTS: 404
    const usual = DEFAULTS.get(name);
    if (usual === undefined) {
      return new Response("unknown flag", { status: 404 });
    }
    // 3. PUT: store the body, without an end. Who may do that is the subject of kv-08
    if (request.method === "PUT") {
      await env.CONFIG.put(`flag:${name}`, await request.text());
      return new Response("stored");
    }
    // 4. GET: the value, or its default. Without this await, `${value}` is "[object Promise]".
    const value = await env.CONFIG.get(`flag:${name}`, { cacheTtl: 300 });
    return new Response(value ?? usual);
  },
} satisfies ExportedHandler<Env>;

async function subscribers(news: KVNamespace): Promise<string[][]> {
  const readers: string[][] = [];
  let cursor: string | undefined;
  while (true) {
    const page = await news.list<{ name: string }>({ prefix: "subscriber:", cursor });
    for (const { name, metadata } of page.keys) {
      readers.push([name.slice("subscriber:".length), metadata?.name ?? ""]);
    }
    if (page.list_complete) {
      return readers;
    }
    cursor = page.cursor; // in its type only where list_complete is false
  }
}
