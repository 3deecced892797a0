export const onRequest = ({ params, functionPath }) => Response.json(["tail/[id]/index", params, functionPath]);
