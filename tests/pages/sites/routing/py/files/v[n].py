from workers import Response


def onRequest(context):
    return Response.json(["files/v[n]", context.params, context.functionPath])
