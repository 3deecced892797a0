"""What people write instead."""

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
    mistake(
        "the whole path in one branch",
        replace={"FLAGS.put(name,": "FLAGS.put(urlsplit(request.url).path,"},
        fails=["reads_back"],
        believes="The path is the key.",
        diagnosis="put stores under the whole path, get asks for its last part.",
    ),
    mistake(
        "method in lower case",
        replace={'"PUT"': '"put"'},
        fails=["reads_back"],
        believes="Methods are lower case.",
        diagnosis="request.method is in upper case, so this PUT is answered as a GET.",
    ),
    mistake(
        "the request instead of its body",
        replace={"await request.text()": "str(request)"},
        fails=["reads_back"],
        believes="A request is its body.",
        diagnosis="What is stored is the description of the request, not its body.",
    ),
    mistake(
        "None is a body",
        replace={"if value is None": "if value == ''"},
        fails=["missing"],
        believes="A missing key is an empty string.",
        diagnosis="get returns None for a missing key, not an empty string.",
    ),
]

EXCUSED = {}
