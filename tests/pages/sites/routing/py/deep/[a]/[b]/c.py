from workers import Response


def onRequest(context):
    return Response.json(["deep/[a]/[b]/c", context.params, context.functionPath])
