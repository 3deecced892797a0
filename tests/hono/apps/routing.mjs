import { Hono } from "hono";

const named = (name) => (c) => c.text(`${name} ${c.req.routePath} ${JSON.stringify(c.req.param())}`);

export const app = new Hono();
app.get("/", (c) => c.text("root"));
app.get("/hello", (c) => c.text("hello"));
app.get("/slash/", (c) => c.text("slash"));
app.post("/hello", (c) => c.text("posted", 201));
app.put("/things/:id", named("put"));
app.patch("/things/:id", named("patch"));
app.delete("/things/:id", named("delete"));
app.options("/things/:id", named("options"));
app.get("/things/:id", named("get"));
app.all("/any/:id", (c) => c.text(`${c.req.method} ${c.req.param("id")}`));
app.on("PURGE", "/cache", (c) => c.text("purged"));
app.on(["PUT", "delete"], ["/on/a", "/on/b/:x"], named("on"));
app.get("/users/:id", named("user"));
app.get("/users/:id/books/:book", named("book"));
app.get("/post/:date{[0-9]{8}}/:slug{[a-z]+}", named("post"));
app.get("/count/:n{[0-9]+}", named("number"));
app.get("/count/:word", named("word"));
app.get("/choice/:kind{red|green}", named("choice"));
app.get("/file/:name{.+\\.png}", named("png"));
app.get("/tree/:path{.+}", named("tree"));
app.get("/all/:rest{.*}", named("all"));
app.get("/animals/:type?", named("animals"));
app.get("/range/:from/:to?", named("range"));
app.get("/maybe/:a?/:b?", named("maybe"));
app.get("/wild/*/card", named("wild"));
app.get("/below/*", named("below"));
app.get("/begins*", named("begins"));
app.get("/two/:a/:a", named("twice"));
app.get("/dash/:user-id", named("dash"));
app.get("/dot/a.b", named("dot"));
app.get("/dot/:x", named("dot param"));
app.get("/literal/:x", named("param first"));
app.get("/literal/fixed", named("fixed second"));
app.get("/fixed/it", named("fixed first"));
app.get("/fixed/:x", named("param second"));
app.get("/handlers/:id", async (c, next) => { c.header("x-first", c.req.param("id")); await next(); }, (c) => c.text("second"));
app.get("/chain", (c) => c.text("get")).post((c) => c.text("post")).put((c) => c.text("put"));
app.get("noslash", (c) => c.text("no slash"));
app.get("/日本/:x", named("unicode"));
app.get("/path/:x", (c) => c.json({ path: c.req.path, x: c.req.param("x"), none: c.req.param("none") ?? null }));
app.get("/raw/*", (c) => c.text(c.req.path));
app.get("/url/*", (c) => c.text(c.req.url));

const books = new Hono();
books.get("/", (c) => c.text("books"));
books.get("/:id", named("book"));
books.use("/:id/*", async (c, next) => { await next(); c.header("x-book", c.req.param("id")); });
books.get("/:id/pages/:page", named("page"));
app.route("/books", books);
app.route("/shelf/:shelf", books);
const deep = new Hono().basePath("/v1");
deep.get("/ping", named("ping"));
deep.route("/inner", new Hono().get("/:x", named("inner")));
app.route("/deep", deep);
const api = app.basePath("/api");
api.get("/status", named("status"));
api.get("/", named("api root"));
api.basePath("/v2").get("/status", named("status 2"));
app.route("/late", new Hono().get("*", named("late")));

const get = (...paths) => paths.map((path) => ({ path }));
export const cases = [
  ...get("/", "/hello", "/hello/", "/slash", "/slash/", "/Hello", "/hello?x=1", "/hello#part", "//hello", "/nowhere", "/noslash"),
  ...get("/users/7", "/users/", "/users", "/users/7/", "/users/7/books/9", "/users/a%20b", "/users/a%2Fb", "/users/%E3%81%82"),
  ...get("/users/%", "/users/%zz", "/users/%E3%81", "/users/100%25", "/users/%2525", "/users/a+b", "/users/%2e", "/users/a;b=c", "/users/%41"),
  ...get("/users/a%3Fb%23c", "/users/%%34%31", "/users/%C3%28x", "/users/%e3%81%82", "/us%65rs/7", "/users/a%0Ab", "/users/~._-!$&'()*,;=:@"),
  ...get("/post/20260101/abc", "/post/2026010/abc", "/post/20260101/ABC", "/count/12", "/count/12a", "/choice/red", "/choice/blue"),
  ...get("/file/a.png", "/file/a/b.png", "/file/a.jpg", "/tree/a", "/tree/a/b/c", "/tree/", "/tree", "/all/", "/all", "/all/a/b"),
  ...get("/animals", "/animals/", "/animals/cat", "/animals/cat/x", "/range/1", "/range/1/2", "/range", "/maybe", "/maybe/1", "/maybe/1/2", "/maybe/1/2/3"),
  ...get("/wild/x/card", "/wild/card", "/wild/x/y/card", "/wild//card", "/below", "/below/", "/below/a", "/below/a/b", "/belowa", "/begins", "/beginswith", "/begins/x"),
  ...get("/two/1/2", "/dash/9", "/dot/a.b", "/dot/axb", "/literal/fixed", "/fixed/it", "/fixed/other", "/handlers/5"),
  ...get("/%E6%97%A5%E6%9C%AC/x", "/日本/x", "/path/%E6%97%A5", "/path/a%2Fb", "/raw/a%20b/%2F", "/raw/%25/x", "/url/a%20b?q=%20"),
  ...get("/books", "/books/", "/books/3", "/books/3/pages/4", "/books/3/none", "/shelf/s/3", "/shelf/s", "/shelf/s/3/pages/4"),
  ...get("/deep/v1/ping", "/deep/ping", "/deep/v1/inner/1", "/api/status", "/api", "/api/", "/api/v2/status", "/late", "/late/a/b"),
  { method: "POST", path: "/hello" }, { method: "PUT", path: "/hello" }, { method: "HEAD", path: "/hello" },
  { method: "HEAD", path: "/nowhere" }, { method: "HEAD", path: "/any/1" }, { method: "HEAD", path: "/handlers/5" },
  ...["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "POST", "HEAD"].map((method) => ({ method, path: "/things/1" })),
  ...["GET", "POST", "DELETE", "OPTIONS"].map((method) => ({ method, path: "/any/1" })),
  ...["GET", "POST", "PUT", "PATCH"].map((method) => ({ method, path: "/chain" })),
  { method: "PUT", path: "/on/a" }, { method: "DELETE", path: "/on/b/1" }, { method: "POST", path: "/on/a" },
];
