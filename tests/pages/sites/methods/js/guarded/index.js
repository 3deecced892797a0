export const onRequest = ({ request }) => new Response(`guarded ${request.method}`);
