// Plays one scenario inside workerd, in one request, so that sockets and stubs live as long as the scenario does.

import { decode, encode, follow } from "./values.mjs";
export { Clock, Flow, Job, Mute, Remote, Room, Service } from "./subjects.mjs";

export default {
  async fetch(request, env) {
    return Response.json(await play(await request.json(), env));
  },
};

async function play(scenario, env) {
  const kept = {}, steps = [];
  for (const step of scenario.steps) steps.push(await played(step, kept, env, scenario.area));
  return { ...scenario, steps };
}

async function played(step, kept, env, area) {
  if (step.advance !== undefined) {
    await scheduler.wait(step.advance * 1000);
    return step;
  }
  try {
    const result = await call(step, kept, env, area);
    if (step.as) kept[step.as] = result;
    return { ...step, result: await encode(result) };
  } catch (error) {
    return { ...step, error: { name: error.name, message: error.message } };
  }
}

async function call(step, kept, env, area) {
  const [, owner, member] = step.call.match(/(.*)\.(.*)/);
  const target = owner.startsWith("$") ? follow(owner.slice(1), kept) : TARGETS[area](owner, env);
  const args = (step.args ?? []).map((each) => decode(each, kept));
  return await (step.read ? target[member] : target[member](...args));
}

/** What a name before the dot stands for in each area. */
const TARGETS = {
  alarms: (name, env) => (name.startsWith("Mute") ? env.MUTE : env.CLOCK).getByName(name),
  websockets: (name, env) => room(env.ROOM.getByName(name)),
  rpc: (name, env) => (name === "SERVICE" ? env.SERVICE : env.REMOTE.getByName(name)),
  workflows: (name, env) => env[name],
  cron: (name, env) => job(env),
};

/** A room whose door can be knocked at: `connect` answers with a client's end, or with the refusal's status. */
function room(stub) {
  const connect = async (query, headers = { Upgrade: "websocket" }) => {
    try {
      const response = await stub.fetch(`http://room/?${new URLSearchParams(query)}`, { headers });
      return response.webSocket ? new Client(response.webSocket) : [response.status, await response.text()];
    } catch (error) {
      return [error.message];
    }
  };
  return new Proxy({}, { get: (_, name) => (name === "connect" ? connect : (...args) => stub[name](...args)) });
}

/** The visitor's end of a socket, and what came in there. */
class Client {
  #socket; #seen = [];

  constructor(socket) {
    this.#socket = socket;
    socket.accept();
    socket.addEventListener("message", ({ data }) => this.#seen.push(["message", typeof data === "string" ? data : size(data)]));
    socket.addEventListener("close", ({ code, reason, wasClean }) => this.#seen.push(["close", code, reason, wasClean]));
  }

  send(data) { this.#socket.send(data); }
  close(...args) { this.#socket.close(...args); }
  seen() { return this.#seen; }
  state() { return this.#socket.readyState; }
}

const size = (data) => data.byteLength ?? data.size;

/** The Worker with a `scheduled` handler: its trigger, and what its runs have left. */
function job(env) {
  return {
    scheduled: async (options) => {
      const { outcome, noRetry } = await env.JOB.scheduled(options);
      return { outcome, noRetry };
    },
    script: (actions) => env.KV.put("script", JSON.stringify(actions)),
    seen: async () => JSON.parse((await env.KV.get("seen")) ?? "[]"),
  };
}
