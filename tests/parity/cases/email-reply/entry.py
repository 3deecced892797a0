"""What a reply must say to belong to the message that it answers."""

import json

from attempt import attempt
from workers import Response, WorkerEntrypoint, import_from_javascript

LINES = {"From": "desk@lab.example", "Message-ID": "<2@lab.example>", "In-Reply-To": "<1@there.example>"}


def mime(without=(), **changed):
    lines = {**LINES, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items() if name not in without) + "\r\nThanks\r\n"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.KV.get("seen"), headers={"content-type": "application/json"})

    async def email(self, message, env, ctx):
        EmailMessage = import_from_javascript("cloudflare:email").EmailMessage

        def replied(raw):
            async def call():
                reply = EmailMessage.new("desk@lab.example", getattr(message, "from"), raw)
                return type((await message.reply(reply)).messageId).__name__

            return call

        calls = {
            "good": replied(mime()),
            "again": replied(mime()),
            "no id": replied(mime(without=["Message-ID"])),
            "other sender": replied(mime(From="boss@lab.example")),
            "travelled": replied("Received: x\r\n" + mime()),
            "no in-reply-to": replied(mime(without=["In-Reply-To"])),
            "other message": replied(mime(In_Reply_To="<9@there.example>")),
            "references": replied(mime(References="<1@there.example> <0@there.example>")),
            "other references": replied(mime(References="<7@there.example>")),
        }
        await self.env.KV.put("seen", json.dumps({name: await attempt(call) for name, call in calls.items()}))
