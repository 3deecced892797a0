"""An application: users, posts, a feed, an audit."""

from workers import Response, WorkerEntrypoint

SCHEMA = """CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL)
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, title TEXT)
CREATE INDEX posts_by_user ON posts(user_id, id)
CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT NOT NULL)"""


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        path = request.url.split("/", 3)[3]
        if path == "setup":
            return Response.json({"count": (await db.exec(SCHEMA))["count"]})
        body = await request.json()
        try:
            return Response.json(await getattr(self, path)(db, body))
        except Exception as error:
            return Response.json({"error": str(error)}, status=409)

    async def user(self, db, body):
        row = await (
            db.prepare("INSERT INTO users (email, created_at) VALUES (?, ?) RETURNING id, email")
            .bind(body["email"], 1_700_000_000)
            .first()
        )
        return dict(row)

    async def posts(self, db, body):
        put = db.prepare("INSERT INTO posts (user_id, title) VALUES (?, ?)")
        audit = db.prepare("INSERT INTO audit (what) VALUES (?)").bind(f"{len(body['titles'])} posts")
        results = await db.batch([*(put.bind(body["user"], title) for title in body["titles"]), audit])
        return [each.meta.changes for each in results]

    async def feed(self, db, body):
        found = await (
            db.prepare("SELECT title FROM posts WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT 2")
            .bind(body["user"], body.get("after", 0))
            .all()
        )
        return {"titles": [row.title for row in found.results], "rows": [dict(row) for row in found.results]}

    async def remove(self, db, body):
        done = await db.prepare("DELETE FROM users WHERE id = ?").bind(body["user"]).run()
        left = await db.prepare("SELECT (SELECT count(*) FROM posts) AS p, (SELECT count(*) FROM audit) AS a").first()
        return {"changes": done.meta.changes, "left": dict(left)}
