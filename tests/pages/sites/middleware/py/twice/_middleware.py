from workers import Response


async def onRequest(context):
    first = await (await context.next()).text()
    second = await (await context.next()).text()
    third = await (await context.next()).text()
    return Response.json([first, second, third])
