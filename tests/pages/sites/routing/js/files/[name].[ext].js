export const onRequest = ({ params, functionPath }) => Response.json(["files/[name].[ext]", params, functionPath]);
