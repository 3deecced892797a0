FEE = 5.00  # US dollars a month, whatever is used
REQUESTS_INCLUDED, REQUEST_PRICE = 10_000_000, 0.30 / 1_000_000
CPU_MS_INCLUDED, CPU_MS_PRICE = 30_000_000, 0.02 / 1_000_000


def workers_month(requests, cpu_ms, wall_ms):
    """US dollars for a month on the paid plan; cpu_ms and wall_ms are those of each request."""
    # 1. Requests beyond the allowance: what is not used of it is worth nothing
    for_requests = max(0, requests - REQUESTS_INCLUDED) * REQUEST_PRICE
    # 2. Computing beyond the allowance; waiting is not billed, so wall_ms plays no part
    for_computing = max(0, requests * cpu_ms - CPU_MS_INCLUDED) * CPU_MS_PRICE
    return FEE + for_requests + for_computing
