export const onRequestPost = ({ params }) => new Response(`other ${params.other}`);
export const onRequestPut = ({ params }) => new Response(`other put ${params.other}`);
