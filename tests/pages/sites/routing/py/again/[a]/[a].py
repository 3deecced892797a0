from workers import Response


def onRequest(context):
    return Response.json(["again/[a]/[a]", context.params, context.functionPath])
