"""Validators, by functions and by pydantic where Hono's are zod's: `validators.mjs` in Python."""

from pydantic import BaseModel, Field

from labkit.hono import Hono, HTTPException, entrypoint, validator


class User(BaseModel):
    email: str = Field(min_length=3)
    name: str = Field(min_length=1)
    age: int | None = None


class Page(BaseModel):
    page: int = Field(ge=1)
    tags: list[str] | None = None


class Id(BaseModel):
    id: int


def told(target, status=None):
    def handler(c):
        found = c.req.valid(target)
        return c.json(found.model_dump(exclude_none=True) if isinstance(found, BaseModel) else found, status)

    return handler


def named(value, c):
    return {"name": value["name"]} if isinstance(value.get("name"), str) else c.text("no name", 422)


def refused(error, c):
    return c.text("refused", 422) if error else None


def fails(value):
    raise RuntimeError("in validator")


app = Hono()
app.post("/json", validator("json", named), told("json"))
app.post("/echo/json", validator("json", lambda value: value), told("json"))
app.post("/echo/form", validator("form", lambda value: dict(sorted(value.items()))), told("form"))
app.get("/echo/query", validator("query", lambda value: value), told("query"))
app.get("/echo/param/:a/:b", validator("param", lambda value: value), told("param"))
app.get("/echo/header", validator("header", lambda value: {"one": value.get("x-one")}), told("header"))
app.get("/echo/cookie", validator("cookie", lambda value: value), told("cookie"))


@app.post("/both", validator("json", lambda value: value), validator("query", lambda value: value))
async def both(c):
    json, query, body = c.req.valid("json"), c.req.valid("query"), await c.req.text()
    return c.json({"json": json, "query": query, "body": body, "none": c.req.valid("form")})


app.get("/throws", validator("query", fails), told("query"))
app.post("/users", validator("json", User), told("json", 201))
app.post("/users/form", validator("form", User), told("form", 201))
app.get("/page", validator("query", Page), told("query"))
app.get("/id/:id", validator("param", Id), told("param"))
app.post("/hook", validator("json", User, refused), told("json"))


@app.onError
def failed(error, c):
    return error.getResponse() if isinstance(error, HTTPException) else c.text(str(error), 500)


Default = entrypoint(app)
