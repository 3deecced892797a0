"""What people write instead."""

from labkit.grading import mistake

CITY = "city = request.cf.colo  # set by Cloudflare for every request, not by the visitor"

MISTAKES = [
    mistake(
        "a constant",
        replace={CITY: 'city = "PER"'},
        fails=["names_the_city"],
        believes="The Worker runs in the city that the story is about.",
        diagnosis="The code says PER in every city. Your Worker runs in all of them: ask the request where it is.",
    ),
    mistake(
        "the city's name",
        replace={"request.cf.colo": "request.cf.city"},
        fails=["names_the_city"],
        believes="colo and city are the same thing.",
        diagnosis="`cf.city` is the name, such as Perth. Support asks for the code of the data centre: `cf.colo`.",
    ),
    mistake(
        "the country",
        replace={"request.cf.colo": "request.cf.country"},
        fails=["names_the_city"],
        believes="The visitor's country tells where the code runs.",
        diagnosis="`cf.country` says where the visitor is. The city that answers is `cf.colo`.",
    ),
    mistake(
        "square brackets",
        replace={"request.cf.colo": 'request.cf["colo"]'},
        fails=["answers"],
        believes="cf is a dict.",
        diagnosis="`request.cf` is an object of the runtime with attributes, not a dict: `request.cf.colo`.",
    ),
    mistake(
        "a plain text",
        replace={'return Response(f"Hello from {city}")': 'return f"Hello from {city}"'},
        fails=["answers"],
        believes="The runtime turns a text into a response.",
        diagnosis="A Worker returns a Response; a bare text ends in an error page.",
    ),
    mistake(
        "nothing returned",
        replace={'return Response(f"Hello from {city}")': 'Response(f"Hello from {city}")'},
        fails=["answers"],
        believes="Making the response sends it.",
        diagnosis="The Response is made and thrown away: `return` it.",
    ),
    mistake(
        "a placeholder left in",
        replace={'f"Hello from {city}"': '"Hello from {city}"'},
        fails=["names_the_city"],
        believes="Braces are filled in any text.",
        diagnosis="Without the `f` in front, the braces stay braces: f\"Hello from {city}\".",
    ),
    mistake(
        "other words",
        replace={"Hello from ": "Hello, "},
        fails=["names_the_city"],
        believes="The wording does not matter.",
        diagnosis="The answer is `Hello from ` and the code: somebody's script will look for those words.",
    ),
]
