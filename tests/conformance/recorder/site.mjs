// A Worker with static assets beside the one that is recorded: what a scenario's first step, `SITE.lay`, puts there.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const DATE = "2026-05-01";
const SCRIPT = `export default {
  fetch(request, env) {
    const url = new URL(request.url), asked = url.searchParams.get("path");
    if (url.pathname === "/via") return env.ASSETS.fetch(new Request(new URL(asked, url), request));
    return new Response(["worker", request.method, url.pathname].join(" "));
  }
}`;

/** The site of a scenario, undefined where it has none; `miniflare` is the package. */
export function siteOf({ steps }, { Log, LogLevel }) {
  const [laid] = steps;
  if (laid?.call !== "SITE.lay") return undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "site-"));
  const said = [];
  class Listening extends Log {
    warn(message) { said.push(message.replaceAll(/at \S*\/(_\w+)/g, "at $1")); }
    logWithLevel() {}
  }
  write(folder, laid.args[0].files);
  return {
    log: new Listening(LogLevel.WARN),
    workers: [worker(folder, laid.args[0])],
    bindings: { SITE: "site" },
    /** The scenario with what the parser said as the first step's result, and without etags, which differ each time. */
    complete: (scenario) => ({ ...scenario, steps: [{ ...laid, result: said }, ...scenario.steps.slice(1).map(untagged)] }),
    remove: () => fs.rmSync(folder, { recursive: true }),
  };
}

function untagged(step) {
  delete step.result?.headers?.etag;
  return step;
}

function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

function worker(directory, { worker: hasWorker = true, date = DATE, flags = [], run_worker_first: first, ...handling }) {
  const { html_handling, not_found_handling } = handling;
  return {
    name: "site", modules: true, script: SCRIPT, compatibilityDate: date, compatibilityFlags: flags,
    assets: {
      directory, binding: "ASSETS",
      assetConfig: JSON.parse(JSON.stringify({ html_handling, not_found_handling })),
      routerConfig: { has_user_worker: hasWorker, ...routing(first) },
    },
  };
}

/** `run_worker_first` as wrangler hands it to the router. */
function routing(first) {
  if (!Array.isArray(first)) return { invoke_user_worker_ahead_of_assets: first ?? false };
  const isNegative = (rule) => rule.startsWith("!");
  return { static_routing: {
    user_worker: first.filter((rule) => !isNegative(rule)),
    asset_worker: first.filter(isNegative).map((rule) => rule.slice(1)),
  } };
}
