"""Workflows' phenomena: what replay costs, and retries with backoff."""
