// From a wrangler configuration to the options that Miniflare has for the same things.

/**
 * Variables and KV namespaces. `prefix` goes before each name, and `owner` before each id, where several
 * Workers share one Miniflare.
 */
export function bindings(wrangler, { prefix = "", owner = "" } = {}) {
  const vars = Object.entries(wrangler.vars ?? {}).map(([name, value]) => [prefix + name, value]);
  const kv = (wrangler.kv_namespaces ?? []).map(({ binding, id }) => [prefix + binding, `${owner}/${id ?? binding}`]);
  return { bindings: Object.fromEntries(vars), kvNamespaces: Object.fromEntries(kv) };
}
