export const onRequest = ({ params, functionPath }) => Response.json(["both/index", params, functionPath]);
