"""What people write instead."""

from labkit.grading import mistake

READ = 'await self.env.SHOP.get(f"banner:{country}")'
CHOICE = '"No news today" if banner is None else banner'

MISTAKES = [
    mistake(
        "or",
        replace={CHOICE: 'banner or "No news today"'},
        fails=["keeps_an_empty_banner"],
        believes="What is false is missing.",
        diagnosis="`or` takes the empty text for an absence. Only None means that nothing is stored: `is None`.",
    ),
    mistake(
        "not awaited",
        replace={READ: 'self.env.SHOP.get(f"banner:{country}")'},
        fails=["shows_the_banner", "says_that_there_is_no_news"],
        believes="get returns the value.",
        diagnosis="`get` returns something to await, not the value: the value is in another city and takes time to arrive.",
    ),
    mistake(
        "no prefix",
        replace={'f"banner:{country}"': "country"},
        fails=["shows_the_banner"],
        believes="The key is what stands in the path.",
        diagnosis="The key is `banner:` and the country. A namespace is flat; the prefix keeps banners apart from the rest.",
    ),
    mistake(
        "a slash",
        replace={'f"banner:{country}"': 'f"banner/{country}"'},
        fails=["shows_the_banner"],
        believes="Keys are paths.",
        diagnosis="The editors store under `banner:NO`, with a colon; you read with a slash. To KV a key is one text, not a path.",
    ),
    mistake(
        "no f-string",
        replace={'f"banner:{country}"': '"banner:{country}"'},
        fails=["shows_the_banner"],
        believes="Braces are filled in any text.",
        diagnosis="Without the `f` in front, the braces stay braces, and you read a key that nobody wrote.",
    ),
    mistake(
        "lower case",
        replace={"{country}": "{country.lower()}"},
        fails=["shows_the_banner"],
        believes="Keys do not mind capitals.",
        diagnosis="Keys are compared byte by byte: `banner:no` and `banner:NO` are two keys.",
    ),
    mistake(
        "an exception for a missing key",
        replace={CHOICE: "banner"},
        fails=["says_that_there_is_no_news"],
        believes="A missing key raises, as in a dict.",
        diagnosis="A missing key raises nothing: `get` returns None, and the visitor got an empty page.",
    ),
    mistake(
        "None as text",
        replace={CHOICE: "str(banner)"},
        fails=["says_that_there_is_no_news"],
        believes="A missing key is an empty text.",
        diagnosis="A missing key is None, and `str(None)` is the word None. That is what your visitors read.",
    ),
    mistake(
        "look first, then read",
        replace={READ: f"{READ} if await self.env.SHOP.get(f'banner:{{country}}') is not None else None"},
        fails=["reads_once"],
        believes="One asks whether a key exists before one reads it.",
        diagnosis="You read twice. The first `get` has told you everything: keep what it returned.",
    ),
    mistake(
        "list to see whether it exists",
        replace={READ: f"{READ} if (await self.env.SHOP.list(prefix=f'banner:{{country}}'))['keys'] else None"},
        fails=["reads_once"],
        believes="list is how one asks whether a key exists.",
        diagnosis="A list costs ten times a read and is slower. `get` returns None where there is nothing, and that is the test.",
    ),
    mistake(
        "as JSON",
        replace={READ: 'await self.env.SHOP.get(f"banner:{country}", "json")'},
        fails=["shows_the_banner"],
        believes="KV stores JSON.",
        diagnosis="KV stores bytes. `json` parses them when they are read, and a banner is plain text.",
    ),
]
