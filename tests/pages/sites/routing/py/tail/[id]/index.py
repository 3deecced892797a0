from workers import Response


def onRequest(context):
    return Response.json(["tail/[id]/index", context.params, context.functionPath])
