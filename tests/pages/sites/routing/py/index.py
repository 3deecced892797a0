from workers import Response


def onRequest(context):
    return Response.json(["index", context.params, context.functionPath])
