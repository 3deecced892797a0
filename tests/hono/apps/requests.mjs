import { Hono } from "hono";

const described = (value) => value instanceof File ? { file: value.name, type: value.type, size: value.size } : Array.isArray(value) ? value.map(described) : value;
const shown = (form) => Object.fromEntries(Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, described(value)]));

export const app = new Hono({ strict: false });
app.get("/query", (c) => c.json({ q: c.req.query("q") ?? null, all: c.req.query(), many: c.req.queries("q") ?? null, every: c.req.queries() }));
app.get("/header", (c) => c.json({ one: c.req.header("X-One") ?? null, none: c.req.header("x-none") ?? null, all: c.req.header()["x-one"] ?? null }));
app.all("/method", (c) => c.json({ method: c.req.method, url: c.req.url, path: c.req.path }));
app.post("/json", async (c) => c.json(await c.req.json()));
app.post("/text", async (c) => c.text(await c.req.text()));
app.post("/bytes", async (c) => c.json([...new Uint8Array(await c.req.arrayBuffer())]));
app.post("/again", async (c) => c.json({ text: await c.req.text(), json: await c.req.json(), length: (await c.req.arrayBuffer()).byteLength }));
app.post("/form", async (c) => c.json([...(await c.req.formData()).entries()].map(([name, value]) => [name, described(value)])));
app.post("/form/after", async (c) => { const text = await c.req.text(); return c.json({ text, form: shown(await c.req.parseBody()) }); });
app.post("/parse", async (c) => c.json(shown(await c.req.parseBody())));
app.post("/parse/all", async (c) => c.json(shown(await c.req.parseBody({ all: true }))));
app.post("/parse/dot", async (c) => c.json(shown(await c.req.parseBody({ dot: true }))));
app.post("/parse/both", async (c) => c.json(shown(await c.req.parseBody({ all: true, dot: true }))));
app.get("/trail", (c) => c.text("trail"));
app.get("/trailing/", (c) => c.text("never"));
app.get("/vars/:x", (c) => { c.set("x", c.req.param("x")); return c.json({ x: c.get("x"), y: c.get("y") ?? null, var: c.var.x }); });
app.onError((error, c) => c.text("failed", 500));

const form = { "content-type": "application/x-www-form-urlencoded" };
const boundary = { "content-type": "multipart/form-data; boundary=xyz" };
const part = (name, value, rest = "") => `--xyz\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n${value}\r\n`;
const file = '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n';
const multipart = part("a", "1") + part("b[]", "2") + part("a", "3") + file + "--xyz--\r\n";
const post = (path, body, headers = {}) => ({ method: "POST", path, body, headers });
const json = { "content-type": "application/json" };
export const cases = [
  ...["?q=1", "", "?q", "?q=", "?q=1&q=2", "?q=a+b%20c", "?%71=1", "?q=%zz", "?q=%E3%81%82&r=%E3", "?q=a=b", "?=1&q=2", "?&&q=1&", "?qq=1&q=2", "?q%5B%5D=1&q%5B%5D=2", "?a.b=1", "?q=1;r=2", "?q=%26&%3D=x"]
    .map((query) => ({ path: `/query${query}` })),
  { path: "/header", headers: { "x-one": "1" } }, { path: "/header" }, { path: "/header", headers: { "X-ONE": "a, b" } },
  { path: "/method?x=1" }, { path: "/method/", method: "PUT" }, { path: "/method", method: "POST", body: "x" }, { path: "/method", method: "HEAD" },
  post("/json", '{"a":[1,2],"b":"é"}', json), post("/json", "not json", json), post("/json", '"text"'), post("/json", "", json), post("/json", "NaN"),
  post("/text", "héllo"), post("/text", "\ufeffbom"), post("/text", ""), post("/bytes", "é"), post("/again", '{"a":1}'),
  post("/form", "a=1&b=2&a=3", form), post("/form", multipart, boundary), post("/form", "a=1"), post("/form", "x", boundary),
  post("/form/after", "a=1", form), post("/form/after", "a=1"),
  post("/parse", "a=1&b=2&a=3&c[]=4&d%5B%5D=5&d%5B%5D=6&e=x+y%26", form), post("/parse", multipart, boundary), post("/parse", "a=1", json), post("/parse", "a=1"), post("/parse", "", form),
  post("/parse", "a=1", { "content-type": "Application/X-WWW-Form-Urlencoded; charset=utf-8" }),
  post("/parse/all", "a=1&b=2&a=3&c[]=4&a=5", form), post("/parse/all", multipart, boundary),
  post("/parse/dot", "a.b=1&a.c=2&d.e.f=3&g=4&a.b=5", form), post("/parse/dot", "a=1&a.b=2", form), post("/parse/dot", "a..b=1&.c=2&d.=3", form),
  post("/parse/both", "a.b=1&a.b=2&c=3&c=4", form),
  post("/parse/dot", Array(40).fill("a").join(".") + "=1", form), post("/parse/dot", Array(33).fill("a").join(".") + "=1", form),
  { path: "/trail" }, { path: "/trail/" }, { path: "/trail//" }, { path: "/trailing" }, { path: "/trailing/" }, { path: "/vars/7" },
];
