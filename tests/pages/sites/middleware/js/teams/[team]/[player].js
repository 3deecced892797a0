export const onRequest = ({ data, functionPath, params }) => Response.json([...data.seen, ["player", functionPath, params]]);
