"""The first exercise: a Worker that says which city it runs in."""

from labkit.grading import requirement
from labkit.network import places


@requirement(
    "A visitor gets an answer, with status 200",
    hints=[
        "The last line of `fetch` has to return a Response.",
        "Replace `todo()` with something that can stand in a text.",
        "`city = request.cf.colo`",
    ],
)
async def answers(ex):
    lab = ex.lab()
    response = await ex.fetch(lab, "/", colo="PER")
    ex.equal(response.status, 200, because="A browser shows anything else as an error.")


@requirement(
    "The answer names the city that the request entered",
    hints=[
        "The city is not in the code: it comes with each request.",
        "Look at `request.cf`: it holds what Cloudflare knows about the visitor.",
        "`request.cf.colo` is the code of the city.",
    ],
    needs=[answers],
)
async def names_the_city(ex):
    lab = ex.lab()
    for colo in ex.random.sample(sorted(places.PLACES), 3):
        response = await ex.fetch(lab, "/", colo=colo)
        ex.equal(
            await response.text(),
            f"Hello from {colo}",
            because="The same code runs in every city; only the request says which one this is.",
        )
