// `wrangler pages functions build`, and what it writes.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const WRANGLER = fileURLToPath(new URL("node_modules/wrangler/bin/wrangler.js", import.meta.url));
const QUIET = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1", WRANGLER_LOG: "error" };

/** The Worker, the table of routes and the _routes.json that wrangler makes of a folder, under `folder`. */
export function build(functions, folder) {
  const at = (name) => join(folder, name);
  execFileSync(process.execPath, [WRANGLER, "pages", "functions", "build", functions, "--outdir", at("out"),
    "--output-config-path", at("config.json"), "--output-routes-path", at("_routes.json")], { env: QUIET, cwd: folder });
  const json = (name) => JSON.parse(readFileSync(at(name)));
  return { worker: at("out/index.js"), config: json("config.json"), rules: json("_routes.json") };
}
