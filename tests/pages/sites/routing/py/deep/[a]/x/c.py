from workers import Response


def onRequest(context):
    return Response.json(["deep/[a]/x/c", context.params, context.functionPath])
