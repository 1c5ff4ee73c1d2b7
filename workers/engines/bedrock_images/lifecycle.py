"""Whether the settings' image models can be used, and how long: by what the settings say, and what Bedrock does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from workers.engines import EngineOptionsError
from workers.engines.aws import AwsOptions
from workers.engines.bedrock.lifecycle import require_alive
from workers.engines.bedrock_images.options import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engines.bedrock_images.options import BedrockImagesOptions, ImageModel

log = structlog.get_logger(__name__)

_VENDOR = "stability."


def require_fit(model: ImageModel, options: BedrockImagesOptions) -> None:
    """See that a model is there, lives, draws, and takes Stability's request; log a warning where it is growing old.

    Raises:
        EngineOptionsError: it does not.
    """
    if model.ends is not None:
        if model.ends <= datetime.now(UTC).date():
            raise _refused(model, f"has reached the end of its life on {model.ends}: choose another")
        log.warning("model_is_legacy", model=model.id, ends=str(model.ends))
    where = AwsOptions(region=options.region, endpoint_url=options.control_endpoint_url)
    require_alive(model.id, where, engine=NAME, unfit=_unfit)
    if not model.id.startswith("arn:") and _VENDOR not in model.id:
        raise _refused(model, "takes another request than Stability's image models: choose one of those")


def _unfit(details: Mapping[str, Any]) -> str | None:
    return None if "IMAGE" in details.get("outputModalities", ["IMAGE"]) else "draws nothing: choose another"


def _refused(model: ImageModel, fault: str) -> EngineOptionsError:
    return EngineOptionsError(f"options of engine {NAME!r}: model {model.id!r} {fault}")
