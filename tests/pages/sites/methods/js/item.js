export const onRequestGet = () => new Response("get");
export const onRequestPost = async ({ request }) => new Response(`post ${await request.text()}`);
export const onRequestDelete = () => new Response(null, { status: 204 });
