export const onRequest = async ({ data, request }) => new Response(`${data.body}, again ${await request.text()}`);
