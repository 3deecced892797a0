// From a wrangler configuration to the options that Miniflare has for the same things.

// What the platform takes where a consumer's configuration leaves it out. Miniflare has smaller numbers of its own.
const CONSUMER = { maxBatchSize: 10, maxBatchTimeout: 5, maxRetries: 3 };

/**
 * Variables, KV namespaces, databases, buckets, small bindings, Durable Objects, queues and Workflows. `prefix` goes
 * before each name and `owner` before each id, where several Workers share one Miniflare; `exported` is the name under
 * which a class is exported.
 */
export function bindings(wrangler, { prefix = "", owner = "", exported = (name) => name } = {}) {
  const entries = (list, each) => Object.fromEntries((list ?? []).map(each));
  return {
    bindings: entries(Object.entries(wrangler.vars ?? {}), ([name, value]) => [prefix + name, value]),
    kvNamespaces: entries(wrangler.kv_namespaces, ({ binding, id }) => [prefix + binding, `${owner}/${id ?? binding}`]),
    d1Databases: entries(wrangler.d1_databases, ({ binding, database_id }) =>
      [prefix + binding, `${owner}-${database_id ?? binding}`]),
    r2Buckets: entries(wrangler.r2_buckets, ({ binding, bucket_name }) =>
      [prefix + binding, `${owner}-${bucket_name ?? binding}`.toLowerCase()]),
    ratelimits: entries(wrangler.ratelimits, ({ name, simple }) => [prefix + name, { simple }]),
    analyticsEngineDatasets: entries(wrangler.analytics_engine_datasets, ({ binding, dataset }) =>
      [prefix + binding, { dataset: `${owner}-${dataset ?? binding}` }]),
    secretsStoreSecrets: entries(wrangler.secrets_store_secrets, ({ binding, store_id, secret_name }) =>
      [prefix + binding, { store_id: `${owner}-${store_id}`, secret_name }]),
    hyperdrives: entries(wrangler.hyperdrive, ({ binding, localConnectionString }) =>
      [prefix + binding, localConnectionString]),
    durableObjects: entries(wrangler.durable_objects?.bindings, ({ name, class_name }) =>
      [prefix + name, { className: exported(class_name), useSQLite: keepsSqlite(wrangler, class_name) }]),
    queueProducers: entries(wrangler.queues?.producers, ({ binding, queue, delivery_delay }) =>
      [prefix + binding, { queueName: prefix + queue, ...given({ deliveryDelay: delivery_delay }) }]),
    queueConsumers: entries(wrangler.queues?.consumers, (each) => [prefix + each.queue, consumer(each, prefix)]),
    workflows: entries(wrangler.workflows, ({ binding, name, class_name, limits }) =>
      [prefix + binding, { name: prefix + name, className: exported(class_name), ...given({ stepLimit: limits?.steps }) }]),
  };
}

/** What a Worker has but once: mail bindings as one list, and the one name of its version's metadata. */
export function singles(wranglers) {
  const mail = wranglers.flatMap(([{ send_email }, prefix]) =>
    (send_email ?? []).map((each) => ({ ...each, name: prefix + each.name })));
  const versions = wranglers.flatMap(([{ version_metadata }, prefix]) =>
    version_metadata ? [prefix + version_metadata.binding] : []);
  return given({ email: mail.length ? { send_email: mail } : undefined, versionMetadata: versions[0] });
}

/** The classes that a configuration names, by what they extend. */
export function statefulClasses(wrangler) {
  const named = (list) => [...new Set((list ?? []).map((each) => each.class_name))];
  return { DurableObject: named(wrangler.durable_objects?.bindings), WorkflowEntrypoint: named(wrangler.workflows) };
}

function keepsSqlite(wrangler, className) {
  return (wrangler.migrations ?? []).some((each) => (each.new_sqlite_classes ?? []).includes(className));
}

function consumer(each, prefix) {
  return { ...CONSUMER, ...given({
    maxBatchSize: each.max_batch_size, maxBatchTimeout: each.max_batch_timeout, maxRetries: each.max_retries,
    retryDelay: each.retry_delay, deadLetterQueue: each.dead_letter_queue && prefix + each.dead_letter_queue,
  }) };
}

/** The options that have a value: Miniflare refuses `undefined`. */
function given(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
