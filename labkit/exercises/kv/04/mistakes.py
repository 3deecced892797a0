"""What people write instead."""

from labkit.grading import mistake

END = '            if page["list_complete"]:  # the only sign of the end: an empty page is none\n'
LAST = '                return Response.json(readers)\n            cursor = page["cursor"]'
ROW = 'key["metadata"]["name"]'

MISTAKES = [
    mistake(
        "one page",
        replace={END + LAST: "            return Response.json(readers)"},
        fails=["exports_everybody"],
        believes="list returns everything.",
        diagnosis="`list` returns 1,000 keys at most. Whether that was all stands in `list_complete`.",
    ),
    mistake(
        "until a page is empty",
        replace={'if page["list_complete"]:': 'if page["list_complete"] or not page["keys"]:'},
        fails=["goes_on_after_an_empty_page"],
        believes="An empty page is the last.",
        diagnosis="Keys that expired or were deleted lately take their places on a page without being shown. "
        "An empty page means nothing; `list_complete` means the end.",
    ),
    mistake(
        "until a page is short",
        replace={'if page["list_complete"]:': 'if len(page["keys"]) < 1000:'},
        fails=["goes_on_after_an_empty_page"],
        believes="A page that is not full is the last.",
        diagnosis="A page may be short for other reasons than the end: expired keys leave gaps. Only `list_complete` tells.",
    ),
    mistake(
        "the prefix as it was",
        replace={'prefix="subscriber:"': 'prefix="subscriber"'},
        fails=["leaves_out_who_left"],
        believes="A prefix is a word.",
        diagnosis="`subscriber-gone:` begins with `subscriber` too. Close the prefix with its colon.",
    ),
    mistake(
        "metadata asked for again",
        replace={ROW: '(await self.env.NEWS.getWithMetadata(key["name"]))["metadata"]["name"]'},
        fails=["exports_everybody"],
        believes="list gives names only.",
        diagnosis="Each row of a listing has its metadata. Your Worker asks once more for every reader, one after the other, "
        "until the platform stops it.",
    ),
    mistake(
        "metadata asked for in bulk",
        source="""
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        readers, cursor = [], None
        while True:
            page = await self.env.NEWS.list(prefix="subscriber:", cursor=cursor)
            names = [key["name"] for key in page["keys"]]
            for start in range(0, len(names), 100):
                some = await self.env.NEWS.getWithMetadata(names[start : start + 100])
                readers += [[name.removeprefix("subscriber:"), some[name]["metadata"]["name"]] for name in some]
            if page["list_complete"]:
                return Response.json(readers)
            cursor = page["cursor"]
""",
        fails=["reads_no_values"],
        believes="A bulk read counts once.",
        diagnosis="A bulk read is one trip and one operation, but every key in it is billed as a read. "
        "The listing has brought the metadata already.",
    ),
    mistake(
        "a cursor at every end",
        replace={
            END
            + LAST: '            cursor = page["cursor"]\n            if page["list_complete"]:\n                return Response.json(readers)'
        },
        fails=["exports_everybody"],
        believes="Every page has a cursor.",
        diagnosis="The last page has no `cursor`. Look at `list_complete` first.",
    ),
    mistake(
        "a greater limit",
        replace={"cursor=cursor)": "cursor=cursor, limit=5000)"},
        fails=["exports_everybody"],
        believes="limit raises the size of a page.",
        diagnosis="A page holds 1,000 keys at most; a greater limit is refused with 400.",
    ),
    mistake(
        "each page replaces the one before",
        replace={
            "            for key in page": "            readers = []\n            for key in page",
        },
        fails=["exports_everybody"],
        believes="The list is filled where it is used.",
        diagnosis="The list is emptied for each page, so that the last page alone is exported.",
    ),
]
