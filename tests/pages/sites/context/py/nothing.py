async def onRequest(context):
    pass
