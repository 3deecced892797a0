export const onRequest = () => Response.redirect("https://app.example/there", 301);
