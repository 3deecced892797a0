from workers import Response


def onRequest(context):
    return Response.json(["users/[[catchall]]", context.params, context.functionPath])
