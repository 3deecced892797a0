from workers import Response


async def onRequest(context):
    return Response(f"{context.data['body']}, again {await context.request.text()}")
