from workers import Response


async def replace(context):
    value = context.request.url.rpartition("=")[2]
    context.data = {"null": None, "text": "text", "object": {"a": 1}}[value]
    return await context.next()


def show(context):
    return Response.json(context.data)


onRequest = [replace, show]
