"""Forms: urlencoded and multipart, missing and repeated fields, files."""

from attempt import report
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        try:
            form = await request.form_data()
        except Exception as error:
            return Response(f"{type(error).__name__}: {error}", status=400)
        return await report(
            {
                "field": lambda: form["name"],
                "missing is null": lambda: [form["missing"] is None, type(form["missing"]).__name__],
                "missing by get": lambda: [form.get("missing", "default") == "default", form.get("name", "default")],
                "in": lambda: ["name" in form, "missing" in form],
                "all": lambda: form.get_all("tag"),
                "all of a missing one": lambda: form.get_all("missing"),
                "keys": lambda: list(form),
                "items": lambda: [[key, value if isinstance(value, str) else "file"] for key, value in form.items()],
                "values": lambda: len(list(form.values())),
                "length": lambda: len(form),
                "append": lambda: [form.append("tag", "new"), form.get_all("tag")],
                "set": lambda: [form.__setitem__("name", "other"), form["name"]],
                "set a list": lambda: form.__setitem__("name", ["a"]),
                "delete": lambda: [form.__delitem__("name"), "name" in form],
                "delete a missing one": lambda: form.__delitem__("missing"),
                "file": lambda: described(form),
            }
        )


async def described(form):
    file = form["upload"]
    return [type(file).__name__, file.name, file.content_type, file.size, await file.text()]
