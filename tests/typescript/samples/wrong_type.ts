interface Env {
  FLAGS: KVNamespace;
}

export default {
  async fetch(request, env): Promise<Response> {
    await env.FLAGS.put("k", { not: "a value" });
    return new Response(await env.FLAGS.get("k", { cacheTTL: 60 }));
  },
} satisfies ExportedHandler<Env>;
