export const onRequest = ({ params, functionPath }) => Response.json(["long/[a]b", params, functionPath]);
