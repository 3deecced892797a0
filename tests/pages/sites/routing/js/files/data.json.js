export const onRequest = ({ params, functionPath }) => Response.json(["files/data.json", params, functionPath]);
