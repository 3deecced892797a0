from workers import Response


def onRequest(context):
    return Response.json(["Case/Upper", context.params, context.functionPath])
