from workers import Response


def onRequest(context):
    return Response(f"guarded {context.request.method}")
