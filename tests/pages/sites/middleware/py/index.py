from workers import Response


def onRequest(context):
    return Response.json(context.data["seen"])
