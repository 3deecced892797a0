from workers import Response


def onRequest(context):
    return Response.json(["users/[user]", context.params, context.functionPath])
