def onRequest(context):
    raise ValueError("shown")
