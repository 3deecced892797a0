"""A FastAPI app as a Worker, with what apps have: parameters, models, dependencies, middleware, streams, sockets."""

import asyncio
from contextlib import asynccontextmanager
from typing import Annotated

import asgi
from fastapi import (
    APIRouter,
    BackgroundTasks,
    Cookie,
    Depends,
    FastAPI,
    File,
    Form,
    Header,
    HTTPException,
    Request,
    Response,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
)
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.middleware.sessions import SessionMiddleware
from workers import WorkerEntrypoint

life = []


@asynccontextmanager
async def lifespan(app):
    life.append("up")
    yield {"pool": "open"}
    life.append("down")


app = FastAPI(lifespan=lifespan)
app.add_middleware(SessionMiddleware, secret_key="secret")
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_methods=["PUT"])


class Item(BaseModel):
    name: str
    price: float = Field(gt=0)
    tags: list[str] = []


class OutOfStock(Exception):
    pass


@app.exception_handler(OutOfStock)
async def out_of_stock(request, error):
    return JSONResponse({"missing": str(error)}, status_code=409)


@app.get("/items/{number}")
async def item(number: int, q: str | None = None, limit: int = 10):
    return {"number": number, "q": q, "limit": limit}


@app.post("/items", status_code=201)
async def create(item: Item, request: Request) -> Item:
    await request.scope["env"].SHOP.put(item.name, item.model_dump_json())
    return item


def checked(authorization: Annotated[str | None, Header()] = None) -> str:
    if authorization != "Bearer key":
        raise HTTPException(401, "Who are you?")
    return "ada"


@app.get("/stock/{name}")
async def stock(name: str, env=asgi.env, user: str = Depends(checked)):
    found = await env.SHOP.get(name)
    if found is None:
        raise OutOfStock(name)
    return {"user": user, "found": found}


@app.get("/plain")
def plain():
    """No coroutine: elsewhere it would run in a thread."""
    return {"plain": True}


@app.post("/orders")
async def order(later: BackgroundTasks, request: Request):
    async def note(text):
        await asyncio.sleep(1)
        await request.scope["env"].SHOP.put("noted", text)

    later.add_task(note, "ordered")
    later.add_task(print, "printed later")
    return {"ordered": True}


@app.get("/numbers")
async def numbers():
    async def lines():
        for number in range(3):
            yield f"{number}\n"
            await asyncio.sleep(1)

    return StreamingResponse(lines(), media_type="text/plain")


@app.get("/events")
async def events():
    async def told():
        for number in range(3):
            yield f"event: tick\ndata: {number}\n\n"
            await asyncio.sleep(10)

    return StreamingResponse(told(), media_type="text/event-stream", headers={"cache-control": "no-store"})


@app.get("/breaks-off")
async def breaks_off():
    async def parts():
        yield "begun"
        raise ValueError("broke off")

    return StreamingResponse(parts())


@app.post("/files")
async def files(title: Annotated[str, Form()], file: Annotated[UploadFile, File()]):
    content = await file.read()
    return {"title": title, "name": file.filename, "type": file.content_type, "size": len(content)}


@app.post("/bytes")
async def octets(request: Request):
    return {"chunks": [len(chunk) async for chunk in request.stream()]}


@app.get("/cookies")
async def cookies(response: Response, theme: Annotated[str | None, Cookie()] = None):
    response.set_cookie("theme", "dark", httponly=True)
    response.set_cookie("seen", "1")
    return {"theme": theme}


@app.get("/visits")
async def visits(request: Request):
    request.session["count"] = request.session.get("count", 0) + 1
    return request.session["count"]


@app.get("/moved")
async def moved():
    return RedirectResponse("/items/1", status_code=307)


@app.get("/fails")
async def fails():
    raise ValueError("no luck")


@app.get("/life")
async def told_life(request: Request):
    return {"life": life, "state": request.state.pool}


@app.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                break
            if message.get("bytes") is not None:
                await socket.send_bytes(message["bytes"][::-1])
            elif message["text"] == "bye":
                await socket.close(4000, "as you wish")
            else:
                await socket.send_json({"heard": message["text"], "query": socket.query_params.get("q")})
    except WebSocketDisconnect:
        pass


admin = FastAPI()


@admin.get("/who")
async def who(request: Request):
    return {"root": request.scope["root_path"], "path": request.url.path}


app.mount("/admin", admin)
router = APIRouter(prefix="/v1")


@router.get("/ping")
async def ping():
    return "pong"


app.include_router(router)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.headers.get("upgrade") == "websocket":
            return await asgi.websocket(app, request.js_object, self.env)
        return await asgi.fetch(app, request.js_object, self.env)
