export const onRequest = () => {
  throw new Error("no luck");
};
