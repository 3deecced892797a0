from workers import Response


async def onRequest(context):
    async def later():
        pass

    context.waitUntil(later())
    return Response(context.env.GREETING)
