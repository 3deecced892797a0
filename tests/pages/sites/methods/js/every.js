export const onRequest = ({ request }) => new Response(`any ${request.method}`);
export const onRequestPut = () => new Response("put");
export const onRequestPatch = () => new Response("patch");
export const onRequestOptions = () => new Response("options");
export const onRequestHead = () => new Response(null, { headers: { "x-head": "1" } });
