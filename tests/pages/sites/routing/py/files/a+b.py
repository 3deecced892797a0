from workers import Response


def onRequest(context):
    return Response.json(["files/a+b", context.params, context.functionPath])
