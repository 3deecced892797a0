from workers import env


async def settings():
    return await env.KV.get("settings") or "none yet"


async def counted():
    return await env.BOX.getByName("fixture").count()
