import { Hono } from "hono";

export const app = new Hono();
app.get("/text", (c) => c.text("text"));
app.get("/text/status", (c) => c.text("text", 201));
app.get("/text/headers", (c) => c.text("text", 200, { "x-a": "1", "content-type": "text/markdown" }));
app.get("/text/prepared", (c) => { c.header("x-p", "1"); c.status(202); return c.text("text"); });
app.get("/text/override", (c) => { c.header("x-p", "1"); c.status(202); return c.text("text", 203, { "x-p": "2" }); });
app.get("/json", (c) => c.json({ a: [1, 2.5, true, null, "é"], b: { c: "</script>" } }));
app.get("/json/status", (c) => c.json({ created: true }, 201));
app.get("/json/headers", (c) => c.json([], 200, { "x-a": "1" }));
app.get("/json/array", (c) => c.json([1, "two", null]));
app.get("/json/text", (c) => c.json("text"));
app.get("/json/null", (c) => c.json(null));
app.get("/html", (c) => c.html("<p>héllo</p>"));
app.get("/html/status", (c) => c.html("<p>", 404));
app.get("/body", (c) => c.body("body"));
app.get("/body/null", (c) => c.body(null, 204));
app.get("/body/bytes", (c) => c.body(new Uint8Array([0, 255, 10]), 200, { "content-type": "application/x-bytes" }));
app.get("/body/lines", (c) => c.body("x", 200, { "set-cookie": ["a=1", "b=2"], vary: ["a", "b"] }));
app.get("/redirect", (c) => c.redirect("/there"));
app.get("/redirect/301", (c) => c.redirect("https://example.org/a?b=c#d", 301));
app.get("/redirect/unicode", (c) => c.redirect("/日本?q=é%20 x"));
app.get("/redirect/latin", (c) => c.redirect("/caf\u00e9"));
app.get("/redirect/header", (c) => { c.header("x-p", "1"); return c.redirect("/x", 307); });
app.get("/header/append", (c) => { c.header("vary", "a"); c.header("Vary", "b", { append: true }); c.header("x-g", "1"); c.header("X-G"); return c.text("x"); });
app.get("/header/type", (c) => { c.header("content-type", "text/x-own"); return c.body("x"); });
app.get("/header/type/text", (c) => { c.header("content-type", "text/x-own"); return c.text("x"); });
app.get("/status/body", (c) => { c.status(418); return c.body("x"); });
app.get("/status/raw", (c) => { c.status(418); c.header("x-a", "1"); return new Response("raw"); });
app.get("/res", (c) => { c.res = new Response("by res", { status: 203, headers: { "x-r": "1" } }); });
app.get("/res/async", async (c) => { c.res = new Response("by res", { status: 203, headers: { "x-r": "1" } }); });
app.get("/res/header", (c) => { c.header("x-a", "1"); c.res = new Response("by res"); c.header("x-b", "2"); return c.res; });
app.get("/made/twice", (c) => { c.header("x-a", "1"); c.text("one", 200, { "x-one": "1" }); return c.json({ two: 2 }); });

const paths = `/text /text/status /text/headers /text/prepared /text/override /json /json/status /json/headers /json/array
  /json/text /json/null /html /html/status /body /body/null /body/bytes /body/lines /redirect /redirect/301
  /redirect/unicode /redirect/latin /redirect/header /header/append /header/type /header/type/text /status/body
  /status/raw /res /res/async /res/header /made/twice /none`;
export const cases = [
  ...paths.split(/\s+/).map((path) => ({ path })),
  ...["/text", "/json", "/body/null", "/redirect", "/none"].map((path) => ({ method: "HEAD", path })),
];
