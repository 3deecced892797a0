export const onRequest = async ({ request }) => {
  const { pathname, search } = new URL(request.url);
  return new Response([request.method, pathname, search, request.headers.get("x-a"), await request.text()].join(" "));
};
