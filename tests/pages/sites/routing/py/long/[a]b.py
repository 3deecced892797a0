from workers import Response


def onRequest(context):
    return Response.json(["long/[a]b", context.params, context.functionPath])
