from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

ROWS = "\n".join(f"{code},{1 + code * code % 5}" for code in range(48000, 50000))


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()  # take this line out when you begin
        # 1. The table, from lines such as 48001,2
        days = {}
        for row in ROWS.splitlines():
            code, number = row.split(",")
            days[code] = number
        # 2. The visitor's postcode
        postcode = urlsplit(request.url).path.strip("/")
        if postcode not in days:
            return Response("We do not deliver there", status=404)
        return Response(days[postcode])
