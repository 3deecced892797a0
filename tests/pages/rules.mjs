// Which paths a rule of _routes.json matches, as wrangler's own `pages dev` decides it.
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";

const source = readFileSync(new URL("node_modules/wrangler/templates/pages-dev-util.ts", import.meta.url), "utf8");
const { code } = transformSync(source, { loader: "ts", format: "esm" });
const { isRoutingRuleMatch } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

const RULES = ["/", "/*", "/foo", "/foo/", "/foo*", "/foo/*", "/*.ico", "/a/*/b", "/foo.js", "/foo/bar/*", "/*/x/*"];
const PATHS = ["/", "/foo", "/foo/", "/foo-bar", "/foo/bar", "/foo/bar/baz", "/fooXjs", "/foo.js", "/a/b", "/a/1/b", "/a/1/2/b",
  "/favicon.ico", "/x/favicon.ico", "/Foo", "/q/x", "/q/x/y", "//foo"];

/** For each rule the paths that it matches. */
export const matched = () => ({ paths: PATHS,
  rules: Object.fromEntries(RULES.map((rule) => [rule, PATHS.filter((path) => isRoutingRuleMatch(path, rule))])) });
