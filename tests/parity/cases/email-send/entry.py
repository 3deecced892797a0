"""What the binding sends, with MIME and with fields, and the words with which it refuses the rest."""

from attempt import report
from js import Object
from pyodide.ffi import to_js
from workers import WorkerEntrypoint, import_from_javascript

LINES = {"From": "Me <me@lab.example>", "To": "ada@there.example", "Message-ID": "<1@lab.example>", "Subject": "Tides"}


def mime(without=(), **changed):
    lines = {**LINES, **changed}
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items() if name not in without) + "\r\nHello\r\n"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        EmailMessage = import_from_javascript("cloudflare:email").EmailMessage

        async def sent(message, binding="MAIL"):
            if isinstance(message, dict):  # the SDK does not convert the arguments of this binding
                message = to_js(message, dict_converter=Object.fromEntries)
            return (await getattr(self.env, binding).send(message)).messageId.endswith("@lab.example>")

        def written(raw, to="ada@there.example", sender="me@lab.example"):
            return sent(EmailMessage.new(sender, to, raw))

        fields = {"from": "me@lab.example", "to": "ada@there.example", "subject": "Tides", "text": "High."}
        named = {**fields, "from": {"email": "me@lab.example", "name": "Me"}, "html": "<p>High.</p>"}
        return await report(
            {
                "mime": lambda: written(mime()),
                "no id": lambda: written(mime(without=["Message-ID"])),
                "other sender": lambda: written(mime(From="you@lab.example")),
                "travelled": lambda: written("Received: from x\r\n" + mime()),
                "mime to": lambda: written(mime(), to="bob@there.example"),
                "fields": lambda: sent(fields),
                "named": lambda: sent(named),
                "several": lambda: sent({**fields, "to": ["ada@there.example", "ada@there.example"]}),
                "not allowed": lambda: sent({**fields, "to": ["ada@there.example", "bob@there.example"]}),
                "one destination": lambda: sent(fields, "OPS"),
                "its destination": lambda: sent({**fields, "to": "ops@lab.example"}, "OPS"),
                "sender": lambda: sent({**fields, "from": "you@lab.example"}, "FROM_ME"),
                "mime sender": lambda: self.env.FROM_ME.send(
                    EmailMessage.new("you@lab.example", "x@y.example", mime())
                ),
                "address": lambda: EmailMessage.new("a@b.example", "c@d.example", "x").to,
                "from": lambda: getattr(EmailMessage.new("a@b.example", "c@d.example", "x"), "from"),
            }
        )
