from workers import Response


async def errors(context):
    try:
        return await context.next()
    except Exception as error:
        return Response(f"caught {error}", status=500)


async def mark(context):
    context.data["seen"] = [["root", context.functionPath, context.params]]
    response = await context.next()
    response.js_object.headers.append("x-mark", "root")
    return response


onRequest = [errors, mark]
