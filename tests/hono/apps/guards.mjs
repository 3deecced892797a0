import { Hono } from "hono";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { logger } from "hono/logger";
import { secureHeaders } from "hono/secure-headers";

export const app = new Hono();
const lines = [];
app.use("/cors/any/*", cors());
app.use("/cors/one/*", cors({ origin: "https://a.example", credentials: true, maxAge: 600, exposeHeaders: ["x-a", "x-b"], allowMethods: ["GET"], allowHeaders: ["x-c", "x-d"] }));
app.use("/cors/list/*", cors({ origin: ["https://a.example", "https://b.example"] }));
app.use("/cors/function/*", cors({ origin: (origin, c) => origin.endsWith(".example") ? origin : null, allowMethods: (origin) => origin === "https://a.example" ? ["GET", "POST"] : [] }));
app.use("/cors/none/*", cors({ allowMethods: [] }));
app.all("/cors/:kind/x", (c) => c.json({ ok: true }));
app.get("/cors/:kind/vary", (c) => c.text("x", 200, { vary: "accept" }));
app.get("/cors/:kind/boom", () => { throw new Error("boom"); });

app.use("/csrf/own/*", csrf());
app.use("/csrf/one/*", csrf({ origin: "https://a.example" }));
app.use("/csrf/list/*", csrf({ origin: ["https://a.example"], secFetchSite: ["same-site", "none"] }));
app.use("/csrf/function/*", csrf({ origin: (origin, c) => c.req.query("trust") === origin, secFetchSite: (site) => site === "cross-site" }));
app.all("/csrf/:kind/x", (c) => c.text("done"));

app.use("/secure/usual/*", secureHeaders());
app.use("/secure/own/*", secureHeaders({ xFrameOptions: "DENY", xXssProtection: false, crossOriginEmbedderPolicy: true, strictTransportSecurity: "max-age=1", removePoweredBy: false,
  contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: "*", upgradeInsecureRequests: [], scriptSrcElem: ["'self'", (c, directive) => `'${directive}-${c.req.path}'`] },
  contentSecurityPolicyReportOnly: { reportTo: "e" },
  permissionsPolicy: { fullscreen: ["self"], bluetooth: ["none"], payment: false, geolocation: ["*"], usb: true, camera: [], syncXhr: ["self", "https://x.example"] },
  reportingEndpoints: [{ name: "e", url: "https://r.example" }, { name: "f", url: "https://s.example" }],
  reportTo: [{ group: "g", max_age: 1, endpoints: [{ url: "https://r.example" }] }] }));
app.use("/secure/gentle/*", secureHeaders({ overwrite: false }));
app.get("/secure/:kind/x", (c) => c.text("x", 200, { "x-powered-by": "me", "x-frame-options": "OWN", "referrer-policy": "origin" }));

app.use("/etag/strong/*", etag());
app.use("/etag/weak/*", etag({ weak: true, retainedHeaders: ["X-Kept", "etag"] }));
app.use("/etag/own/*", etag({ generateDigest: (body) => new Uint8Array([body.length]) }));
app.get("/etag/:kind/x", (c) => c.text("Hono is hot", 200, { "x-kept": "1", "cache-control": "max-age=1", "set-cookie": "a=1" }));
app.get("/etag/:kind/long", (c) => c.text("x".repeat(600_000)));
app.get("/etag/:kind/given", (c) => c.text("x", 200, { etag: '"given"' }));
app.get("/etag/:kind/empty", (c) => c.body(null));
app.get("/etag/:kind/error", (c) => c.text("x", 404));
app.post("/etag/:kind/x", (c) => c.text("x"));

app.use("/log/*", logger((line) => lines.push(line.replace(/\d+m?s$/, "TIME"))));
app.get("/log/x", (c) => c.text("x"));
app.get("/log/moved", (c) => c.redirect("/"));
app.get("/log/boom", (c) => c.text("x", 500));
app.get("/lines", (c) => c.json(lines.splice(0)));

const A = { origin: "https://a.example" };
const preflight = (path, headers = A) => ({ method: "OPTIONS", path, headers });
const form = (path, headers = {}, method = "POST") => ({ method, path, body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });
const seen = (path, tag, method = "GET") => ({ method, path, headers: { "if-none-match": tag } });
const hash = '"8f7f29e3a4a6a7a1c3c2b5b0e8ad2f3b3c1bd3a6"';
export const cases = [
  ...["any", "one", "list", "function", "none"].flatMap((kind) => [
    { path: `/cors/${kind}/x`, headers: A }, { path: `/cors/${kind}/x` }, { path: `/cors/${kind}/x`, headers: { origin: "https://evil.test" } },
    preflight(`/cors/${kind}/x`), preflight(`/cors/${kind}/x`, { origin: "https://evil.test", "access-control-request-headers": "x-e, x-f ,x-g" }),
  ]),
  { path: "/cors/list/vary", headers: A }, { path: "/cors/one/boom", headers: A }, { path: "/cors/any/missing" }, preflight("/cors/any/missing", {}), preflight("/csrf/own/x"),
  form("/csrf/own/x"), form("/csrf/own/x", { origin: "https://app.example" }), form("/csrf/own/x", A), form("/csrf/own/x", { "sec-fetch-site": "same-origin" }),
  form("/csrf/own/x", { "sec-fetch-site": "cross-site" }), form("/csrf/own/x", { "sec-fetch-site": "same-site", origin: "https://app.example" }), form("/csrf/own/x", { "sec-fetch-site": "bogus" }),
  form("/csrf/own/x", { "content-type": "application/json" }), form("/csrf/own/x", { "content-type": "text/plain; charset=utf-8" }), form("/csrf/own/x", { "content-type": "multipart/form-data; boundary=x" }), form("/csrf/own/x", { "content-type": "text/ping" }), form("/csrf/own/x", { "content-type": "text/plainer" }),
  { method: "POST", path: "/csrf/own/x" }, { method: "DELETE", path: "/csrf/own/x" }, { path: "/csrf/own/x" }, { method: "HEAD", path: "/csrf/own/x" }, form("/csrf/own/x", {}, "PUT"),
  form("/csrf/one/x", A), form("/csrf/one/x", { origin: "https://app.example" }), form("/csrf/list/x", A), form("/csrf/list/x", { "sec-fetch-site": "none" }), form("/csrf/list/x", { "sec-fetch-site": "same-origin" }),
  form("/csrf/function/x?trust=https://a.example", A), form("/csrf/function/x", A), form("/csrf/function/x", { "sec-fetch-site": "cross-site" }),
  { path: "/secure/usual/x" }, { path: "/secure/own/x" }, { path: "/secure/gentle/x" }, { path: "/secure/usual/none" },
  { path: "/etag/strong/x" }, { path: "/etag/weak/x" }, { path: "/etag/own/x" }, { path: "/etag/strong/long" }, { path: "/etag/strong/given" }, { path: "/etag/strong/empty" }, { path: "/etag/strong/error" }, { method: "POST", path: "/etag/strong/x" }, { method: "HEAD", path: "/etag/strong/x" },
  seen("/etag/strong/x", hash), seen("/etag/strong/x", "*"), seen("/etag/weak/x", "*"), seen("/etag/strong/given", '"given"'), seen("/etag/strong/given", '"a", W/"given"'), seen("/etag/strong/given", "given"), seen("/etag/strong/given", '"given"', "HEAD"), seen("/etag/own/x", 'W/"0b"'), seen("/etag/strong/empty", "*"), seen("/etag/strong/error", "*"),
  { path: "/log/x?a=1" }, { path: "/log/moved" }, { path: "/log/boom" }, { path: "/log/none%20here" }, { method: "HEAD", path: "/log/x" }, { path: "/lines" },
];
