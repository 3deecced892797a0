"""Durable Objects: one object a name, one thread an object, its storage beside it."""
