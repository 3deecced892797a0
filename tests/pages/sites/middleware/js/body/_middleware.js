export const onRequest = async ({ data, request, next }) => {
  data.body = await request.text();
  return next();
};
