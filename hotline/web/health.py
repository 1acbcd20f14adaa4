"""What machines ask: alive, ready, and how much."""

import asyncpg
import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.http import answer, services
from hotline.infra.outbox import waiting_jobs

REQUESTS = Counter("hotline_requests_total", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("hotline_request_seconds", "Time to answer", ["method", "route"])
JOBS = Gauge("hotline_jobs_waiting", "Jobs queued or being done")


class Alive(msgspec.Struct, frozen=True):
    status: str = "ok"


class Ready(msgspec.Struct, frozen=True):
    status: str
    database: bool
    jobs: int | None
    """Jobs waiting or being done; None when the database does not answer."""


async def live(request: Request) -> Response:
    return answer(Alive())


async def ready(request: Request) -> Response:
    """Ready without a classifier or Redis, too: then a person decides and screens ask again."""
    try:
        async with services(request).pool.acquire(timeout=2) as conn:
            jobs: int | None = await waiting_jobs(conn)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        jobs = None
    return answer(Ready("down" if jobs is None else "ok", jobs is not None, jobs), 503 if jobs is None else 200)


async def metrics(request: Request) -> Response:
    async with services(request).pool.acquire() as conn:
        JOBS.set(await waiting_jobs(conn))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
