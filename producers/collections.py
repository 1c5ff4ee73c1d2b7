"""Routes that show an owner's collections of documents, and delete from them."""

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Path, Response

from producers.problems import ProblemError, responses
from producers.services import OwnerOf, ServicesOf
from schemas.collections import (
    CollectionName,
    collection_prefix,
    collections_folder,
    document_key,
    newest,
)
from schemas.model import Model

_NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(tags=["collections"])

Collection = Annotated[CollectionName, Path(description="The collection's name")]


class CollectionView(Model):
    """A collection of documents."""

    name: str
    documents: int
    passages: int
    """Into which its documents were cut."""


class CollectionList(Model):
    """The caller's collections, by name."""

    collections: tuple[CollectionView, ...]


@router.get("/v1/collections", response_model=CollectionList, responses=responses("unavailable"))
def list_collections(services: ServicesOf, owner: OwnerOf) -> Response:
    """List the caller's collections of documents. Documents are added by jobs of the kind `document`."""
    folder = collections_folder(owner)
    places = (key.removeprefix(folder).partition("/") for key in services.ports.objects.keys(folder))
    found = groupby(sorted((name, file) for name, _, file in places), key=lambda place: place[0])
    shown = CollectionList(collections=tuple(_view(name, [file for _, file in files]) for name, files in found))
    return Response(shown.model_dump_json(), headers=_NO_STORE, media_type="application/json")


@router.delete(
    "/v1/collections/{collection}",
    status_code=204,
    response_class=Response,
    response_description="It is gone",
    responses=responses("collection_not_found", "validation_error", "unavailable"),
)
def delete_collection(collection: Collection, services: ServicesOf, owner: OwnerOf) -> Response:
    """Delete a collection with all of its documents. A document that is being added meanwhile begins it anew.

    Where vectors lie at a vendor's they stay there: nobody is shown them.
    """
    return _delete(services, collection_prefix(owner, collection))


@router.delete(
    "/v1/collections/{collection}/documents/{document:path}",
    status_code=204,
    response_class=Response,
    response_description="It is gone",
    responses=responses("collection_not_found", "validation_error", "unavailable"),
)
def delete_document(collection: Collection, document: str, services: ServicesOf, owner: OwnerOf) -> Response:
    """Delete a document from a collection, by the name that it was added under.

    Where its vectors lie at a vendor's they stay there: nobody is shown them.
    """
    return _delete(services, f"{collection_prefix(owner, collection)}{document_key(document)}.")


def _delete(services: ServicesOf, prefix: str) -> Response:
    objects = services.ports.objects
    keys = list(objects.keys(prefix))
    if not keys:
        raise ProblemError("collection_not_found", "The caller has no collection, or document in it, of this name.")
    objects.delete(keys)
    return Response(status_code=204, headers=_NO_STORE)


def _view(name: str, files: list[str]) -> CollectionView:
    segments = newest(files).values()
    return CollectionView(name=name, documents=len(segments), passages=sum(segment.passages for segment in segments))
