"""What queries on a small blog read and write. Those of ESTIMATED run and are not compared."""
# ruff: noqa: E501  (statements as they were counted)

import json

from attempt import attempt
from workers import DurableObject, Response, WorkerEntrypoint

BLOG = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, age INT)",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, title TEXT, n INT)",
    "CREATE INDEX posts_user ON posts(user_id)",
    "CREATE TABLE tags (post_id INT, tag TEXT, PRIMARY KEY (post_id, tag))",
    "CREATE TABLE audit (what TEXT)",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<30) INSERT INTO users (email,name,age) SELECT 'u'||x||'@x', 'n'||(x%5), x FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<100) INSERT INTO posts (user_id,title,n) SELECT 1+x%20, 't'||x, x%7 FROM c",
    "INSERT INTO tags SELECT id, 'a' FROM posts",
    "INSERT INTO tags SELECT id, 'b' FROM posts WHERE n=1",
]
STATEMENTS = {
    "by email": "SELECT * FROM users WHERE email='u3@x'",
    "by email none": "SELECT * FROM users WHERE email='zz'",
    "join by fk": "SELECT u.name, p.title FROM users u JOIN posts p ON p.user_id=u.id WHERE u.id=3",
    "join all": "SELECT u.name, p.title FROM users u JOIN posts p ON p.user_id=u.id",
    "join count": "SELECT u.id, count(*) AS n FROM users u JOIN posts p ON p.user_id=u.id GROUP BY u.id",
    "left join count": "SELECT u.id, count(p.id) AS n FROM users u LEFT JOIN posts p ON p.user_id=u.id GROUP BY u.id",
    "join filter": "SELECT u.name FROM users u JOIN posts p ON p.user_id=u.id WHERE p.n=3",
    "three tables": "SELECT * FROM users u JOIN posts p ON p.user_id=u.id JOIN tags g ON g.post_id=p.id WHERE u.id=3",
    "exists": "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.user_id=u.id)",
    "scalar sub": "SELECT u.id, (SELECT count(*) FROM posts p WHERE p.user_id=u.id) AS n FROM users u",
    "in sub": "SELECT * FROM users WHERE id IN (SELECT user_id FROM posts WHERE n=1)",
    "distinct": "SELECT DISTINCT name FROM users",
    "distinct idx": "SELECT DISTINCT user_id FROM posts",
    "union": "SELECT name FROM users UNION SELECT title FROM posts",
    "union all": "SELECT name FROM users UNION ALL SELECT title FROM posts",
    "or": "SELECT * FROM posts WHERE user_id=3 OR id=5",
    "like": "SELECT * FROM users WHERE name LIKE 'n1%'",
    "two filters": "SELECT * FROM users WHERE name='n1' AND age>10",
    "two filters idx": "SELECT * FROM posts WHERE user_id=3 AND n>2 AND title LIKE 't%'",
    "idx agg": "SELECT count(*) FROM posts WHERE user_id=3",
    "idx agg filter": "SELECT count(*), max(n) FROM posts WHERE user_id=3 AND n>2",
    "sum": "SELECT sum(n) FROM posts",
    "max no idx": "SELECT max(n) FROM posts",
    "max idx": "SELECT max(user_id) FROM posts",
    "order by pk desc limit": "SELECT * FROM posts ORDER BY id DESC LIMIT 10",
    "page after": "SELECT * FROM posts WHERE id>50 ORDER BY id LIMIT 10",
    "idx order other": "SELECT * FROM posts WHERE user_id=3 ORDER BY n DESC",
    "group having": "SELECT n, count(*) AS c FROM posts GROUP BY n HAVING c>14",
    "window": "SELECT id, row_number() OVER (ORDER BY n) AS r FROM posts",
    "insert select": "INSERT INTO audit SELECT title FROM posts WHERE n=1",
    "insert 2 idx": "INSERT INTO users (email,name,age) VALUES ('new@x','n',1)",
    "insert tags": "INSERT INTO tags VALUES (1,'z')",
    "update by email": "UPDATE users SET age=age+1 WHERE email='u3@x'",
    "update email": "UPDATE users SET email='q@x' WHERE id=4",
    "update filter": "UPDATE users SET age=0 WHERE age>20",
    "update by fk idx+filter": "UPDATE posts SET title='x' WHERE user_id=3 AND n=1",
    "trigger": "CREATE TRIGGER tr AFTER UPDATE ON users BEGIN INSERT INTO audit VALUES (new.name); END",
    "update w/ trigger": "UPDATE users SET age=5 WHERE id=5",
    "delete cascade": "DELETE FROM users WHERE id=6",
    "delete by filter": "DELETE FROM posts WHERE n=2",
    "delete range": "DELETE FROM posts WHERE id<10",
    "partial": "CREATE INDEX part ON users(age) WHERE age>10",
    "insert partial in": "INSERT INTO users (email,name,age) VALUES ('p1@x','n',50)",
    "insert partial out": "INSERT INTO users (email,name,age) VALUES ('p2@x','n',5)",
    "upsert counter": "INSERT INTO tags VALUES (1,'z') ON CONFLICT DO NOTHING",
    "values": "VALUES (1),(2)",
    "json each join": "SELECT u.id FROM json_each('[1,2,3]') j JOIN users u ON u.id=j.value",
    "with": "WITH x AS (SELECT * FROM posts WHERE user_id=3) SELECT count(*) FROM x",
    "not in": "SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM posts)",
    "between idx": "SELECT * FROM posts WHERE user_id BETWEEN 3 AND 5",
    "limit filter": "SELECT * FROM posts WHERE n=3 LIMIT 3",
    "idx limit": "SELECT * FROM posts WHERE user_id=3 LIMIT 2",
    "covering": "SELECT user_id FROM posts WHERE user_id>15",
}
ESTIMATED = {
    "delete by filter",
    "delete cascade",
    "idx agg filter",
    "in sub",
    "insert partial out",
    "join count",
    "left join count",
    "not in",
    "or",
    "partial",
    "scalar sub",
    "three tables",
    "union",
    "window",
}


class Store(DurableObject):
    async def check(self):
        sql, answers = self.ctx.storage.sql, {}
        for statement in BLOG:
            sql.exec(statement)

        def rows(statement):
            cursor = sql.exec(statement)
            found = len(cursor.toArray())
            return [found, cursor.rowsRead, cursor.rowsWritten]

        for name, statement in STATEMENTS.items():
            counted = await attempt(lambda text=statement: rows(text))
            answers[name] = counted[0] if name in ESTIMATED else counted
        return json.dumps(answers)


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
