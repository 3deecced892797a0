import { shout } from "../_helper.js";
export const onRequestPost = async ({ request }) => new Response(shout(await request.text()));
