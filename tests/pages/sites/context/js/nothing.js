export const onRequest = async () => {};
