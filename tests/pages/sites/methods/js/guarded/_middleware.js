export const onRequestPost = () => new Response("no posts", { status: 403 });
