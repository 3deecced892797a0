from workers import Response


def onRequest(context):
    return Response.json(["both/index", context.params, context.functionPath])
