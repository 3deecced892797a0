from workers import Response


def onRequest(context):
    return Response.json(["users/special", context.params, context.functionPath])
