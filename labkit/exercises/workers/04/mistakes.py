"""What people write instead."""

from labkit.grading import mistake

SERVICE = '{ "binding": "MAILER", "service": "mailer", "entrypoint": "Outbox" }'
KEY = """"GREETING": "Dear singers"
    // MAIL_KEY is a secret: wrangler secret put MAIL_KEY"""
MEMBERS = "  // no kv_namespaces: this Worker has no business with the members' addresses\n"

MISTAKES = [
    mistake(
        "var",
        replace={'"vars"': '"var"'},
        fails=["is_read"],
        believes="A section that holds one kind of thing is named in the singular.",
        diagnosis='The section is called "vars". wrangler only warns of "var" and deploys a Worker without GREETING.',
    ),
    mistake(
        "the class as the service",
        replace={SERVICE: '{ "binding": "MAILER", "service": "Outbox" }'},
        fails=["is_read"],
        believes="A binding is to a class.",
        diagnosis='"service" names the other Worker, which is `mailer`. Which of its classes is meant, "entrypoint" says.',
    ),
    mistake(
        "no entrypoint",
        replace={SERVICE: '{ "binding": "MAILER", "service": "mailer" }'},
        fails=["mails"],
        believes="The runtime finds the class that has the method.",
        diagnosis='Without "entrypoint" the binding is to the class `Default` of the mailer, which has no method `deliver`. It is in `Outbox`.',
    ),
    mistake(
        "the binding in lower case",
        replace={'"binding": "MAILER"': '"binding": "mailer"'},
        fails=["mails", "grants_no_more"],
        believes="The binding is named after the Worker.",
        diagnosis="`binding` is the name on env, and the code says `env.MAILER`: names on env are as you write them, capitals and all.",
    ),
    mistake(
        "entrypoint misspelt",
        replace={'"entrypoint"': '"entry_point"'},
        fails=["is_read"],
        believes="Keys have underscores.",
        diagnosis='The key is "entrypoint", one word. With a key that it does not know, wrangler would bind the class `Default`.',
    ),
    mistake(
        "the key among the variables",
        replace={KEY: '"GREETING": "Dear singers",\n    "MAIL_KEY": "key-3f9a77"'},
        fails=["keeps_the_key_out"],
        believes="Variables are private.",
        diagnosis="Variables stand in the file in plain text, and the file is public. A secret is set by a command and stands in no file.",
    ),
    mistake(
        "a new key among the variables",
        replace={KEY: '"GREETING": "Dear singers",\n    "MAIL_KEY": "key-of-today"'},
        fails=["keeps_the_key_out"],
        believes="It is enough to change the key.",
        diagnosis="The new key is as public as the old one was. Take the line out: the secret is on env already.",
    ),
    mistake(
        "the key in a comment",
        replace={"wrangler secret put MAIL_KEY": "key-3f9a77, see wrangler secret put"},
        fails=["keeps_the_key_out"],
        believes="What is commented out is gone.",
        diagnosis="A comment is as public as the rest of the file.",
    ),
    mistake(
        "the members as well",
        replace={MEMBERS: '  ,"kv_namespaces": [{ "binding": "MEMBERS", "id": "0f2a9c51" }]\n'},
        fails=["grants_no_more"],
        believes="It does no harm.",
        diagnosis="The code never reads MEMBERS, and a hole in the code could. Take out what is not needed; putting it back is one line.",
    ),
    mistake(
        "the greeting thrown out too",
        replace={
            '  "vars": {\n    "GREETING": "Dear singers"\n    // MAIL_KEY is a secret: wrangler secret put MAIL_KEY\n  },\n': ""
        },
        fails=["mails"],
        believes="The whole section is secret.",
        diagnosis="The greeting is no secret, and the Worker reads `env.GREETING`: without it the Worker raises AttributeError.",
    ),
    mistake(
        "one service instead of a list",
        replace={
            f"[\n    // the name on env, the Worker that it stands for, and which of its classes\n    {SERVICE}\n  ]": SERVICE
        },
        fails=["is_read"],
        believes="One binding needs no list.",
        diagnosis='"services" holds a list of bindings, also when there is one.',
    ),
    mistake(
        "a comma too many on the wrong side",
        replace={'"GREETING": "Dear singers"': '"GREETING": "Dear singers";'},
        fails=["is_read"],
        believes="Entries end in a semicolon.",
        diagnosis="JSON separates with commas. jsonc adds comments and a comma after the last entry, and nothing else.",
    ),
]
