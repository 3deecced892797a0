const replace = (context) => {
  const { value } = Object.fromEntries(new URL(context.request.url).searchParams);
  context.data = { null: null, text: "text", object: { a: 1 } }[value];
  return context.next();
};
const show = ({ data }) => Response.json(data);
export const onRequest = [replace, show];
