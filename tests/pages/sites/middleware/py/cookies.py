from js import Headers
from workers import Response


def onRequest(context):
    headers = Headers.new()
    headers.set("content-type", "text/html")
    headers.append("set-cookie", "a=1")
    headers.append("set-cookie", "b=2")
    return Response("<p>", status=201, headers=headers)
