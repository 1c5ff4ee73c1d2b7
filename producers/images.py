"""Routes by which an owner finds pictures, fetches and deletes them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from producers.ids import is_job_id
from producers.image_removal import remove
from producers.paging import begin_at
from producers.problems import ProblemError, leads_to, responses
from producers.services import OwnerOf, Ports, Services, ServicesOf
from producers.views import job_path
from schemas.after import complete
from schemas.image_search import ImageQuery, page
from schemas.images import MIMES, Category, ImageEntry, Size
from schemas.model import Model
from schemas.paging import MAX_CURSOR, place
from schemas.reply.levels import Band

_NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(tags=["images"])


class ImageLinks(Model):
    """Where to go from here."""

    self: str
    """The picture's text mapping."""
    job: str
    """The job that made it."""
    original: str
    processed: str
    """1024 px at its longer side."""
    thumbnail: str
    """256 px at its longer side."""


class ImageView(Model):
    """A picture, and the text by which it is found."""

    id: str
    """That of the job that made it."""
    description: str
    """Alternative text: what is to be seen."""
    category: Category
    difficulty: Band
    keywords: tuple[str, ...]
    created_at: AwareDatetime
    expires_at: AwareDatetime
    """When its files are no longer kept."""
    links: ImageLinks


class ImageList(Model):
    """The caller's pictures that match, the latest first."""

    images: tuple[ImageView, ...]
    """Fewer than were asked for, or none, where few of many match: the next page goes on."""
    next: str | None
    """`cursor` of the next page; null on the last one."""


class ImageSearch(Model):
    """Which pictures are asked for."""

    category: Category | None = None
    difficulty: Band | None = None
    q: Annotated[str, Field(max_length=200)] = ""
    """Words; each begins a word of the keywords or of the description, a Korean one is anywhere within one."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many."""
    cursor: Annotated[str | None, Field(max_length=MAX_CURSOR)] = None
    """`next` of the page before."""


@router.get("/v1/images", response_model=ImageList, responses=responses("validation_error", "unavailable"))
def list_images(search: Annotated[ImageSearch, Query()], services: ServicesOf, owner: OwnerOf) -> Response:
    """List the caller's pictures that match, the latest first."""
    query = ImageQuery(category=search.category, difficulty=search.difficulty, text=search.q)
    entries = services.ports.images.list_by_owner(owner, before=begin_at(search.cursor))
    found, following = page(entries, query, now=services.ports.now(), limit=search.limit)
    shown = ImageList(images=tuple(map(_view, found)), next=following)
    return Response(shown.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.get(
    "/v1/images/{image_id}",
    response_model=ImageView,
    responses=responses("image_not_found", "validation_error", "unavailable"),
)
def show_image(image_id: str, services: ServicesOf, owner: OwnerOf) -> Response:
    """Show a picture's text mapping; its id is that of the job that made it."""
    shown = _view(_owned(image_id, services.ports, owner))
    return Response(shown.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.delete(
    "/v1/images/{image_id}",
    status_code=204,
    response_class=Response,
    response_description="Its files and its text mapping are gone",
    responses=responses("image_not_found", "validation_error", "unavailable"),
)
def delete_image(image_id: str, services: ServicesOf, owner: OwnerOf) -> Response:
    """Delete a picture: its files, and the text by which it is found.

    Its job stays with what was asked, without result and files, as long as it would have; an upload that it was made
    from goes when its own retention is over.
    """
    remove(_owned(image_id, services.ports, owner), services.ports)
    return Response(status_code=204, headers=_NO_STORE)


@router.get(
    "/v1/images/{image_id}/{size}",
    status_code=307,
    response_class=Response,
    responses={
        **leads_to("The picture"),
        **responses("image_not_found", "validation_error", "unavailable"),
    },
)
def fetch_image(image_id: str, size: Size, services: ServicesOf, owner: OwnerOf) -> Response:
    """Lead to a picture's file."""
    key = _owned(image_id, services.ports, owner).files[size]
    return Response(status_code=307, headers={**_NO_STORE, "Location": _url(key, services)})


def _url(key: str, services: Services) -> str:
    name = key.rpartition("/")[2]
    mime = MIMES[name.rpartition(".")[2]]
    return services.ports.objects.url(key, expires_s=services.result_url_expires_s, filename=name, mime=mime)


def _owned(image_id: str, ports: Ports, owner: str) -> ImageEntry:
    """Return the caller's picture; another's is as good as none."""
    found = _look(image_id, ports, owner) if is_job_id(image_id) else None
    if found is None or found.expires_at <= ports.now():
        raise ProblemError("image_not_found", "The caller has no picture with this id.")
    return found


def _look(image_id: str, ports: Ports, owner: str) -> ImageEntry | None:
    """Read a picture's entry; write it first where its job has succeeded and its worker has not come so far.

    When it was made says its job, whose record is kept for longer.
    """
    job = ports.jobs.get(image_id)
    if job is None or job.owner != owner or job.finished_at is None:
        return None
    complete(ports.jobs, job)
    return ports.images.get(owner, place(job.finished_at, job.id))


def _view(entry: ImageEntry) -> ImageView:
    path = f"/v1/images/{entry.id}"
    return ImageView(
        id=entry.id,
        description=entry.description,
        category=entry.category,
        difficulty=entry.difficulty,
        keywords=entry.keywords,
        created_at=entry.created_at,
        expires_at=entry.expires_at,
        links=ImageLinks(
            self=path,
            job=job_path(entry.id),
            original=f"{path}/original",
            processed=f"{path}/processed",
            thumbnail=f"{path}/thumbnail",
        ),
    )
