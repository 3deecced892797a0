from workers import Response


def onRequest(context):
    return Response.json(["files/é", context.params, context.functionPath])
