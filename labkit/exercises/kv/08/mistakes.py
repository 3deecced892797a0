"""What people write instead."""

from labkit.grading import mistake

HEAD = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
"""
TAIL = """            return Response("forbidden", status=401)
        return Response("welcome")
"""

MISTAKES = [
    mistake(
        "as it was",
        source=HEAD
        + """        given = request.headers.get("authorization")
        if given != f"Bearer {self.env.CONFIG.get('admin-token')}":
"""
        + TAIL,
        fails=["lets_in"],
        believes="An f-string waits for what is in it.",
        diagnosis="`get` was not awaited, so the text that is wanted is `Bearer <coroutine object ...>`, which no "
        "administrator sends. In JavaScript it is `Bearer [object Promise]`, and that anybody can send.",
    ),
    mistake(
        "await and no more",
        source=HEAD
        + """        given = request.headers.get("authorization")
        if given != f"Bearer {await self.env.CONFIG.get('admin-token')}":
"""
        + TAIL,
        fails=["is_closed_without_a_token", "refuses_an_old_token"],
        believes="The missing await was the bug.",
        diagnosis="Awaited, a missing key is None, and the f-string makes `Bearer None` of it: a password that is in every scanner. "
        "And what is read from KV may be an old copy.",
    ),
    mistake(
        "await, and None refused",
        source=HEAD
        + """        given = request.headers.get("authorization")
        token = await self.env.CONFIG.get("admin-token")
        if token is None or given != f"Bearer {token}":
"""
        + TAIL,
        fails=["refuses_an_old_token"],
        believes="KV is as good a place for a token as any.",
        diagnosis="The door is closed without a token now. But a city that has read the old token serves it from its copy, "
        "to the thief as well. Use the secret.",
    ),
    mistake(
        "a short cacheTtl",
        source=HEAD
        + """        given = request.headers.get("authorization")
        token = await self.env.CONFIG.get("admin-token", cacheTtl=30)
        if not token or given != f"Bearer {token}":
"""
        + TAIL,
        fails=["refuses_an_old_token"],
        believes="The shortest cacheTtl is short enough.",
        diagnosis="Half a minute is the least that KV accepts, and a thief needs one second. It also costs a read for each "
        "request. Use the secret.",
    ),
    mistake(
        "both are right",
        source=HEAD
        + """        given = request.headers.get("authorization")
        token = await self.env.CONFIG.get("admin-token")
        if given not in (f"Bearer {self.env.ADMIN_TOKEN}", f"Bearer {token}"):
"""
        + TAIL,
        fails=["refuses_an_old_token"],
        believes="For a while both tokens should work.",
        diagnosis="The old token comes from KV, and with it every copy of what you replaced. Only the secret changes everywhere at once.",
    ),
    mistake(
        "None where there is no secret",
        replace={"{self.env.ADMIN_TOKEN}": "{getattr(self.env, 'ADMIN_TOKEN', None)}"},
        fails=["is_closed_without_a_token"],
        believes="A guard must not raise.",
        diagnosis="With None in the f-string, `Bearer None` opens the door. A guard that raises keeps everybody out: that is the safe side.",
    ),
    mistake(
        "without the word",
        replace={'f"Bearer {self.env.ADMIN_TOKEN}"': "self.env.ADMIN_TOKEN"},
        fails=["lets_in"],
        believes="The header is the token.",
        diagnosis="The header is `Bearer`, a space, and the token.",
    ),
    mistake(
        "somewhere in the header",
        source=HEAD
        + """        given = request.headers.get("authorization") or ""
        if self.env.ADMIN_TOKEN not in given:
"""
        + TAIL,
        fails=["keeps_out"],
        believes="If the token is in the header, it is the right header.",
        diagnosis="`in` accepts anything around the token. Compare the whole header.",
    ),
    mistake(
        "the environment of the process",
        source="import os\n"
        + HEAD
        + """        given = request.headers.get("authorization")
        if given != f"Bearer {os.environ['ADMIN_TOKEN']}":
"""
        + TAIL,
        fails=["lets_in"],
        believes="Secrets are environment variables.",
        diagnosis="A Worker has no process of its own. Secrets are on `self.env`.",
    ),
]
