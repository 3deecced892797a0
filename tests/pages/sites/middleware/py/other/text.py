from urllib.parse import urlsplit

from workers import Response


async def onRequest(context):
    request, url = context.request, urlsplit(context.request.url)
    search = f"?{url.query}" if url.query else ""
    return Response(
        " ".join([request.method, url.path, search, request.headers.get("x-a") or "", await request.text()])
    )
