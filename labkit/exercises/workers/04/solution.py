from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

WRANGLER = """
{
  "name": "newsletter",
  "main": "src/entry.py",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"],
  "vars": {
    "GREETING": "Dear singers"
    // MAIL_KEY is a secret: wrangler secret put MAIL_KEY
  },
  "services": [
    // the name on env, the Worker that it stands for, and which of its classes
    { "binding": "MAILER", "service": "mailer", "entrypoint": "Outbox" }
  ]
  // no kv_namespaces: this Worker has no business with the members' addresses
}
"""


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        issue = urlsplit(request.url).path.strip("/")
        text = f"{self.env.GREETING}, here is {issue}"
        sent = await self.env.MAILER.deliver(text, self.env.MAIL_KEY)
        return Response.json(sent)
