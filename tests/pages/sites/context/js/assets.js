export const onRequest = async ({ env, request }) => {
  const response = await env.ASSETS.fetch(new URL("/file?from=function", request.url));
  return new Response(`function: ${await response.text()}`, response);
};
