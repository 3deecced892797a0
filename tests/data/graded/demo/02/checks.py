"""Flags in KV."""

from labkit.grading import requirement


@requirement(
    "What was put can be read at the same place",
    hints=[
        "Two branches: one for PUT, one for the rest.",
        "await request.text() is the body.",
        "await self.env.FLAGS.put(name, body)",
    ],
)
async def reads_back(ex):
    lab = ex.lab(kv=["FLAGS"])
    value = f"on-{ex.random.randrange(1000)}"
    await ex.fetch(lab, "/flags/dark-mode", method="PUT", body=value, colo="LHR")
    response = await ex.fetch(lab, "/flags/dark-mode", colo="LHR")
    ex.equal(response.status, 200, because="The flag was stored just before.")
    ex.equal(await response.text(), value, because="The body of the PUT is the flag's value.")


@requirement(
    "A flag that nobody stored is 404",
    hints=[
        "What does get return for a missing key?",
        "None. Compare with is None.",
        "return Response(..., status=404)",
    ],
)
async def missing(ex):
    lab = ex.lab(kv=["FLAGS"])
    response = await ex.fetch(lab, "/flags/nothing")
    ex.equal(response.status, 404, because="A client tells a missing flag from an empty one by the status.")


@requirement(
    "Flags of different names are kept apart",
    hints=["Which key do you store under?", "The last part of the path.", 'path.removeprefix("/flags/")'],
    needs=[reads_back],
)
async def apart(ex):
    lab = ex.lab(kv=["FLAGS"])
    await ex.fetch(lab, "/flags/a", method="PUT", body="one", colo="LHR")
    await ex.fetch(lab, "/flags/b", method="PUT", body="two", colo="LHR")
    for name, value in [("a", "one"), ("b", "two")]:
        response = await ex.fetch(lab, f"/flags/{name}", colo="LHR")
        ex.equal(await response.text(), value, because="Each flag has its own key.")
