export const onRequest = ({ params, functionPath }) => Response.json(["files/a+b", params, functionPath]);
