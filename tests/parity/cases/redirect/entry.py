"""Response.redirect: statuses, relative addresses, and that it is a raw JavaScript object."""

from http import HTTPStatus

from attempt import report
from workers import Response, WorkerEntrypoint


def where(*args):
    def make():
        response = Response.redirect(*args)
        return [response.status, response.headers.get("location")]

    return make


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/moved"):
            return Response.redirect("https://example.com/new", 301)
        if request.url.endswith("/default"):
            return Response.redirect("https://example.com/new")
        if request.url.endswith("/by-hand"):
            return Response(None, status=302, headers={"Location": "/relative"})
        return await report(
            {
                "default": where("https://example.com/a"),
                "308": where("https://example.com/a", 308),
                "enum": where("https://example.com/a", HTTPStatus.SEE_OTHER),
                "200": where("https://example.com/a", 200),
                "relative": where("/relative"),
                "normalised": where("https://example.com"),
                "is a Response": lambda: isinstance(Response.redirect("https://example.com/a"), Response),
                "what it is": lambda: Response.redirect("https://example.com/a"),
            }
        )
