async def onRequest(context):
    context.passThroughOnException()
    return await context.next()
