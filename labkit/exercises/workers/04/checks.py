"""A configuration is a grant: what it does not name the Worker cannot reach, and what it names it can."""

from labkit import wrangler
from labkit.errors import LabError
from labkit.grading import requirement

MAILER = """
from workers import Response, WorkerEntrypoint


class Outbox(WorkerEntrypoint):
    async def deliver(self, text, key):
        return {"text": text, "key": key}


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response("the choir's mailer")
"""
OLD_KEY = "3f9a77"
GRANTED = {"GREETING", "MAILER", "MAIL_KEY"}


def deployed(ex):
    """The learner's Worker with her configuration, and the key that it finds: the new one, unless hers has one too."""
    ex.did("your Worker is deployed with your WRANGLER, and MAIL_KEY is set as a secret")
    new = {"MAIL_KEY": f"key-{ex.random.randrange(10**6)}"}
    try:
        old = wrangler.read(ex.name("WRANGLER")).vars
        secrets = {} if "MAIL_KEY" in old else new
        lab = ex.lab(wrangler=ex.name("WRANGLER"), services={"mailer": MAILER}, secrets=secrets)
    except LabError as error:
        ex.fail("a configuration that wrangler reads as it was meant", str(error).partition(" Read:")[0],
                "Wrangler warns of a key that it does not know, and deploys without what it stood for.")  # fmt: skip
    return lab, {**new, **old}["MAIL_KEY"]


@requirement(
    "Wrangler knows every key, and every service it names exists",
    hints=[
        "Read what came back under `Got`, letter by letter.",
        "Two things: the name of the variables' section, and which Worker `service` should name.",
        '`"vars"`, and `"service": "mailer"`: the Worker. The class is named by `"entrypoint"`.',
    ],
)
async def is_read(ex):
    deployed(ex)


@requirement(
    "The newsletter goes out",
    hints=[
        "The Worker looks for `env.GREETING` and `env.MAILER`. What do you call them?",
        "`binding` is the name on env, capitals and all; `service` the other Worker; `entrypoint` the class in it.",
        '`{ "binding": "MAILER", "service": "mailer", "entrypoint": "Outbox" }`',
    ],
    needs=[is_read],
)
async def mails(ex):
    lab, key = deployed(ex)
    issue = f"issue-{ex.random.randrange(100)}"
    response = await ex.fetch(lab, f"/{issue}", colo="TLL")
    ex.equal(
        await ex.json(response), {"text": f"Dear singers, here is {issue}", "key": key},
        because="The mailer gets the greeting with the issue, and the key that was set as a secret.",
    )  # fmt: skip


@requirement(
    "The key is not in the configuration",
    hints=[
        "The file is in a public repository, and stays in its history.",
        "A variable can be read by whoever reads the file. A secret is stored by the platform, and set by a command.",
        "Delete the line with MAIL_KEY. `wrangler secret put MAIL_KEY` has put it on env already.",
    ],
    needs=[is_read],
)
async def keeps_the_key_out(ex):
    lab, _ = deployed(ex)
    ex.true(
        OLD_KEY not in ex.name("WRANGLER") and "MAIL_KEY" not in lab.config.vars,
        expected="no MAIL_KEY among the variables, and the old key nowhere",
        got=f"variables {', '.join(lab.config.vars) or 'none'}"
        + (", and the old key in the text" if OLD_KEY in ex.name("WRANGLER") else ""),
        because="Whoever can read a repository has every key that is in it, also those that were taken out later.",
    )


@requirement(
    "The Worker is granted what it needs, and nothing else",
    hints=[
        "Compare the configuration with what the Worker uses. What does it never mention?",
        "A newsletter that can read the members' addresses will one day be the way in which they leak.",
        'Delete "kv_namespaces". On env there should be GREETING, MAILER and MAIL_KEY.',
    ],
    needs=[is_read],
)
async def grants_no_more(ex):
    lab, _ = deployed(ex)
    ex.did("we look at the names on env")
    got = set(vars(lab.env("TLL")._env))
    ex.true(
        got <= GRANTED,
        expected=f"nothing on env but {', '.join(sorted(GRANTED))}",
        got=f"also {', '.join(sorted(got - GRANTED))}",
        because="The grant is the credential: a Worker that is taken over can do what env can do, and no more.",
    )
