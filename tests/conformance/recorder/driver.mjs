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
  cache: (name) => cache(name),
  assets: (name, env) => visitor(env[name]),
  sessions: (name, env) => (name === "LOOK" ? look(env.DB) : env[name]),
  r2objects: (name, env) => (name === "LOOK" ? objects(env.R2) : env[name]),
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

/** The cache of a name. Requests and responses come and go as plain objects, without the date, which is the moment's. */
function cache(name) {
  const opened = async () => (name === "default" ? caches.default : await caches.open(name));
  return {
    put: async (asked, { body, ...init }) => (await opened()).put(request(asked), new Response(body, init)),
    match: async (asked, options) => plain(await (await opened()).match(request(asked), options)),
    delete: async (asked, options) => (await opened()).delete(request(asked), options),
    putTwice: async (asked, { body, ...init }) => {
      const response = new Response(body, init), held = await opened();
      await held.put(request(asked), response);
      return await held.put(request(asked), response);
    },
  };
}

const request = (asked) => (typeof asked === "string" ? asked : new Request(asked.url, asked));

async function plain(response) {
  if (response === undefined) return null;
  const { date, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await response.text() };
}

/** What is looked at of a session: its rows, and its bookmark without what differs from run to run. */
const look = (database) => ({
  rows: async (session = database, sql, values) => (await session.prepare(sql).bind(...values).all()).results,
  batch: async (session, statements) =>
    (await session.batch(statements.map(([sql, ...values]) => session.prepare(sql).bind(...values)))).map(({ results }) => results),
  run: async (session, statements) => (await session.batch(statements)).map(({ results }) => results),
  bookmark: (session) => new Bookmark(session.getBookmark()),
  kind: (session) => (/^[0-9a-f]{8}(-[0-9a-f]{8}){2}-[0-9a-f]{32}$/.test(session.getBookmark()) ? "bookmark" : session.getBookmark()),
  grow: (bookmarks) => bookmarks.every((each, index) => index === 0 || bookmarks[index - 1].text < each.text),
  same: (one, other) => one.text === other.text,
  has: (session, name) => name in session,
});

/** A bookmark that a recording shows without its text. */
class Bookmark {
  constructor(text) { this.text = text; }
}

/** A site's visitor: `fetch` gives the status, the headers and the body of what a path or a whole URL answers. */
function visitor(site) {
  return {
    lay: () => null, // `site.mjs` has done it
    fetch: async (address, init) => {
      const url = address.startsWith("/") ? `http://site.example${address}` : address;
      const response = await site.fetch(url, { redirect: "manual", ...init });
      const headers = Object.fromEntries(response.headers);
      delete headers["x-mf-additional-response-log"];
      return { status: response.status, headers, tagged: "etag" in headers, body: await response.text() };
    },
  };
}

/** What is looked at of R2's objects: how they are read, what they write, and parts without what chance decides. */
const objects = (bucket) => ({
  read: async (key, method) => (await bucket.get(key))[method](),
  readTwice: async (key) => {
    const found = await bucket.get(key);
    const before = found.bodyUsed, text = await found.text();
    try {
      await found.text();
    } catch (error) {
      return [before, text, found.bodyUsed, error.name, error.message];
    }
  },
  size: async (key) => (await (await bucket.get(key)).blob()).size,
  type: async (key) => (await (await bucket.get(key)).blob()).type,
  written: async (key, headers) => {
    const found = await bucket.head(key), target = new Headers(headers);
    found.writeHttpMetadata(target);
    return Object.fromEntries(target);
  },
  version: async (key) => /^[0-9a-f]{32}$/.test((await bucket.head(key)).version),
  versionsDiffer: async (key, value) => (await bucket.put(key, value)).version !== (await bucket.put(key, value)).version,
  uploaded: async (key) => (await bucket.head(key)).uploaded instanceof Date,
  checksum: async (key, name) => (await bucket.head(key)).checksums[name],
  part: async (upload, number, value) => new Part(await upload.uploadPart(number, value)),
  partNumber: async (upload, number, value) => (await upload.uploadPart(number, value)).partNumber,
  complete: (upload, parts) => upload.complete(parts.map((part) => part.uploaded ?? part)),
  resume: (upload) => bucket.resumeMultipartUpload(upload.key, upload.uploadId),
});

/** An uploaded part that a recording shows without its etag, which is by chance. */
class Part {
  constructor(uploaded) { this.uploaded = uploaded; }
}
