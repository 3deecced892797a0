from workers import Response


def onRequest(context):
    return Response(f"any {context.request.method}")


def onRequestPut(context):
    return Response("put")


def onRequestPatch(context):
    return Response("patch")


def onRequestOptions(context):
    return Response("options")


def onRequestHead(context):
    return Response(None, headers={"x-head": "1"})
