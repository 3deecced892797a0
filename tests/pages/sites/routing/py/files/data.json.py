from workers import Response


def onRequest(context):
    return Response.json(["files/data.json", context.params, context.functionPath])
