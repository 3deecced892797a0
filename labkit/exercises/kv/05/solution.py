from pyodide.ffi import JsException
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. A signature is stored under a key of its own: nobody overwrites another
        if request.method == "POST":
            email = (await request.json())["email"]
            try:
                await self.env.PETITION.put(f"signature:{email}", "")
            except JsException as error:
                if "429" not in str(error):  # written within this second: the signature is there
                    raise
            return Response("thank you")
        # 2. The signatures are counted, page by page
        number, cursor = 0, None
        while True:
            page = await self.env.PETITION.list(prefix="signature:", cursor=cursor)
            number += len(page["keys"])
            if page["list_complete"]:
                return Response(str(number))
            cursor = page["cursor"]
