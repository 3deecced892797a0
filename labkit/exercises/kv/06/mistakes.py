"""What people write instead."""

from labkit.grading import mistake

GUARD = """        if name not in DEFAULTS:
            return Response("unknown flag", status=404)
"""
ONE = 'get(f"flag:{name}", cacheTtl=300)'
ALL = 'get([f"flag:{flag}" for flag in DEFAULTS], cacheTtl=300)'

MISTAKES = [
    mistake(
        "any flag",
        replace={GUARD: "", "DEFAULTS[name] if value is None": 'DEFAULTS.get(name, "off") if value is None'},
        fails=["refuses_other_names"],
        believes="A flag is no secret.",
        diagnosis="Every key that begins with `flag:` can be read by whoever guesses its name. Look the name up in DEFAULTS first.",
    ),
    mistake(
        "404 after a look",
        replace={
            GUARD: "        if name not in DEFAULTS:\n"
            '            await self.env.CONFIG.get(f"flag:{name}")\n'
            '            return Response("unknown flag", status=404)\n'
        },
        fails=["refuses_other_names"],
        believes="A read that finds nothing costs nothing.",
        diagnosis="A read of a key that is not there is a read on the bill. DEFAULTS knows the answer without one.",
    ),
    mistake(
        "off for all",
        replace={"Response(DEFAULTS[name] if value is None else value)": 'Response(value or "off")'},
        fails=["shows_a_flag"],
        believes="What is not set is off.",
        diagnosis="Each flag has a default of its own, and gift cards are on unless somebody switches them off.",
    ),
    mistake(
        "no default",
        replace={"Response(DEFAULTS[name] if value is None else value)": "Response(value)"},
        fails=["shows_a_flag"],
        believes="A flag always has a value.",
        diagnosis="A flag that nobody has set is None, and the page gets an empty text.",
    ),
    mistake(
        "five minutes to live",
        replace={"await request.text())": "await request.text(), expirationTtl=300)"},
        fails=["stays", "switches_in_time"],
        believes="expirationTtl is how long copies live.",
        diagnosis="expirationTtl ends the value itself: five minutes after the switch the flag is gone, and its default is back. "
        "How old copies may be is `cacheTtl`, and belongs to the read.",
    ),
    mistake(
        "a month to live",
        replace={"await request.text())": "await request.text(), expirationTtl=30 * 86400)"},
        fails=["stays"],
        believes="What is old should be cleaned away.",
        diagnosis="After a month the flag is gone and its default is back, and nobody has touched anything. Leave the end out.",
    ),
    mistake(
        "the default cacheTtl",
        replace={ONE: 'get(f"flag:{name}")', ALL: 'get([f"flag:{flag}" for flag in DEFAULTS])'},
        fails=["uses_copies"],
        believes="KV keeps copies as long as it can.",
        diagnosis="Without cacheTtl a copy serves for 60 seconds. You agreed on 300.",
    ),
    mistake(
        "60 to be sure",
        replace={ONE: 'get(f"flag:{name}", cacheTtl=60)'},
        fails=["uses_copies"],
        believes="cacheTtl has to be given, or nothing is cached.",
        diagnosis="cacheTtl=60 is what you get anyway: the option does nothing.",
    ),
    mistake(
        "a day",
        replace={ONE: 'get(f"flag:{name}", cacheTtl=86400)', ALL: ALL.replace("300", "86400")},
        fails=["switches_in_time"],
        believes="The longer the faster, and a write clears the copies.",
        diagnosis="No write clears copies elsewhere. A city that few people ask shows the old value for up to a day.",
    ),
    mistake(
        "a day for the page",
        replace={ALL: ALL.replace("300", "86400")},
        fails=["switches_in_time"],
        believes="A bulk read has copies of its own.",
        diagnosis="A bulk read uses the same copies, key by key, and its cacheTtl is the age that it accepts.",
    ),
    mistake(
        "one after the other",
        replace={
            "            stored = await self.env.CONFIG." + ALL: "            stored = {}\n"
            "            for flag in DEFAULTS:\n"
            '                stored[f"flag:{flag}"] = await self.env.CONFIG.get(f"flag:{flag}", cacheTtl=300)'
        },
        fails=["shows_all_at_once"],
        believes="One reads one key at a time.",
        diagnosis="Three trips, one after the other. `get` takes a list of keys and makes one trip of it.",
    ),
    mistake(
        "a listing",
        replace={
            "            stored = await self.env.CONFIG."
            + ALL: "            found = await self.env.CONFIG.list(prefix='flag:')\n"
            '            names = [key["name"] for key in found["keys"]]\n'
            '            stored = {f"flag:{flag}": None for flag in DEFAULTS}\n'
            "            stored.update(await self.env.CONFIG.get(names) if names else {})"
        },
        fails=["shows_all_at_once"],
        believes="One has to ask first which flags there are.",
        diagnosis="You know the names already. A listing costs ten times a read, may be a minute old, and names what is not yours to show.",
    ),
    mistake(
        "the name without its prefix",
        replace={'stored[f"flag:{flag}"]': "stored[flag]"},
        fails=["shows_all_at_once"],
        believes="The result is by flag.",
        diagnosis="A bulk read returns the values by key, and the key is `flag:dark-mode`.",
    ),
]
