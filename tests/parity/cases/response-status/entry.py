"""Status codes that a Response takes and refuses."""

from http import HTTPStatus

from attempt import report
from workers import Response, WorkerEntrypoint


def status_of(*args, **options):
    def make():
        response = Response(*args, **options)
        return [response.status, response.status_text, response.ok]

    return make


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/204"):
            return Response(None, status=204)
        if request.url.endswith("/teapot"):
            return Response("short and stout", status=HTTPStatus.IM_A_TEAPOT)
        return await report(
            {
                "default": status_of("x"),
                "created": status_of("x", status=201),
                "positional": status_of("x", 404),
                "enum": status_of("x", status=HTTPStatus.NOT_FOUND),
                "status text": status_of("x", status=200, status_text="Fine"),
                "server error": status_of("x", status=503),
                "204 without a body": status_of(None, status=204),
                "204 with a body": status_of("x", status=204),
                "204 with an empty body": status_of("", status=204),
                "304 with a body": status_of("x", status=304),
                "199": status_of("x", status=199),
                "99": status_of("x", status=99),
                "599": status_of("x", status=599),
                "600": status_of("x", status=600),
                "0": status_of("x", status=0),
                "text for a number": status_of("x", status="404"),
                "words for a number": status_of("x", status="nope"),
                "unknown option": status_of("x", code=404),
            }
        )
