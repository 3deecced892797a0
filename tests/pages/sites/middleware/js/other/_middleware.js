export const onRequest = async ({ request, next }) => {
  const { search } = new URL(request.url);
  if (search === "?path") return next("/other/text?changed#part");
  if (search === "?options") return next("/elsewhere", { method: "PUT", headers: { "x-a": "b" }, body: "new" });
  if (search === "?request") return next(new Request("https://app.example/made", { method: "POST", body: "made" }));
  if (search === "?both") return next(new Request(request, { headers: { "x-a": "one" } }), { headers: { "x-a": "two" } });
  if (search === "?relative") return next("sibling");
  return next();
};
