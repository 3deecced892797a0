// node main.mjs PLAN ANSWERS: type-check each twin, run it on Miniflare, and write down what it answers.
//
// PLAN is `[{"file", "wrangler", "events"}]`; ANSWERS becomes `{file: {complaints: [...], answers: [...]}}`.
// An answer is `{status, headers, body}` with the body in base64, or `{exception}`.

import fs from "node:fs";
import { Miniflare } from "miniflare";
import { bindings } from "../../parity/host/wrangler.mjs";
import { complaints, javascript } from "./compile.mjs";

const [planFile, answersFile] = process.argv.slice(2);
const plan = JSON.parse(fs.readFileSync(planFile, "utf8"));
const found = complaints(plan.map(({ file }) => file));

async function answers({ file, wrangler, events }) {
  const miniflare = new Miniflare({
    cf: false, modules: true, script: javascript(file), compatibilityDate: "2026-05-01", ...bindings(wrangler),
  });
  try {
    const given = [];
    for (const event of events) given.push(await answer(miniflare, event));
    return given;
  } finally {
    await miniflare.dispose();
  }
}

async function answer(miniflare, { url, method, headers, body }) {
  try {
    const sent = body === null ? undefined : Buffer.from(body, "base64");
    const response = await miniflare.dispatchFetch(url, { method, headers, body: sent, redirect: "manual" });
    const text = Buffer.from(await response.arrayBuffer()).toString("base64");
    return { status: response.status, headers: [...response.headers], body: text };
  } catch (error) {
    return { exception: `${error.name}: ${error.message}` };
  }
}

const results = {};
for (const twin of plan) results[twin.file] = { complaints: found[twin.file], answers: await answers(twin) };
fs.writeFileSync(answersFile, JSON.stringify(results));
