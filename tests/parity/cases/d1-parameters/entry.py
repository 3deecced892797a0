"""Parameters by position, number and name, too few and too many."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB

        def rows(sql, *values):
            return lambda: db.prepare(sql).bind(*values).raw()

        marks = ", ".join(["?"] * 100)
        twice = db.prepare("SELECT ? AS x").bind(1)
        return await report(
            {
                "by position": rows("SELECT ?, ?", "a", "b"),
                "by number": rows("SELECT ?2, ?1", "a", "b"),
                "one twice": rows("SELECT ?1, ?1", "a"),
                "a gap": rows("SELECT ?3", "a", "b", "c"),
                "by name": rows("SELECT :a, @b, $c", 1, 2, 3),
                "a name twice": rows("SELECT :a, :a", 1),
                "mixed": rows("SELECT ?, ?1, ?", "a", "b"),
                "none given": rows("SELECT ?"),
                "too few": rows("SELECT ?, ?", 1),
                "too many": rows("SELECT ?", 1, 2),
                "none wanted": rows("SELECT 1", 1),
                "never bound": lambda: db.prepare("SELECT ?").raw(),
                "bound again": lambda: twice.bind(2).raw(),
                "as before": lambda: twice.raw(),
                "bound with nothing": lambda: twice.bind().raw(),
                "a keyword": lambda: db.prepare("SELECT ?").bind(a=1).raw(),
                "a hundred": rows(f"SELECT {marks}", *range(100)),
                "a hundred and one": rows(f"SELECT {marks}, ?", *range(101)),
                "number 101": rows("SELECT ?101", *range(101)),
                "of the last of two": rows("SELECT 1; SELECT ?", 5),
                "of the first of two": rows("SELECT ?; SELECT 1", 5),
            }
        )
