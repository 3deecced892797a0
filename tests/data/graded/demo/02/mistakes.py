from labkit.grading import mistake

MISTAKES = [
    mistake(
        "one key for all",
        replace={"FLAGS.put(name,": "FLAGS.put('flag',", "FLAGS.get(name)": "FLAGS.get('flag')"},
        fails=["apart"],
        believes="One key is enough.",
        diagnosis="Every flag is stored under the same key.",
    ),
    mistake(
        "no 404",
        replace={", status=404": ""},
        fails=["missing"],
        believes="The text says it.",
        diagnosis="The missing flag is answered with status 200.",
    ),
    mistake(
        "forgotten await",
        replace={"await self.env.FLAGS.put": "self.env.FLAGS.put"},
        fails=["reads_back"],
        believes="put begins by itself.",
        diagnosis="put was called and not awaited.",
    ),
    mistake(
        "misspelt binding",
        replace={"FLAGS.get": "FLAG.get"},
        fails=["reads_back", "missing"],
        believes="Any name will do.",
        diagnosis="env has no FLAG.",
    ),
]

EXCUSED = {
    "return Response('stored') => return Response('')": "The prompt asks for no particular answer to a PUT.",
}
