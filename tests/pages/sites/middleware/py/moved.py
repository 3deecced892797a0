from workers import Response


def onRequest(context):
    return Response.redirect("https://app.example/there", 301)
