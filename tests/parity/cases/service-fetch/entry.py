"""`fetch` on a service binding: method, headers, body, and a request passed on."""

from attempt import report
from workers import Request, Response, WorkerEntrypoint


class Backend(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/fails"):
            raise ValueError("backend")
        text = await request.text()
        answer = {"method": request.method, "url": request.url, "x": request.headers.get("x-sent"), "body": text}
        return Response.json(answer, status=201 if text else 200, headers={"x-backend": "yes"})


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        backend = self.env.BACKEND
        if request.url.endswith("/pass"):
            return await backend.fetch(request)
        if request.url.endswith("/pass-js"):
            return await backend.fetch(request.js_object)

        async def get(*args, **options):
            response = await backend.fetch(*args, **options)
            return [response.status, response.headers.get("x-backend"), await response.json()]

        return await report(
            {
                "address": lambda: get("http://backend/path?q=1"),
                "post": lambda: get("http://backend/", method="POST", body="text", headers={"x-sent": "1"}),
                "a Request": lambda: get(Request("http://backend/r", method="PUT", body="b", headers={"x-sent": "2"})),
                "relative": lambda: get("/path"),
                "fails": lambda: get("http://backend/fails"),
                "type": lambda: kind(backend),
            }
        )


async def kind(backend):
    response = await backend.fetch("http://backend/")
    return [type(response).__name__, response.ok, response.url, response.redirected, response.status_text]
