export const onRequest = async ({ env, waitUntil }) => {
  waitUntil(Promise.resolve());
  return new Response(env.GREETING);
};
