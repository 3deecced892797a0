"""The bill of a month by hand: a fee, two meters with allowances of their own, and nothing for waiting."""

from labkit import billing
from labkit.grading import requirement


def official(requests, cpu_ms):
    """What the workbook's price list says; it reproduces the vendor's own examples to the cent."""
    return dollars(float(billing.price({"workers.requests": requests, "workers.cpu_ms": requests * cpu_ms}).total))


def dollars(amount):
    return f"${amount:.2f}" if type(amount) in (int, float) else amount


def month(ex, requests, cpu_ms, wall_ms):
    return dollars(ex.call("workers_month", requests, cpu_ms, wall_ms))


@requirement(
    "A quiet month costs the fee and nothing else",
    hints=[
        "Work it out for a thousand requests: how many of them are beyond the allowance?",
        "Nothing beyond the allowance costs nothing: `max(0, ...)`.",
        "`max(0, requests - REQUESTS_INCLUDED) * REQUEST_PRICE`, and the like for computing.",
    ],
)
async def charges_the_fee(ex):
    for requests in (0, ex.random.randrange(1, 10) * 100_000):
        ex.equal(
            month(ex, requests, 5, 20), "$5.00",
            because="The fee pays for the allowances. What is left of them is not paid back.",
        )  # fmt: skip


@requirement(
    "A busy month costs what the price list says",
    hints=[
        "The allowance for computing is for the month, and cpu_ms is for one request.",
        "All requests together compute for `requests * cpu_ms` milliseconds.",
        "`max(0, requests * cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE`",
    ],
    needs=[charges_the_fee],
)
async def charges_for_use(ex):
    for requests, cpu_ms in ((15_000_000, 7), (ex.random.randrange(50, 90) * 10**6, ex.random.randrange(10, 40))):
        ex.equal(
            month(ex, requests, cpu_ms, 2 * cpu_ms), official(requests, cpu_ms),
            because="Fifteen million requests of 7 ms are the vendor's own example, and come to $8.00.",
        )  # fmt: skip


@requirement(
    "Each meter has its own allowance",
    hints=[
        "Many requests that compute little: which of the two meters runs?",
        "What is unused of one allowance does not make the other one larger.",
        "One `max(0, ...)` around each meter, not one around their sum.",
    ],
    needs=[charges_the_fee, charges_for_use],
)
async def keeps_meters_apart(ex):
    for requests, cpu_ms in ((ex.random.randrange(20, 30) * 10**6, 1), (1_000_000, ex.random.randrange(100, 900))):
        ex.equal(
            month(ex, requests, cpu_ms, 2 * cpu_ms), official(requests, cpu_ms),
            because="Requests and computing are two lines of the bill. Here only one of them goes beyond its allowance.",
        )  # fmt: skip


@requirement(
    "Waiting costs nothing",
    hints=[
        "Which of the two times is on the bill?",
        "A request that waits for a slow computer elsewhere computes no more than before.",
        "`wall_ms` does not appear in the answer.",
    ],
    needs=[charges_the_fee],
)
async def waits_for_free(ex):
    requests, cpu_ms = ex.random.randrange(20, 90) * 10**6, ex.random.randrange(3, 12)
    quick, slow = month(ex, requests, cpu_ms, cpu_ms), month(ex, requests, cpu_ms, 3000)
    ex.equal(
        slow, quick,
        because="On some days the harbour's computers are slow. While one request waits for them, V8 runs other requests, "
        "and the bill does not mind.",
    )  # fmt: skip
