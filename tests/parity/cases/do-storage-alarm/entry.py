"""The alarm as part of the storage; that it rings is another case's."""

from datetime import datetime, timedelta

from attempt import report
from workers import DurableObject, Response, WorkerEntrypoint

FAR = 5_000_000_000_000


class Store(DurableObject):
    async def alarm(self):
        pass

    async def check(self):
        s = self.ctx.storage

        async def set_and_get(*args, **options):
            result = await s.setAlarm(*args, **options)
            return [result, await s.getAlarm()]

        async def undone(txn):
            await txn.setAlarm(FAR + 5)
            inside = await txn.getAlarm()
            txn.rollback()
            return [inside, await s.getAlarm()]

        return await (
            await report(
                {
                    "none": lambda: s.getAlarm(),
                    "ms": lambda: set_and_get(FAR),
                    "another": lambda: set_and_get(FAR + 1),
                    "a fraction": lambda: set_and_get(FAR + 2.7),
                    "a date": lambda: set_and_get(datetime(2100, 1, 1)),
                    "options": lambda: set_and_get(FAR, allowUnconfirmed=True),
                    "text as options": lambda: s.setAlarm(FAR, "x"),
                    "None": lambda: s.setAlarm(None),
                    "nothing": lambda: s.setAlarm(),
                    "text": lambda: s.setAlarm("x"),
                    "a bool": lambda: s.setAlarm(True),
                    "a timedelta": lambda: s.setAlarm(timedelta(1)),
                    "0": lambda: s.setAlarm(0),
                    "-1": lambda: s.setAlarm(-1),
                    "2**60": lambda: s.setAlarm(2**60),
                    "NaN": lambda: s.setAlarm(float("nan")),
                    "still": lambda: s.getAlarm(),
                    "rolled back": lambda: s.transaction(undone),
                    "after the rollback": lambda: s.getAlarm(),
                    "deleteAlarm": lambda: s.deleteAlarm(),
                    "deleteAlarm again": lambda: s.deleteAlarm(),
                    "gone": lambda: s.getAlarm(),
                    "deleteAll": lambda: delete_all(s),
                }
            )
        ).text()


async def delete_all(s):
    await s.setAlarm(FAR)
    await s.deleteAll()
    return await s.getAlarm()


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
