import { Hono } from "hono";
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";

const options = {
  plain: {},
  all: { path: "/a", domain: "example.com", maxAge: 1000.7, expires: new Date(Date.UTC(2026, 1, 3, 4, 5, 6)), httpOnly: true, secure: true, sameSite: "strict", priority: "high", partitioned: true },
  lax: { httpOnly: true, secure: true, sameSite: "Lax", maxAge: 604800 },
  nopath: { path: undefined },
  zero: { maxAge: 0 },
  negative: { maxAge: -1 },
  longest: { maxAge: 34560000 },
  long: { maxAge: 34560001 },
  far: { expires: new Date("2999-01-01") },
  secure: { prefix: "secure" },
  host: { prefix: "host", path: "/a", domain: "example.com" },
  partitioned: { partitioned: true },
  path: { path: "/;x" },
  domain: { domain: "a\r\nb" },
};
export const app = new Hono();
app.get("/set/:kind", (c) => { setCookie(c, "sid", "v 1;é=", options[c.req.param("kind")]); return c.text("set"); });
app.get("/name", (c) => { setCookie(c, c.req.query("name"), "1", { secure: c.req.query("secure") === "1", path: c.req.query("path") ?? "/", domain: c.req.query("domain") }); return c.text("set"); });
app.get("/several", (c) => { setCookie(c, "a", "1"); setCookie(c, "b", "2"); setCookie(c, "a", "3"); return c.text("set"); });
app.get("/after", async (c, next) => { await next(); setCookie(c, "late", "1"); }, (c) => c.text("x", 200, { "set-cookie": "early=1" }));
app.get("/get", (c) => c.json({ sid: getCookie(c, "sid") ?? null, all: getCookie(c), secure: getCookie(c, "sid", "secure") ?? null, host: getCookie(c, "sid", "host") ?? null }));
app.get("/delete", (c) => c.text(`was ${deleteCookie(c, "sid") ?? "nothing"}`));
app.get("/delete/host", (c) => c.text(`was ${deleteCookie(c, "sid", { prefix: "host", secure: true }) ?? "nothing"}`));
app.get("/sign", async (c) => { await setSignedCookie(c, "sid", c.req.query("v") ?? "", "secret", { httpOnly: true }); return c.text("signed"); });
app.get("/sign/host", async (c) => { await setSignedCookie(c, "sid", "x", "secret", { prefix: "host" }); return c.text("signed"); });
app.get("/signed", async (c) => c.json({ sid: await getSignedCookie(c, "secret", "sid") ?? null, all: await getSignedCookie(c, "secret"), other: await getSignedCookie(c, "other", "sid") ?? null }));
app.onError((error, c) => c.text(error.message, 500));

const get = (cookie, path = "/get") => ({ path, headers: cookie === undefined ? {} : { cookie } });

export const cases = [
  ...Object.keys(options).map((kind) => ({ path: `/set/${kind}` })),
  ...["name=a%20b", "name=a%3Bb", "name=", "name=ok!%23$", "name=__Secure-a", "name=__secure-a&secure=1", "name=__Host-a", "name=__Host-a&secure=1", "name=__HOST-a&secure=1&path=/x", "name=__Host-a&secure=1&domain=x", "name=%C3%A9"].map((query) => ({ path: `/name?${query}` })),
  { path: "/several" }, { path: "/after" },
  ...[undefined, "sid=1", "a=1; sid=2;b=3", "sid=1; sid=2", 'sid="quoted"', 'sid="', "sid=a%20b%zz", "sid = spaced ; x", "sid=", "=1; sid=3", "sid", "s:id=1; si/d=2; sid=a,b", "sid=a=b==", "__Secure-sid=s; __Host-sid=h", 'sid=a"b; c=1', "sid=a\\b", "sid=%E3%81%82", "SID=1"].map((cookie) => get(cookie)),
  get("sid=old", "/delete"), get(undefined, "/delete"), get("__Host-sid=old", "/delete/host"),
  { path: "/sign?v=hi" }, { path: "/sign?v=" }, { path: "/sign?v=a.b%3D%C3%A9%20" }, { path: "/sign/host" },
  ...[undefined, "sid=nodot", "sid=x.short", "sid=SIGNED", "sid=SIGNED; other=plain", "sid=TAMPERED"].map((cookie) => get(cookie, "/signed")),
];
