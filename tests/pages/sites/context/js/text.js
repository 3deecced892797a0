export const onRequest = () => "no response";
