import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";

const around = (name) => async (c, next) => {
  c.set("way", [...(c.get("way") ?? []), name]);
  await next();
  c.header("x-back", name, { append: true });
};

export const app = new Hono();
app.use("/onion/*", around("a"));
app.use("/onion/*", around("b"), around("c"));
app.get("/onion/way", (c) => c.json(c.var.way));
app.use("/onion/*", around("too late"));
app.get("/onion/late", (c) => c.json(c.get("way")));
app.get("/onion/unset", (c) => c.json({ none: c.get("none") ?? null }));

app.use("/stop/*", async (c) => c.text("stopped", 403));
app.get("/stop/here", (c) => c.text("never"));
app.use("/twice/*", async (c, next) => { await next(); await next(); });
app.get("/twice/x", (c) => c.text("x"));
app.use("/forgot/*", async () => {});
app.get("/forgot/x", (c) => c.text("never"));
app.get("/nothing", () => {});
app.use("/through/*", async (c, next) => { await next(); });
app.use("/returned/*", async (c, next) => { await next(); return c.text("ignored"); });
app.get("/returned/x", (c) => c.text("kept"));
app.use("/replaced/*", async (c, next) => {
  c.header("x-early", "1");
  await next();
  const before = c.res.headers.get("x-own");
  c.res = new Response(`instead of ${before}`, { status: 202, headers: { "x-own": "new", "x-new": "2", "content-type": "text/x", "set-cookie": "new=1" } });
});
app.get("/replaced/x", (c) => c.text("x", 200, { "x-own": "old", "set-cookie": ["a=1", "b=2"] }));
app.get("/replaced/nocookie", (c) => c.text("x", 200, { "x-own": "old" }));
app.use("/after/*", async (c, next) => { await next(); c.header("x-after", "1"); c.header("x-gone", undefined); c.status(500); });
app.get("/after/x", (c) => c.text("x", 200, { "x-gone": "1", "x-stays": "2" }));
app.get("/after/raw", () => new Response("raw", { headers: { "x-gone": "1" } }));
app.use("/touched/*", async (c, next) => { c.res.headers.set("x-touched", "1"); await next(); });
app.get("/touched/x", (c) => c.text("x"));
app.get("/touched/raw", () => new Response("raw", { status: 201 }));
app.use("/lost/*", async (c, next) => { c.header("x-lost", "1"); await next(); });
app.get("/lost/raw", () => new Response("raw"));
app.get("/lost/made", (c) => c.text("made"));

app.use("/error/*", async (c, next) => {
  c.header("x-before", "1");
  await next();
  c.header("x-error", c.error ? c.error.message : "none");
});
app.get("/error/boom", () => { throw new Error("boom"); });
app.get("/error/async", async () => { throw new Error("async boom"); });
app.get("/error/fine", (c) => c.text("fine"));
app.get("/error/http", () => { throw new HTTPException(418, { message: "teapot" }); });
app.get("/alone", () => { throw new Error("alone"); });
app.get("/http/default", () => { throw new HTTPException(); });
app.get("/http/401", () => { throw new HTTPException(401, { message: "who?" }); });
app.get("/http/res", () => {
  throw new HTTPException(402, { res: new Response("pay", { status: 200, headers: { "x-res": "1", "set-cookie": "a=1" } }), message: "unused" });
});
app.get("/http/headers", (c) => { c.header("x-kept", "1"); c.status(201); throw new HTTPException(409, { message: "conflict" }); });

const sub = new Hono();
sub.onError((error, c) => c.text(`sub: ${error.message}`, 502, { "x-sub": "1" }));
sub.use("*", async (c, next) => { await next(); c.header("x-through-sub", "1"); });
sub.get("/boom", () => { throw new Error("in sub"); });
sub.get("/fine", (c) => c.text("fine"));
sub.get("/fails", () => { throw new HTTPException(400, { message: "bad" }); });
sub.get("/missing", (c) => c.notFound());
app.route("/sub", sub);
const plain = new Hono();
plain.get("/boom", () => { throw new Error("in plain"); });
plain.notFound((c) => c.text("never asked", 404));
const inner = new Hono();
inner.get("/boom", () => { throw new Error("in inner"); });
plain.route("/inner", inner);
app.route("/plain", plain);
const outer = new Hono();
outer.onError((error, c) => c.text(`outer: ${error.message}`, 503));
outer.route("/in", new Hono().get("/boom", () => { throw new Error("deep"); }));
const fierce = new Hono();
fierce.onError((error) => { throw new Error(`again ${error.message}`); });
fierce.get("/boom", () => { throw new Error("first"); });
outer.route("/fierce", fierce);
app.route("/outer", outer);

app.get("/found/not", (c) => c.notFound());
app.get("/found/header", (c) => { c.header("x-h", "1"); return c.notFound(); });
app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
app.onError((error, c) => {
  if (error instanceof HTTPException) return error.getResponse();
  return c.text(`caught: ${error.message}`, 500);
});

const paths = `/onion/way /onion/late /onion/unset /onion/none /stop/here /twice/x /forgot/x /nothing /through/x
  /returned/x /replaced/x /replaced/nocookie /after/x /after/raw /after/none /touched/x /touched/raw /lost/raw /lost/made
  /error/boom /error/async /error/fine /error/http /error/none /alone /http/default /http/401 /http/res /http/headers
  /sub/boom /sub/fine /sub/fails /sub/missing /sub/none /plain/boom /plain/none /plain/inner/boom /outer/in/boom
  /outer/fierce/boom /outer/none /found/not /found/header /none`;
export const cases = [...paths.split(/\s+/).map((path) => ({ path })), { method: "HEAD", path: "/error/boom" }, { method: "HEAD", path: "/onion/way" }];
