export const onRequest = ({ params, functionPath }) => Response.json(["mid/[[path]]/end", params, functionPath]);
