// node main.mjs PLAN ANSWERS: play the plan's cases on the real runtime and write down what each answers.
//
// PLAN is `{"sdk": folder, "cases": [{"name", "files", "wrangler", "origins", "secrets_store", "events"}]}`;
// ANSWERS becomes `{name: [answer, ...]}`. An answer is `{status, headers, body}` with the body in base64,
// `{transcript}` of a WebSocket, `{outcome, noRetry}` of a cron, or `{exception}`.

import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { isolates, miniflareOptions, serviceName, workerOf } from "./options.mjs";

const AT_ONCE = 4; // of the cases that wait; all the others play one by one, for what a wait is measured against
const PATIENCE = 15; // seconds, for what a request waits `until`
const BETWEEN_TRIES = 0.1; // seconds

const [planFile, answersFile] = process.argv.slice(2);
const plan = JSON.parse(fs.readFileSync(planFile, "utf8"));
const miniflare = new Miniflare(miniflareOptions(plan));

async function answer(service, event) {
  await sleep(event.pause * 1000);
  for (let tries = PATIENCE / BETWEEN_TRIES; ; tries--) {
    const found = await ask(service, event);
    if (!event.until || tries <= 0 || text(found).includes(event.until)) return found;
    await sleep(BETWEEN_TRIES * 1000);
  }
}

async function ask(service, event) {
  if (event.email) return mail(service, event.email);
  const response = await miniflare.dispatchFetch("http://router/", {
    method: "POST", body: JSON.stringify({ service, event }),
  });
  return response.json();
}

/** Send a message to a case's Worker, by way of Miniflare's handler and the router. */
async function mail(service, { from, to, raw }) {
  const query = new URLSearchParams({ from, to: `${service}|${to}` });
  const url = `http://router/cdn-cgi/handler/email?${query}`;
  const response = await miniflare.dispatchFetch(url, { method: "POST", body: raw });
  return { outcome: response.status === 500 ? "exception" : "ok", noRetry: false };
}

/** Put a case's secrets into its store. */
async function keepSecrets({ name, wrangler, secrets_store }) {
  for (const { binding, secret_name } of wrangler.secrets_store_secrets ?? []) {
    if (!(secret_name in secrets_store)) continue;
    const store = await miniflare.getSecretsStoreSecretAPI(serviceName(name, "") + binding, workerOf(plan, name));
    await store().create(secrets_store[secret_name]);
  }
}

const text = ({ body }) => Buffer.from(body ?? "", "base64").toString();

const answers = {};

/** Play cases, several at once; the requests of one come one after the other. */
async function play(cases, atOnce) {
  const left = [...cases];
  const player = async () => {
    for (let each = left.shift(); each; each = left.shift()) await playOne(each);
  };
  await Promise.all(Array.from({ length: atOnce }, player));
}

async function playOne({ name, events }) {
  answers[name] = [];
  for (const event of events) answers[name].push(await answer(serviceName(name), event));
}

const waits = ({ events }) => events.some((each) => each.pause || each.until || each.websocket);

try {
  // Starting holds up everything else in the process, and so would spoil what is measured in tenths of a second.
  for (const name of isolates(plan)) await ask(name, { url: "http://start/", method: "GET", headers: [] });
  for (const each of plan.cases) await keepSecrets(each);
  await play(plan.cases.filter((each) => !waits(each)), 1);
  await play(plan.cases.filter(waits), AT_ONCE);
  fs.writeFileSync(answersFile, JSON.stringify(answers));
} finally {
  await miniflare.dispose();
}
