// node main.mjs PLAN ANSWERS: play the plan's cases on the real runtime and write down what each answers.
//
// PLAN is `{"sdk": folder, "cases": [{"name", "files", "wrangler", "own_isolate", "events"}]}`; ANSWERS
// becomes `{name: [answer, ...]}`, in which an answer is `{status, headers, body}` with the body in
// base64, `{outcome}` of a cron, or `{exception}`.

import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { miniflareOptions, serviceName } from "./options.mjs";

const [planFile, answersFile] = process.argv.slice(2);
const plan = JSON.parse(fs.readFileSync(planFile, "utf8"));
const miniflare = new Miniflare(miniflareOptions(plan));

async function answer(service, event) {
  if (event.pause) await sleep(Math.min(event.pause, 0.2) * 1000);
  const response = await miniflare.dispatchFetch("http://router/", {
    method: "POST", body: JSON.stringify({ service, event }),
  });
  return response.json();
}

const answers = {};
try {
  for (const { name, events } of plan.cases) {
    answers[name] = [];
    for (const event of events) answers[name].push(await answer(serviceName(name), event));
  }
  fs.writeFileSync(answersFile, JSON.stringify(answers));
} finally {
  await miniflare.dispose();
}
