from workers import Response


def onRequest(context):
    return Response("function")
