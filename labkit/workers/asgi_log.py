"""The logger of the SDK's ASGI adapter. What a Worker writes to its standard error is in its log; so is this."""

from __future__ import annotations

import logging

from labkit.workers.context import current

logger = logging.getLogger("asgi")


class WorkersLog(logging.Handler):
    """Writes to the log of the Worker whose event is running; of no Worker, nowhere."""

    def emit(self, record: logging.LogRecord) -> None:
        report = getattr(current.get(), "report", None)
        if report is not None:
            level = "error" if record.levelno >= logging.ERROR else "warning"
            report(level, record.getMessage(), record.exc_info and record.exc_info[1])


if not logger.handlers:
    logger.addHandler(WorkersLog(logging.WARNING))
