export const onRequest = ({ params, functionPath }) => Response.json(["only/[[all]]", params, functionPath]);
