from workers import Response


def onRequestGet(context):
    return Response("get")


async def onRequestPost(context):
    return Response(f"post {await context.request.text()}")


def onRequestDelete(context):
    return Response(None, status=204)
