export const onRequest = ({ params, functionPath }) => Response.json(["deep/[a]/[b]/c", params, functionPath]);
