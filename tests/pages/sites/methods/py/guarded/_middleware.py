from workers import Response


def onRequestPost(context):
    return Response("no posts", status=403)
