"""Rows read and written: scans, indexes, the bills of one schema and another."""

from attempt import report
from workers import WorkerEntrypoint

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
FEED = "SELECT * FROM posts WHERE user_id = 3 ORDER BY created_at DESC LIMIT 20"
STEPS = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, name TEXT)",
    "INSERT INTO users (email, name) VALUES ('a', 'A')",
    "CREATE INDEX idx_users_email ON users(email)",
    "INSERT INTO users (email, name) VALUES ('b', 'B')",
    "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, v)",
    "INSERT INTO counted (v) VALUES (1)",
    "INSERT INTO counted (v) VALUES (2)",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, created_at INTEGER, title TEXT)",
    f"{MANY} INSERT INTO posts (user_id, created_at, title) SELECT 3, i, 'post' FROM n",
    FEED,
    "CREATE INDEX by_user ON posts(user_id, created_at)",
    FEED,
    "SELECT count(*) FROM posts",
    "SELECT * FROM posts LIMIT 10",
    "SELECT * FROM posts WHERE title = 'none'",
    "SELECT * FROM posts WHERE id = 5",
    "SELECT * FROM posts WHERE id IN (1, 2, 3)",
    "SELECT max(id) FROM posts",
    "SELECT user_id, count(*) FROM posts GROUP BY user_id",
    "SELECT p.id FROM posts p JOIN users u ON u.id = p.user_id LIMIT 5",
    "UPDATE posts SET title = 'x' WHERE id = 5",
    "UPDATE posts SET created_at = 0 WHERE id = 5",
    "UPDATE users SET email = 'c' WHERE id = 1",
    "DELETE FROM users WHERE id = 1",
    "DELETE FROM posts WHERE user_id = 3 AND created_at < 100",
    "SELECT * FROM users WHERE email = 'b'",
    "SELECT * FROM users WHERE name = 'B'",
    "SELECT * FROM counted",
    "DELETE FROM counted",
    "SELECT * FROM counted",
]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        async def rows(sql):
            meta = (await self.env.DB.prepare(sql).all()).meta
            return [meta.rows_read, meta.rows_written, meta.changes]

        return await report({f"{n} {sql}": lambda sql=sql: rows(sql) for n, sql in enumerate(STEPS)})
