from workers import Response


def onRequest(context):
    return Response.json(["date", context.params, context.functionPath])
