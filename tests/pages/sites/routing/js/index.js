export const onRequest = ({ params, functionPath }) => Response.json(["index", params, functionPath]);
