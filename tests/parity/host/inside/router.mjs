// The Worker that the test process talks to. It sends one event to a case and describes the answer as JSON.

import { converse } from "./sockets.mjs";

export default {
  async fetch(request, env) {
    const { service, event } = await request.json();
    try {
      return Response.json(await deliver(env[service], event));
    } catch (error) {
      return Response.json({ exception: `${error.name}: ${error.message}` });
    }
  },

  /** A message that Miniflare's own handler brings: the recipient says whose it is, before the address. */
  async email(message, env) {
    const [service, to] = message.to.split("|");
    return env[service].email({ ...message, to });
  },
};

async function deliver(worker, event) {
  if (event.cron) return worker.scheduled({ cron: event.cron, scheduledTime: new Date(event.time * 1000) });
  if (event.queue) return deliverBatch(worker, event.queue);
  if (event.websocket) return converse(worker, event);
  const { url, method, headers, body, cf } = event;
  const request = new Request(url, { method, headers, cf, body: body && fromBase64(body), redirect: "manual" });
  return describe(await worker.fetch(request));
}

/** Run the `queue` handler once, beside the queue. What it said of each message is the answer's body. */
async function deliverBatch(worker, { name, messages }) {
  const given = messages.map((each) => ({ attempts: 1, timestamp: new Date(0), ...each }));
  return describe(Response.json(await worker.queue(name, given)));
}

async function describe(response) {
  const headers = [...response.headers].filter(([name]) => name !== "set-cookie");
  for (const cookie of response.headers.getSetCookie()) headers.push(["set-cookie", cookie]);
  return { status: response.status, headers, body: toBase64(await response.arrayBuffer()) };
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function toBase64(buffer) {
  return btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
}
