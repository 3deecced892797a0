export const onRequest = () => {
  throw new Error("hidden");
};
