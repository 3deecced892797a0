"""What people write instead."""

from labkit.grading import mistake

AFTER = "self.ctx.waitUntil(self.record(path, request.cf.colo))"
BODY = 'body = json.dumps({"path": path, "colo": colo})'
NOT_OK = "if not answer.ok:"

MISTAKES = [
    mistake(
        "awaited",
        replace={AFTER: "await self.record(path, request.cf.colo)"},
        fails=["does_not_wait"],
        believes="To be sure that it is done, one awaits it.",
        diagnosis="What is awaited before `return` is waited for by the customer: three seconds for the auditors. `waitUntil` goes on after the response.",
    ),
    mistake(
        "awaited inside waitUntil",
        replace={AFTER: "self.ctx.waitUntil(await self.record(path, request.cf.colo))"},
        fails=["answers"],
        believes="waitUntil takes the result.",
        diagnosis="The `await` runs the record before waitUntil sees anything, and hands it None. Give it the coroutine, without `await`.",
    ),
    mistake(
        "a task of its own",
        replace={
            AFTER: "asyncio.create_task(self.record(path, request.cf.colo))",
            "import json": "import asyncio\nimport json",
        },
        fails=["records"],
        believes="A task that is started runs to its end.",
        diagnosis="The runtime ends a request's tasks with its response, and the log says so. Only what waitUntil was given goes on.",
    ),
    mistake(
        "called and dropped",
        replace={AFTER: "self.record(path, request.cf.colo)"},
        fails=["records"],
        believes="Calling an async function runs it.",
        diagnosis="A call of an async function makes a coroutine and runs none of it. Somebody must await it, or hand it to waitUntil.",
    ),
    mistake(
        "the function instead of the call",
        replace={AFTER: "self.ctx.waitUntil(self.record)"},
        fails=["answers"],
        believes="waitUntil calls the function itself.",
        diagnosis="waitUntil takes what a call returns, not the function: `self.record(path, request.cf.colo)`.",
    ),
    mistake(
        "after return",
        replace={
            "        " + AFTER + "\n        return response": "        return response\n        " + AFTER,
        },
        fails=["records"],
        believes="What should happen after the response stands after return.",
        diagnosis="Nothing after `return` runs. waitUntil is called before it, and only its work goes on afterwards.",
    ),
    mistake(
        "a dict as the body",
        replace={BODY: 'body = {"path": path, "colo": colo}'},
        fails=["records"],
        believes="fetch turns a dict into JSON.",
        diagnosis="A body is text or bytes: a dict has to become JSON first, with `json.dumps`.",
    ),
    mistake(
        "the text of a dict",
        replace={BODY: 'body = str({"path": path, "colo": colo})'},
        fails=["records"],
        believes="The text of a dict is JSON.",
        diagnosis="Python writes a dict with single quotes, and JSON has double ones. `json.dumps` knows the difference.",
    ),
    mistake(
        "PUT",
        replace={'method="POST"': 'method="PUT"'},
        fails=["records"],
        believes="PUT and POST are the same.",
        diagnosis="PUT puts something in a place of your choice; POST hands it over. The auditors take POST.",
    ),
    mistake(
        "only the path",
        replace={BODY: 'body = json.dumps({"path": path})'},
        fails=["records"],
        believes="The path is what matters.",
        diagnosis="The record lacks `colo`: which city answered. The method gets it as its second argument.",
    ),
    mistake(
        "the country for the city",
        replace={"request.cf.colo": "request.cf.country"},
        fails=["records"],
        believes="colo is where the customer is.",
        diagnosis="`cf.country` is where the customer is; `cf.colo` is the city that answered.",
    ),
    mistake(
        "an exception for a refusal",
        replace={
            '        answer = await fetch(AUDIT, method="POST", body=body)\n': '        try:\n            await fetch(AUDIT, method="POST", body=body)\n',
            NOT_OK: "except OSError:",
            "        # 4. A record that was refused leaves a line in the log\n": "",
        },
        fails=["reports_a_refusal"],
        believes="fetch raises when the server refuses.",
        diagnosis="A refusal is an answer with a status, and fetch does not raise: `ok` is false for 400, 429, 503 and the rest.",
    ),
    mistake(
        "only 500",
        replace={NOT_OK: "if answer.status == 500:"},
        fails=["reports_a_refusal"],
        believes="Errors are 500.",
        diagnosis="A refusal is an answer with a status, and fetch does not raise: `ok` is false for 400, 429, 503 and the rest.",
    ),
    mistake(
        "everything but 200",
        replace={NOT_OK: "if answer.status != 200:"},
        fails=["keeps_quiet"],
        believes="Success is 200.",
        diagnosis="The auditors answer with 201, which says that a record was created. All of 200 to 299 is success: `ok`.",
    ),
    mistake(
        "the wrong way round",
        replace={NOT_OK: "if answer.ok:"},
        fails=["reports_a_refusal", "keeps_quiet"],
        believes="ok means that something is to be said.",
        diagnosis="The line is printed when all went well and not when it did not: `if not answer.ok`.",
    ),
]
