import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";

export const app = new Hono();
app.use("/bearer/*", bearerAuth({ token: "s3cret" }));
app.use("/many/*", bearerAuth({ token: ["one", "two"], realm: 'a "realm"' }));
app.use("/verify/*", bearerAuth({ verifyToken: async (token, c) => token === c.req.query("t") }));
app.use("/prefix/*", bearerAuth({ token: "s3cret", prefix: "Bot" }));
app.use("/bare/*", bearerAuth({ token: "s3cret", prefix: "", headerName: "X-Key" }));
app.use("/worded/*", bearerAuth({
  token: "s3cret",
  noAuthenticationHeader: { message: "no header", wwwAuthenticateHeader: "Custom" },
  invalidAuthenticationHeader: { message: { error: "bad header" }, wwwAuthenticateHeader: { error: "invalid", hint: "x" } },
  invalidToken: { message: (c) => ({ path: c.req.path }), wwwAuthenticateHeader: () => 'Custom error="token"' },
}));
app.use("/basic/*", basicAuth({ username: "ada", password: "pass:word" }));
app.use("/users/*", basicAuth({ username: "ada", password: "1", realm: 'The "Area"', invalidUserMessage: { error: "who" } }, { username: "bob", password: "2" }));
app.use("/check/*", basicAuth({
  verifyUser: (name, word, c) => name === word && c.req.method === "GET",
  invalidUserMessage: (c) => `not ${c.req.path}`,
  onAuthSuccess: (c, name) => c.set("user", name),
}));
app.get("/*", (c) => c.text(`in ${c.get("user") ?? ""}`));

const bearer = (path, authorization) => ({ path, headers: authorization === undefined ? {} : { authorization } });
const basic = (path, text) => ({ path, headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` } });
const key = (value) => ({ path: "/bare/x", headers: { "x-key": value } });
export const cases = [
  ...[undefined, "Bearer s3cret", "bearer s3cret", "BEARER  s3cret", "Bearer wrong", "Bearer", "Bearers3cret", "Bearer a b", "Basic s3cret", "Bearer s3cret=", "Bearer é", "Bearer [object Promise]", "Bearer null"].map((each) => bearer("/bearer/x", each)),
  ...["Bearer one", "Bearer two", "Bearer three", undefined].map((each) => bearer("/many/x", each)),
  bearer("/verify/x?t=abc", "Bearer abc"), bearer("/verify/x?t=abc", "Bearer abd"),
  bearer("/prefix/x", "Bot s3cret"), bearer("/prefix/x", "bot s3cret"), bearer("/prefix/x", "Bearer s3cret"), bearer("/prefix/x"),
  key("s3cret"), key("wrong"), key("a b"), { path: "/bare/x" },
  bearer("/worded/x"), bearer("/worded/x", "Nope"), bearer("/worded/x", "Bearer no"), bearer("/worded/x", "Bearer s3cret"),
  { path: "/basic/x" }, basic("/basic/x", "ada:pass:word"), basic("/basic/x", "ada:wrong"), basic("/basic/x", "eve:pass:word"), basic("/basic/x", "ada"), basic("/basic/x", ":"),
  bearer("/basic/x", "basic YWRhOnBhc3M6d29yZA=="), bearer("/basic/x", "Basic   YWRhOnBhc3M6d29yZA  "), bearer("/basic/x", "Basic YWRhOnBhc3M6d29yZA="), bearer("/basic/x", "Basic ***"), bearer("/basic/x", "Bearer x"), bearer("/basic/x", "Basic a"), bearer("/basic/x", "Basic a-b_"),
  basic("/users/x", "ada:1"), basic("/users/x", "bob:2"), basic("/users/x", "bob:1"), { path: "/users/x" },
  basic("/check/x", "same:same"), basic("/check/x", "same:other"), { path: "/check/x" }, { ...basic("/check/x", "é:é"), method: "GET" }, { ...basic("/check/x", "a:a"), method: "HEAD" },
];
