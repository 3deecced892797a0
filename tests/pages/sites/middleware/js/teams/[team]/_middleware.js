export const onRequest = async ({ data, functionPath, next, params }) => {
  data.seen.push(["team", functionPath, params]);
  if (params.team === "closed") return new Response("closed", { status: 403 });
  const response = await next();
  response.headers.append("x-mark", params.team);
  return response;
};
