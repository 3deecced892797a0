from _helper import shout
from workers import Response


async def onRequestPost(context):
    return Response(shout(await context.request.text()))
