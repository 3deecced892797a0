import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { validator } from "hono/validator";
import { z } from "zod";

const told = (target) => (c) => c.json(c.req.valid(target));
export const app = new Hono();
app.post("/json", validator("json", (value, c) => typeof value.name === "string" ? { name: value.name } : c.text("no name", 422)), told("json"));
app.post("/echo/json", validator("json", (value) => value), told("json"));
app.post("/echo/form", validator("form", (value) => Object.fromEntries(Object.entries(value).sort())), told("form"));
app.get("/echo/query", validator("query", (value) => value), told("query"));
app.get("/echo/param/:a/:b", validator("param", (value) => value), told("param"));
app.get("/echo/header", validator("header", (value) => ({ one: value["x-one"] ?? null })), told("header"));
app.get("/echo/cookie", validator("cookie", (value) => value), told("cookie"));
app.post("/both", validator("json", (value) => value), validator("query", (value) => value), async (c) => c.json({ json: c.req.valid("json"), query: c.req.valid("query"), body: await c.req.text(), none: c.req.valid("form") ?? null }));
app.get("/throws", validator("query", () => { throw new Error("in validator"); }), told("query"));
const user = z.object({ email: z.string().min(3), name: z.string().min(1), age: z.coerce.number().int().optional() });
app.post("/users", zValidator("json", user), (c) => c.json(c.req.valid("json"), 201));
app.post("/users/form", zValidator("form", user), (c) => c.json(c.req.valid("form"), 201));
app.get("/page", zValidator("query", z.object({ page: z.coerce.number().int().min(1), tags: z.array(z.string()).optional() })), told("query"));
app.get("/id/:id", zValidator("param", z.object({ id: z.coerce.number().int() })), told("param"));
app.post("/hook", zValidator("json", user, (result, c) => { if (!result.success) return c.text("refused", 422); }), told("json"));
app.onError((error, c) => error.getResponse ? error.getResponse() : c.text(error.message, 500));

const json = { "content-type": "application/json" }, form = { "content-type": "application/x-www-form-urlencoded" };
const post = (path, body, headers = json) => ({ method: "POST", path, body, headers });
const ada = '{"email":"ada@x.example","name":"Ada"}';
export const cases = [
  post("/json", '{"name":"x","other":1}'), post("/json", "{}"), post("/json", "not json"), post("/json", ""), post("/json", '{"name":"x"}', { "content-type": "text/plain" }),
  post("/json", '{"name":"x"}', { "content-type": "application/ld+json; charset=utf-8" }), post("/json", '{"name":"x"}', { "content-type": "APPLICATION/JSON" }), post("/json", '{"name":"x"}', { "content-type": "application/jsonx" }),
  post("/echo/json", "[1,2]"), post("/echo/json", "NaN"), post("/echo/json", '"text"'), post("/echo/json", "x", {}),
  post("/echo/form", "a=1&b=2&a=3&c[]=4", form), post("/echo/form", "a=1", json), post("/echo/form", "x", { "content-type": "multipart/form-data; boundary=q" }), post("/echo/form", "x", { "content-type": "multipart/form-data" }),
  ...["?a=1&b=2&a=3", "", "?a="].map((query) => ({ path: `/echo/query${query}` })), { path: "/echo/param/1/b%20c" },
  { path: "/echo/header", headers: { "X-One": "1" } }, { path: "/echo/cookie", headers: { cookie: "a=1; b=2" } }, { path: "/echo/cookie" },
  post("/both?q=1", '{"a":1}'), { path: "/throws" },
  post("/users", ada), post("/users", '{"email":"ada@x.example","name":"Ada","age":"36"}'), post("/users", '{"email":"a","name":""}'), post("/users", "{}"), post("/users", "not json"), post("/users", ada, {}), post("/users", "[]"),
  post("/users/form", "email=ada@x.example&name=Ada&age=36", form), post("/users/form", "email=a", form),
  ...["?page=2", "?page=0", "?page=x", "", "?page=1&tags=a&tags=b"].map((query) => ({ path: `/page${query}` })),
  { path: "/id/7" }, { path: "/id/x" }, post("/hook", ada), post("/hook", "{}"),
];
