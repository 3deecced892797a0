// The static assets of cases: a Worker for each that has some, which is nothing but its assets.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** A Worker that answers as the asset Worker does, undefined where the case has no site. */
export function siteWorker({ name, site, wrangler }) {
  if (!hasSite({ site })) return undefined;
  const { html_handling, not_found_handling } = wrangler.assets;
  return {
    name: siteName(name), modules: true, script: "export default {}", compatibilityDate: "2026-05-01",
    assets: {
      directory: folder(site), routerConfig: { has_user_worker: false },
      assetConfig: JSON.parse(JSON.stringify({ html_handling, not_found_handling })),
    },
  };
}

/** What stands for the case's assets on its env. */
export function siteBinding({ name, site, wrangler }, prefix) {
  return hasSite({ site }) ? { [prefix + wrangler.assets.binding]: { name: siteName(name) } } : {};
}

const hasSite = ({ site }) => Object.keys(site ?? {}).length > 0;
const siteName = (name) => `site of ${name}`;

function folder(files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "site-"));
  process.on("exit", () => fs.rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}
