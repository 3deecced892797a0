interface Env {
  FLAGS: KVNamespace;
  DEFAULT: string;
}

export default {
  async fetch(request, env): Promise<Response> {
    const name = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") {
      await env.FLAGS.put(name, await request.text(), { expirationTtl: 3600 });
      return new Response(null, { status: 204 });
    }
    const value = await env.FLAGS.get(name, { cacheTtl: 60 });
    return Response.json({ name, value: value ?? env.DEFAULT });
  },
} satisfies ExportedHandler<Env>;
