"""The HTTP API, put together; `python -m producers.api` serves it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio.to_thread
import uvicorn

from ops import lifeline, log
from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoConversations, DynamoImages, DynamoJobStore
from ops.aws.objects import S3ObjectStore
from ops.aws.queues import SqsQueues
from ops.payloads import ClaimCheck
from ops.settings import Settings
from ops.timing import utc_now
from producers import batches, collections, conversations, failures, health, images, jobs, kinds, submit, uploads
from producers.access import AccessLog
from producers.control import Control
from producers.head import Head
from producers.identity import DevelopmentIdentity, refuse_exposure
from producers.ids import new_id
from producers.openapi import Api
from producers.readiness import Readiness, checks
from producers.sending import Sender
from producers.services import Ports, Services
from producers.submission import Submissions
from schemas.ending import Ending
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from fastapi import FastAPI

    from schemas.kinds import AnyKind

VERSION = "0.1.0"
#: Requests that wait for AWS at a time; each AWS client has as many connections.
_THREADS = 50
_SHUTDOWN_S = 10


def main() -> None:
    """Serve the API until a signal ends it."""
    lifeline.die_with_supervisor()
    settings = Settings()
    log.configure(settings, process="api")
    ports = aws_ports(settings)
    refuse_exposure(ports.identify, settings.api_host)
    uvicorn.run(
        create_app(ports, settings),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
        server_header=False,
    )


def create_app(ports: Ports, settings: Settings, *, all_kinds: Mapping[str, AnyKind] | None = None) -> FastAPI:
    """Return the app over these ports, with a route for every kind."""
    all_kinds = registry() if all_kinds is None else all_kinds
    app = Api(
        title="Sayline",
        version=VERSION,
        summary="Speech and AI jobs: ask, look, fetch.",
        lifespan=_lifespan,
        # Swagger UI comes from a CDN: scripts of others have no place beside real credentials.
        docs_url="/docs" if ports.identify.is_for_development else None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = _services(ports, settings, all_kinds)
    app.add_middleware(AccessLog)
    app.add_middleware(Head)  # the outermost: problems have no body either
    failures.install(app)
    routers = (
        submit.routes(all_kinds),
        jobs.router,
        submit.refusal(),
        batches.routes(all_kinds),
        uploads.routes(all_kinds),
        collections.router,
        conversations.router,
        images.router,
        kinds.router,
        health.router,
    )
    for router in routers:
        app.include_router(router)
    return app


def aws_ports(settings: Settings) -> Ports:
    """Return the ports to AWS, or to what stands in for it."""
    clients = Clients(settings)
    store = DynamoJobStore(clients.dynamodb, settings.table_name)
    objects = S3ObjectStore(clients.s3, settings.bucket_name)
    queues = SqsQueues(clients.sqs, settings)
    return Ports(
        jobs=store,
        conversations=DynamoConversations(clients.dynamodb, settings.table_name),
        images=DynamoImages(clients.dynamodb, settings.table_name),
        payloads=ClaimCheck(objects, inline_max_bytes=settings.inline_max_bytes),
        objects=objects,
        queue=queues,
        ready=Readiness(checks(store, queues, registry())),
        identify=DevelopmentIdentity(),
        now=utc_now,
        new_id=new_id,
    )


def _services(ports: Ports, settings: Settings, all_kinds: Mapping[str, AnyKind]) -> Services:
    check_after = timedelta(seconds=settings.check_after_s)
    sender = Sender(jobs=ports.jobs, objects=ports.objects, queue=ports.queue, now=ports.now)
    submissions = Submissions(
        jobs=ports.jobs,
        payloads=ports.payloads,
        sender=sender,
        now=ports.now,
        new_id=ports.new_id,
        check_after=check_after,
    )
    control = Control(
        jobs=ports.jobs,
        sender=sender,
        ending=Ending(settings.record_retention_days),
        now=ports.now,
        check_after=check_after,
    )
    return Services(
        ports=ports,
        submissions=submissions,
        control=control,
        kinds=all_kinds,
        result_url_expires_s=settings.result_url_expires_s,
    )


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield


if __name__ == "__main__":
    main()
