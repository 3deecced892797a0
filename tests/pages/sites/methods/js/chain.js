const first = async ({ data, next }) => {
  data.seen = ["first"];
  return next();
};
const second = ({ data }) => Response.json([...data.seen, "second"]);
export const onRequestGet = [first, second];
export const onRequestPost = [first];
