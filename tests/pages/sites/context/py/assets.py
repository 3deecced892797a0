from urllib.parse import urljoin


async def onRequest(context):
    response = await context.env.ASSETS.fetch(urljoin(context.request.url, "/file?from=function"))
    return response.replace_body(f"function: {await response.text()}")
