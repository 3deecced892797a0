export const onRequest = ({ params, functionPath }) => Response.json(["files/v[n]", params, functionPath]);
