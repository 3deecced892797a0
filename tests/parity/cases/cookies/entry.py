"""Reading cookies and setting several, with Python's own http.cookies."""

from http.cookies import SimpleCookie

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        sent = SimpleCookie(request.headers.get("cookie", ""))
        session = sent["session"].value if "session" in sent else "none"
        jar = SimpleCookie()
        jar["session"] = "s2"
        jar["session"]["httponly"] = True
        jar["session"]["path"] = "/"
        jar["theme"] = "dark"
        headers = [("Set-Cookie", morsel.OutputString()) for morsel in jar.values()]
        return Response(f"session={session}", headers=headers)
