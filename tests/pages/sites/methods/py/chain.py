from workers import Response


async def first(context):
    context.data["seen"] = ["first"]
    return await context.next()


def second(context):
    return Response.json([*context.data["seen"], "second"])


onRequestGet = [first, second]
onRequestPost = [first]
