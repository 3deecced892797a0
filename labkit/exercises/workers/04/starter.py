from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

todo()  # take this line out when you begin
WRANGLER = """
{
  "name": "newsletter",
  "main": "src/entry.py",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"],
  "var": {
    "GREETING": "Dear singers",
    "MAIL_KEY": "key-3f9a77"
  },
  "services": [
    { "binding": "mailer", "service": "Outbox" }
  ],
  "kv_namespaces": [
    { "binding": "MEMBERS", "id": "0f2a9c51" }
  ]
}
"""


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        issue = urlsplit(request.url).path.strip("/")
        text = f"{self.env.GREETING}, here is {issue}"
        sent = await self.env.MAILER.deliver(text, self.env.MAIL_KEY)
        return Response.json(sent)
