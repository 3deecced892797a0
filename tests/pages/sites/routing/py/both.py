from workers import Response


def onRequest(context):
    return Response.json(["both", context.params, context.functionPath])
