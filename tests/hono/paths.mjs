// Many small apps, and which of their handlers the real router finds for a path, with which parameters.
import { Hono } from "hono";

const BY_HAND = [
  [["/:a", "/b"], ["/b", "/c", "/"]],
  [["/a/:x", "/a/*", "/*"], ["/a", "/a/", "/a/1", "/a/1/2", "/b"]],
  [["/:x{[0-9]+}", "/:x{[a-z]+}", "/:x"], ["/12", "/ab", "/A", "/12a"]],
  [["/:x?", "/a/:y?"], ["/", "/1", "/a", "/a/1", "/a/"]],
  [["/a*", "/ab*", "/a/*"], ["/a", "/ab", "/abc", "/a/b", "/abc/d"]],
  [["/*/b", "/a/*/c", "*"], ["/a/b", "/a/b/c", "/a//c", "/b"]],
  [["/:p{.+}/end", "/:p{.+}"], ["/a/end", "/a/b/end", "/end", "/a"]],
  [["/:p{.*}"], ["/", "/a", "/a/b"]],
  [["/a/:p{.*}"], ["/a", "/a/", "/a/b/c"]],
  [["/:p{[a-z]{2,3}}/x", "/:p{a|b}/x"], ["/ab/x", "/abcd/x", "/a/x"]],
  [["/a/:x/b", "/a/:y/c", "/a/:x/*"], ["/a/1/b", "/a/1/c", "/a/1", "/a/1/d/e"]],
  [["/a", "/a/", "/a//b"], ["/a", "/a/", "/a//b", "//a"]],
  [["/:x/:y/:x"], ["/1/2/3"]],
  [["/a.b", "/a+b", "/(a)", "/a$", "/[a]"], ["/a.b", "/aab", "/a+b", "/(a)", "/a$", "/[a]"]],
  [["/x/:a{(one|two)}"], ["/x/one", "/x/three"]],
  [["/x/:a{\\d+}/:b{\\w+}"], ["/x/1/a", "/x/a/1", "/x/1/é"]],
  [["/api/*", "/api/:v", "/api/v1/*"], ["/api", "/api/v1", "/api/v1/x", "/apiv1"]],
];
const SEGMENTS = ["a", "b", ":x", ":y", ":n{[0-9]+}", ":w{[a-z]+}", "*"];
const ASKED = ["a", "b", "c", "7", "A", ""];

// The generator of Numerical Recipes: the same sets every time.
let state = 4;
const chance = (below) => ((state = (state * 1664525 + 1013904223) % 2 ** 32), Math.floor((state / 2 ** 32) * below));
const some = (list, least, most) => Array.from({ length: least + chance(most - least + 1) }, () => list[chance(list.length)]);
const route = () => `/${some(SEGMENTS, 0, 3).join("/")}${chance(8) ? "" : "/:z?"}`.replace("//", "/");

/** Routes, and the paths that are asked of them. */
export function asked() {
  const random = Array.from({ length: 60 }, () => [
    Array.from({ length: 1 + chance(4) }, route),
    Array.from({ length: 8 }, () => `/${some(ASKED, 1, 4).join("/")}`),
  ]);
  return [...BY_HAND, ...random];
}

/** For each path the handlers that are called, in order, each with its parameters. */
export async function matched([routes, paths]) {
  const app = new Hono();
  app.notFound((c) => c.json(c.get("seen") ?? []));
  routes.forEach((path, place) => app.get(path, async (c, next) => {
    c.set("seen", [...(c.get("seen") ?? []), [place, c.req.param()]]);
    await next();
  }));
  const answers = [];
  for (const path of paths) answers.push([path, await (await app.request(`https://app.example${path}`)).json()]);
  return { routes, answers };
}
