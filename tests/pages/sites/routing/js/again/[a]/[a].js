export const onRequest = ({ params, functionPath }) => Response.json(["again/[a]/[a]", params, functionPath]);
