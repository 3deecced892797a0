export const onRequest = ({ params, functionPath }) => Response.json(["both", params, functionPath]);
