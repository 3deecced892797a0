export const onRequest = ({ params, functionPath }) => Response.json(["users/special", params, functionPath]);
