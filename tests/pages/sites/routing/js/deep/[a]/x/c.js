export const onRequest = ({ params, functionPath }) => Response.json(["deep/[a]/x/c", params, functionPath]);
