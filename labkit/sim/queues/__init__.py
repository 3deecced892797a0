"""Queues' phenomena: batches, retries, duplicates, dead letters, consumers that multiply."""
