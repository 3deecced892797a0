from workers import Response


def onRequest(context):
    return Response.json(["only/[[all]]", context.params, context.functionPath])
