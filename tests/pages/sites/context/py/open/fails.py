def onRequest(context):
    raise ValueError("hidden")
