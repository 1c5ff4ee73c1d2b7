"""Whether the settings' model can be used, and for how long: models come to regions, grow old, and are taken away.

Looked at before a worker begins, so that a model that is gone is the deploy's error and not each job's. A worker that
may not look, or finds nobody to ask, says so and begins all the same.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from schemas.errors import WorkError
from workers.engines import EngineOptionsError
from workers.engines.aws import AwsOptions, ClientError, client, code_of, translated
from workers.engines.bedrock.service import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = structlog.get_logger(__name__)

_READ_TIMEOUT_S = 5.0
_OF_BEDROCK, _PROFILE = ":foundation-model/", "inference-profile/"
#: Not there; a name that can't be one of the sort that is asked for is refused as invalid.
_UNKNOWN = frozenset({"ResourceNotFoundException", "ValidationException"})


def require_alive(
    model: str, where: AwsOptions, *, engine: str, unfit: Callable[[Mapping[str, Any]], str | None]
) -> None:
    """See that a model is there, lives, and can be used as the options say; log a warning where it is growing old.

    Models of one's own, provisioned throughput and routers, which are named by ARNs, have no such life.

    Args:
        model: its id, or that of an inference profile, or an ARN.
        where: where Bedrock tells about models.
        engine: whose options name it.
        unfit: says of what Bedrock tells about it (`modelDetails`) why the engine can't use it; None where it can.

    Raises:
        EngineOptionsError: it is not.
    """
    if model.startswith("arn:") and not (_OF_BEDROCK in model or _PROFILE in model):
        return
    try:
        details = _details(model, where)
    except WorkError as error:
        log.warning("model_not_checked", model=model, reason=error.message)
        return
    fault = _gone(where) if details is None else _ended(details) or unfit(details) or _only_profiles(details)
    if fault:
        raise EngineOptionsError(f"options of engine {engine!r}: model {model!r} {fault}")
    if details and (life := details.get("modelLifecycle", {})).get("status") == "LEGACY":
        log.warning("model_is_legacy", model=model, ends=str(life.get("endOfLifeTime", "unknown")))


def _details(model: str, where: AwsOptions) -> Mapping[str, Any] | None:
    """Ask about a model, or one that an inference profile stands for; None where neither is there.

    Raises:
        WorkError: Bedrock does not say.
    """
    with translated(SERVICE):
        sdk = client("bedrock", where, read_timeout_s=_READ_TIMEOUT_S)
        try:
            if _PROFILE not in model and (found := _model(sdk, model)):
                return found
            return _of_profile(sdk, model)
        finally:
            sdk.close()


def _model(sdk: Any, name: str) -> Mapping[str, Any] | None:  # noqa: ANN401 - a client of boto3's
    try:
        details: Mapping[str, Any] = sdk.get_foundation_model(modelIdentifier=name)["modelDetails"]
    except ClientError as error:
        if code_of(error) in _UNKNOWN:
            return None
        raise
    return details


def _of_profile(sdk: Any, name: str) -> Mapping[str, Any] | None:  # noqa: ANN401 - likewise
    """Ask about the model behind a profile; it may be in other regions alone, and then nothing is known of it."""
    try:
        models = sdk.get_inference_profile(inferenceProfileIdentifier=name)["models"]
    except ClientError as error:
        if code_of(error) in _UNKNOWN:
            return None
        raise
    details = _model(sdk, models[0]["modelArn"].rpartition("/")[2]) or {}
    return {**details, "inferenceTypesSupported": []}


def _gone(where: AwsOptions) -> str:
    return f"is not, or no longer, in {where.region}: choose another model, inference profile or region"


def _ended(details: Mapping[str, Any]) -> str | None:
    ends = details.get("modelLifecycle", {}).get("endOfLifeTime")
    if ends is None or ends > datetime.now(UTC):
        return None
    return f"has reached the end of its life on {ends:%Y-%m-%d}: choose another"


def _only_profiles(details: Mapping[str, Any]) -> str | None:
    if "ON_DEMAND" in (details.get("inferenceTypesSupported") or ["ON_DEMAND"]):
        return None
    return "is served by inference profiles only: choose one of its"
