// JavaScript classes that stand for a case's Python classes: workerd calls them, they call Python.

import { WorkerEntrypoint } from "cloudflare:workers";
import { python } from "./python.mjs";

const HANDLERS = ["fetch", "scheduled", "queue", "email", "tail"];

/** An entrypoint for one Python class of one case, which sees the bindings whose names begin with `prefix`. */
export function entrypoint(caseName, className, prefix) {
  class Entrypoint extends WorkerEntrypoint {
    constructor(context, env) {
      super(context, env);
      const instance = construct(caseName, className, context, bindings(env, prefix), env.UNSAFE_EVAL);
      return new Proxy(this, { get: (target, name) => member(target, name, instance) });
    }
  }
  for (const name of HANDLERS) Entrypoint.prototype[name] = () => {};
  return Entrypoint;
}

async function construct(caseName, className, context, env, unsafeEval) {
  const glue = await python(unsafeEval);
  return { glue, self: await call(glue.construct, caseName, className, context, env) };
}

/** The bindings of one case, by the names that its Worker knows them by. */
function bindings(env, prefix) {
  const mine = Object.entries(env).filter(([name]) => name.startsWith(prefix) && name !== "UNSAFE_EVAL");
  return Object.fromEntries(mine.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Any name at all is a method: whether Python has it is known only when it is called. */
function member(target, name, instance) {
  if (typeof name !== "string" || name === "then") return Reflect.get(target, name);
  return async (...args) => {
    const { glue, self } = await instance;
    if (typeof self[name] !== "function") throw new TypeError(`Method ${name} does not exist`);
    return call(glue.call, self, name, ...args);
  };
}

/** Call a Python function that may suspend until a promise settles. */
function call(python_function, ...args) {
  return python_function.callWithOptions({ promising: true }, ...args);
}
