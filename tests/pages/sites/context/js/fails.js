export const onRequest = () => {
  throw new Error("shown");
};
