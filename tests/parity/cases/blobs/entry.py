"""Blob and File: made from text and bytes, sliced, read, sent in a form."""

from attempt import report
from workers import Blob, File, FormData, Response, WorkerEntrypoint


async def parts(blob):
    return [blob.size, blob.content_type, await blob.text()]


async def formed():
    form = FormData()
    form["file"] = File("text", filename="a.txt", content_type="text/plain")
    form.append("many", "1")
    form.append("many", "2")
    read = await Response(form).form_data()
    file = read["file"]
    return [list(read), file.name, file.content_type, await file.text(), read.get_all("many")]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report(
            {
                "text": lambda: parts(Blob("h\u00e9llo")),
                "bytes": lambda: parts(Blob(b"abc", content_type="text/css")),
                "several": lambda: parts(Blob(["a", b"b", Blob("c")])),
                "slice": lambda: parts(Blob("abcdef").slice(1, 3, "text/x")),
                "as bytes": lambda: Blob("ab").bytes(),
                "file": lambda: parts(File("text", filename="a.txt")),
                "file name": lambda: File("text", filename="a.txt").name,
                "a file is a blob": lambda: isinstance(File("x", filename="a"), Blob),
                "number": lambda: parts(Blob(5)),
                "in a form": formed,
                "form from a list": lambda: FormData(["a"]),
                "form with a number": lambda: list(FormData({"a": 1}).items()),
            }
        )
