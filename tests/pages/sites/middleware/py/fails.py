def onRequest(context):
    raise ValueError("no luck")
