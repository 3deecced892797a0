def onRequest(context):
    return "no response"
