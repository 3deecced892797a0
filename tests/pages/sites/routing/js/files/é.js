export const onRequest = ({ params, functionPath }) => Response.json(["files/é", params, functionPath]);
