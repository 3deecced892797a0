export const onRequest = ({ params, functionPath }) => Response.json(["users/[[catchall]]", params, functionPath]);
