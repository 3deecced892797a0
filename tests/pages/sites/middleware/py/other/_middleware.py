from urllib.parse import urlsplit

from workers import Request


async def onRequest(context):
    query = urlsplit(context.request.url).query
    if query == "path":
        return await context.next("/other/text?changed#part")
    if query == "options":
        return await context.next("/elsewhere", method="PUT", headers={"x-a": "b"}, body="new")
    if query == "request":
        return await context.next(Request("https://app.example/made", method="POST", body="made"))
    if query == "both":
        return await context.next(Request(context.request, headers={"x-a": "one"}), headers={"x-a": "two"})
    if query == "relative":
        return await context.next("sibling")
    return await context.next()
