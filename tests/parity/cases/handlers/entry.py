"""A handler that takes no request and is not async."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    def fetch(self):
        return Response("neither a request nor async")
