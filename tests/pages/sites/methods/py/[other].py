from workers import Response


def onRequestPost(context):
    return Response(f"other {context.params['other']}")


def onRequestPut(context):
    return Response(f"other put {context.params['other']}")
