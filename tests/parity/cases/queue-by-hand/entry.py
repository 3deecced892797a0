"""What a handler has said of each message of a batch, as the platform's test API tells it."""

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def queue(self, batch, env, ctx):
        for message in batch.messages:
            match message.body:
                case "ack":
                    message.ack()
                case "retry":
                    message.retry()
                case "later":
                    message.retry(delaySeconds=5)
                case "both":
                    message.ack()
                    message.retry()
                case "all":
                    batch.ackAll()
                case "none":
                    batch.retryAll({"delaySeconds": 3})
                case "raise":
                    raise ValueError("in the handler")
                case other:
                    if message.attempts > 2:
                        raise ValueError(f"{other} again")

    async def fetch(self, request):
        return Response("ok")
