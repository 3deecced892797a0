from workers import Response


def onRequest(context):
    return Response.json(["files/[name].[ext]", context.params, context.functionPath])
