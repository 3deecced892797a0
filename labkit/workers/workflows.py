"""`workers.workflows`: the error that ends a Workflow's step without another try."""

from __future__ import annotations


class NonRetryableError(Exception):
    """Raised in a step: the step fails at once, however many retries are left."""

    __module__ = "workers.workflows"  # what a learner imports it from, and what a traceback says
