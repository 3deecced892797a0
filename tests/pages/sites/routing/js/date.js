export const onRequest = ({ params, functionPath }) => Response.json(["date", params, functionPath]);
