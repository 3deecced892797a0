from workers import Response


async def onRequest(context):
    context.data["seen"].append(["team", context.functionPath, context.params])
    if context.params["team"] == "closed":
        return Response("closed", status=403)
    response = await context.next()
    response.js_object.headers.append("x-mark", context.params["team"])
    return response
