from workers import Response


def onRequest(context):
    return Response.json(["mid/[[path]]/end", context.params, context.functionPath])
