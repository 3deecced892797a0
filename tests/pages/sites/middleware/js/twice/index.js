export const onRequest = () => new Response("function");
