"""What people write instead."""

from labkit.grading import mistake

REQUESTS = "max(0, requests - REQUESTS_INCLUDED) * REQUEST_PRICE"
CPU = "max(0, requests * cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE"

MISTAKES = [
    mistake(
        "waiting billed",
        replace={"requests * cpu_ms": "requests * wall_ms"},
        fails=["charges_for_use", "waits_for_free"],
        believes="A request is paid for as long as it takes, as on Lambda.",
        diagnosis="You bill wall time. On Workers only computing is billed: a request that waits costs what a quick one costs.",
    ),
    mistake(
        "both times added",
        replace={"requests * cpu_ms": "requests * (cpu_ms + wall_ms)"},
        fails=["charges_for_use", "waits_for_free"],
        believes="Computing and waiting are both billed.",
        diagnosis="Waiting is on the bill. Wall time includes the computing, and only the computing is billed.",
    ),
    mistake(
        "no allowances",
        replace={REQUESTS: "requests * REQUEST_PRICE", CPU: "requests * cpu_ms * CPU_MS_PRICE"},
        fails=["charges_the_fee"],
        believes="Every request is paid for.",
        diagnosis="What the fee includes is billed again. Take each allowance off before you multiply with the price.",
    ),
    mistake(
        "money back",
        replace={
            REQUESTS: "(requests - REQUESTS_INCLUDED) * REQUEST_PRICE",
            CPU: "(requests * cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE",
        },
        fails=["charges_the_fee"],
        believes="An allowance is a credit.",
        diagnosis="Below the allowance the difference is negative, and you pay the customer. `max(0, ...)` keeps it at nothing.",
    ),
    mistake(
        "one allowance helps the other",
        replace={
            REQUESTS: "(requests - REQUESTS_INCLUDED) * REQUEST_PRICE",
            CPU: "(requests * cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE",
            "return FEE + for_requests + for_computing": "return FEE + max(0, for_requests + for_computing)",
        },
        fails=["keeps_meters_apart"],
        believes="What is left of one allowance is used for the other.",
        diagnosis="The unused part of one allowance pays for the other meter. Each has its own: put `max(0, ...)` around each.",
    ),
    mistake(
        "the allowance for each request",
        replace={CPU: "requests * max(0, cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE"},
        fails=["charges_for_use"],
        believes="Each request may compute for thirty million milliseconds.",
        diagnosis="The allowance is for the month, not for each request: multiply first, take it off then.",
    ),
    mistake(
        "computing of one request",
        replace={CPU: "max(0, cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE"},
        fails=["charges_for_use"],
        believes="cpu_ms is the month's.",
        diagnosis="The allowance is for the month and cpu_ms for one request: multiply with the requests.",
    ),
    mistake(
        "whole millions only",
        replace={
            "FEE = 5.00": "from math import ceil\n\nFEE = 5.00",
            REQUESTS: "ceil(max(0, requests - REQUESTS_INCLUDED) / 10_000_000) * 10_000_000 * REQUEST_PRICE",
        },
        fails=["charges_for_use"],
        believes="Meters are billed in full steps.",
        diagnosis="You round up to whole steps. R2 and Durable Objects do so by the million; requests to Workers are billed one by one.",
    ),
    mistake(
        "the fee only when nothing else is due",
        replace={"return FEE + for_requests + for_computing": "return max(FEE, for_requests + for_computing)"},
        fails=["charges_for_use"],
        believes="Five dollars is a minimum.",
        diagnosis="You take the fee as a minimum. It is paid on top: allowances are what it buys.",
    ),
    mistake(
        "the fee forgotten",
        replace={"return FEE + for_requests + for_computing": "return for_requests + for_computing"},
        fails=["charges_the_fee"],
        believes="One pays for what one uses.",
        diagnosis="The paid plan costs its fee in every month, used or not.",
    ),
    mistake(
        "the other meter's price",
        replace={"CPU_MS_INCLUDED) * CPU_MS_PRICE": "CPU_MS_INCLUDED) * REQUEST_PRICE"},
        fails=["charges_for_use"],
        believes="A million is a million.",
        diagnosis="Computing is multiplied with the price of requests: fifteen times too much.",
    ),
]

OFF_BY_ONE = "One request or millisecond more of an allowance is far less than a cent."
REQUESTS_LINE, CPU_LINE = "REQUESTS_INCLUDED, REQUEST_PRICE = (", "CPU_MS_INCLUDED, CPU_MS_PRICE = ("
EXCUSED = {
    f"{CPU_LINE}30000000, 0.02 / 1000000) => {CPU_LINE}30000000, 0.02 / 1000001)": OFF_BY_ONE,
    f"{CPU_LINE}30000000, 0.02 / 1000000) => {CPU_LINE}30000001, 0.02 / 1000000)": OFF_BY_ONE,
    f"{REQUESTS_LINE}10000000, 0.3 / 1000000) => {REQUESTS_LINE}10000000, 0.3 / 1000001)": OFF_BY_ONE,
    f"{REQUESTS_LINE}10000000, 0.3 / 1000000) => {REQUESTS_LINE}10000001, 0.3 / 1000000)": OFF_BY_ONE,
    f"for_computing = {CPU} => for_computing = {CPU.replace('max(0', 'max(1')}": OFF_BY_ONE,
    f"for_requests = {REQUESTS} => for_requests = {REQUESTS.replace('max(0', 'max(1')}": OFF_BY_ONE,
}
