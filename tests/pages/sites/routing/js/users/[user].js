export const onRequest = ({ params, functionPath }) => Response.json(["users/[user]", params, functionPath]);
