export const onRequest = ({ params, functionPath }) => Response.json(["Case/Upper", params, functionPath]);
