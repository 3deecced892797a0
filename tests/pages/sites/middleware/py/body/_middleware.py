async def onRequest(context):
    context.data["body"] = await context.request.text()
    return await context.next()
