"""Durable Objects' phenomena: the ceiling of one, gates, shards, placement at birth, hibernation."""
