// node record.mjs WANTED RECORDED: play scenarios on the real runtime and write them down with its answers.
//
// WANTED is a list of scenarios without results (README.md, "The form of a scenario"). Each is played in a workerd of
// its own, so that nothing of one is seen by another; a few at a time, because what takes time is waiting.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { siteOf } from "./site.mjs";

const miniflare = createRequire(new URL("../../parity/package.json", import.meta.url))("miniflare");
const { Miniflare, Log, LogLevel } = miniflare;
const [wantedFile, recordedFile] = process.argv.slice(2);
const AT_ONCE = 4;
const COMPATIBILITY_DATE = "2026-05-01";

const read = (name) => fs.readFileSync(path.join(import.meta.dirname, name), "utf8");
const modules = ["driver.mjs", "subjects.mjs", "values.mjs"].map((name) => (
  { type: "ESModule", path: `/${name}`, contents: read(name) }));

function runtime(site) {
  return new Miniflare({
    log: site?.log ?? new Log(LogLevel.NONE), cf: false, handleRuntimeStdio: () => {},
    workers: [subjects(site), ...(site?.workers ?? [])],
  });
}

function subjects(site) {
  return {
    name: "subjects", modulesRoot: "/", modules, compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: ["service_binding_extra_handlers"],
    durableObjects: Object.fromEntries(["Clock", "Mute", "Room", "Remote"].map((className) =>
      [className.toUpperCase(), { className, useSQLite: true }])),
    workflows: { FLOW: { name: "flow", className: "Flow" } },
    kvNamespaces: ["KV"], d1Databases: ["DB"], r2Buckets: ["R2"],
    serviceBindings: {
      SERVICE: { name: "subjects", entrypoint: "Service" }, JOB: { name: "subjects", entrypoint: "Job" }, ...site?.bindings,
    },
  };
}

async function record(scenario) {
  const site = siteOf(scenario, miniflare);
  const workerd = runtime(site);
  try {
    const response = await workerd.dispatchFetch("http://driver/", { method: "POST", body: JSON.stringify(scenario) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${scenario.id}: ${text}`);
    const recorded = JSON.parse(text);
    return site ? site.complete(recorded) : recorded;
  } finally {
    await workerd.dispose();
    site?.remove();
  }
}

const wanted = JSON.parse(fs.readFileSync(wantedFile, "utf8"));
const recorded = [];
async function worker() {
  for (let index; (index = next++) < wanted.length;) recorded[index] = await record(wanted[index]);
}
let next = 0;
await Promise.all(Array.from({ length: AT_ONCE }, worker));
const lines = recorded.map((scenario) => ` ${JSON.stringify(scenario)}`);
fs.writeFileSync(recordedFile, `[\n${lines.join(",\n")}\n]\n`);
console.log(`${recorded.length} scenarios, ${recorded.flatMap((each) => each.steps).filter((step) => step.call).length} calls`);
