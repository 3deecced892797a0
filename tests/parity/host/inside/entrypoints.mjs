// JavaScript classes that stand for a case's Python classes: workerd calls them, they call Python.

import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from "cloudflare:workers";
import { python } from "./python.mjs";

// What a Python class may extend. The handlers are what workerd looks for in a class; those in `raw` get their
// arguments as they are, and may take fewer.
const KINDS = {
  WorkerEntrypoint: { Base: WorkerEntrypoint, handlers: ["fetch", "scheduled", "queue", "email", "tail"], raw: [] },
  DurableObject: {
    Base: DurableObject, handlers: ["fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"],
    raw: ["alarm", "webSocketMessage", "webSocketClose", "webSocketError"],
  },
  WorkflowEntrypoint: { Base: WorkflowEntrypoint, handlers: ["run"], raw: ["run"] },
};

/** A class for one Python class of one case, which sees the bindings whose names begin with `prefix`; `mail` sends. */
export function entrypoint(kind, caseName, className, prefix, mail) {
  const { Base, handlers, raw } = KINDS[kind];
  class Entrypoint extends Base {
    constructor(context, env) {
      super(context, env);
      const instance = construct(caseName, className, context, bindings(env, prefix, mail), env.UNSAFE_EVAL);
      return new Proxy(this, { get: (target, name) => member(target, name, instance, raw) });
    }
  }
  for (const name of handlers) Entrypoint.prototype[name] = () => {};
  return Entrypoint;
}

/**
 * The Worker's default entrypoint. A request starts Python. Every batch of the Worker's queues comes here:
 * `consumers` says whose each queue is, and by what name. So does what it is told of other Workers' invocations, which
 * goes to the case whose entrypoint that was.
 */
export function isolate(consumers, entrypoints) {
  return class extends WorkerEntrypoint {
    async fetch() {
      await python(this.env.UNSAFE_EVAL);
      return new Response("started");
    }

    queue(batch, ...rest) {
      const { Entrypoint, name } = consumers[batch.queue];
      Object.defineProperty(batch, "queue", { value: name });
      return new Entrypoint(this.ctx, this.env).queue(batch, ...rest);
    }

    tail(events, ...rest) {
      const Entrypoint = entrypoints[events[0]?.entrypoint];
      return Entrypoint && new Entrypoint(this.ctx, this.env).tail(events, ...rest);
    }
  };
}

async function construct(caseName, className, context, env, unsafeEval) {
  const glue = await python(unsafeEval);
  return { glue, self: await call(glue.construct, caseName, className, context, env) };
}

/** The bindings of one case, by the names that its Worker knows them by. */
function bindings(env, prefix, mail) {
  const mine = Object.entries(env).filter(([name]) => name.startsWith(prefix) && name !== "UNSAFE_EVAL");
  const named = mine.map(([name, value]) => [name.slice(prefix.length), value]);
  return Object.fromEntries(named.map(([name, value]) => [name, mail.includes(name) ? new SendEmail(value) : value]));
}

/**
 * A binding that sends mail. Miniflare's is a Fetcher, which has a method of any name: Pyodide takes it for a
 * generator, whose `send` is Python's own.
 */
class SendEmail {
  #fetcher;
  constructor(fetcher) { this.#fetcher = fetcher; }
  send(...args) { return this.#fetcher.send(...args); }
}

/** A message that arrived by mail. Production's is of a class, Miniflare's a plain object that comes alone, by RPC. */
class ForwardableEmailMessage {
  constructor(properties) { Object.assign(this, properties); }
}

/** Any name at all is a method: whether Python has it is known only when it is called. */
function member(target, name, instance, raw) {
  if (typeof name !== "string" || name === "then") return Reflect.get(target, name);
  return async (...args) => {
    const { glue, self } = await instance;
    if (typeof self[name] !== "function") throw new TypeError(`Method ${name} does not exist`);
    if (name === "email") args = [new ForwardableEmailMessage(args[0]), null, null];
    return call(raw.includes(name) ? glue.call_raw : glue.call, self, name, ...args);
  };
}

/** Call a Python function that may suspend until a promise settles. */
function call(python_function, ...args) {
  return python_function.callWithOptions({ promising: true }, ...args);
}
