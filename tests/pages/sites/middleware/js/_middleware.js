const errors = async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    return new Response(`caught ${error.message}`, { status: 500 });
  }
};
const mark = async ({ data, functionPath, next, params }) => {
  data.seen = [["root", functionPath, params]];
  const response = await next();
  response.headers.append("x-mark", "root");
  return response;
};
export const onRequest = [errors, mark];
