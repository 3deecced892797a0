"""A handler that fails, or does not return a Response."""

from js import JSON
from workers import Response, WorkerEntrypoint


class Odd(Exception):
    pass


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        match request.url.rsplit("/", 1)[1]:
            case "value":
                raise ValueError("bad input")
            case "key":
                return Response({}["missing"])
            case "own":
                raise Odd("own class")
            case "empty":
                raise RuntimeError
            case "assert":
                assert request.url == "", "not so"
            case "attribute":
                return Response(self.env.NOPE)
            case "undefined":
                return nothing_by_this_name  # noqa: F821
            case "js":
                return JSON.parse("{")
            case "caught":
                try:
                    JSON.parse("{")
                except Exception as error:
                    return Response(f"{type(error).__name__} {isinstance(error, Exception)}")
            case "none":
                return None
            case "text":
                return "text"
            case "dict":
                return {"a": 1}
            case "bytes":
                return b"x"
            case "tuple":
                return ("x", 200)
