export const onRequest = async ({ next }) => {
  const first = await (await next()).text();
  const second = await (await next()).text();
  const third = await (await next()).text();
  return Response.json([first, second, third]);
};
