"""A request as StartTranscriptionJob's parameters, or why Transcribe can't do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, field_validator

from schemas.errors import PermanentError
from schemas.media import primary_language
from workers.engines.aws import AwsOptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemas.kinds.transcription import TranscriptionRequest
    from workers.engines.ports import SourceFile

ENGINE = "amazon-transcribe"

#: Which one is meant where a request names a language that has several: the region with most speakers.
_REGIONS = {"ar": "ar-SA", "de": "de-DE", "en": "en-US", "es": "es-US", "fr": "fr-FR", "pt": "pt-BR", "zh": "zh-CN"}
#: It takes two or more, or none.
_LEAST_LANGUAGES = 2


class TranscribeOptions(AwsOptions):
    """Options of Amazon Transcribe."""

    language_options: Annotated[tuple[str, ...], Field(max_length=10)] = ()
    """Languages to choose from where a request gives none, for example `["en-US", "ko-KR"]`; two or more, or none."""

    @field_validator("language_options")
    @classmethod
    def _is_a_choice(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) not in {0, *range(_LEAST_LANGUAGES, 11)}:
            raise ValueError("give two languages or more, or none")
        return value


@dataclass(frozen=True)
class Dialect:
    """Requests as Transcribe takes them."""

    options: TranscribeOptions
    languages: Collection[str]
    """Codes that the service knows."""

    def parameters(self, name: str, request: TranscriptionRequest, *, media: str, output: SourceFile) -> dict[str, Any]:
        """Return the parameters. MediaFormat is left out: the service looks at the file itself.

        Args:
            name: the vendor's job's; unique in the account.
            request: what was asked.
            media: where the recording lies, `s3://bucket/key`.
            output: where the transcript is to be written.

        Raises:
            PermanentError: `unsupported_option`, `unsupported_language`.
        """
        _require_free(request)
        bucket, _, key = output.uri.removeprefix("s3://").partition("/")
        settings: dict[str, Any] = {}
        if request.vocabulary:
            settings["VocabularyName"] = request.vocabulary
        if request.speakers:
            settings |= {"ShowSpeakerLabels": True, "MaxSpeakerLabels": request.speakers}
        return {
            "TranscriptionJobName": name,
            "Media": {"MediaFileUri": media},
            "OutputBucketName": bucket,
            "OutputKey": key,
            **self._language(request.language),
            **({"Settings": settings} if settings else {}),
        }

    def _language(self, tag: str | None) -> dict[str, Any]:
        if tag is None:
            choice = [self._code(each) for each in self.options.language_options]
            return {"IdentifyLanguage": True, **({"LanguageOptions": choice} if choice else {})}
        return {"LanguageCode": self._code(tag)}

    def _code(self, tag: str) -> str:
        """Return the service's own code for a language."""
        wanted = _REGIONS.get(tag.lower(), tag).lower()
        found = [code for code in self.languages if code.lower() == wanted]
        alike = [code for code in self.languages if primary_language(code) == wanted]
        if not found and len(alike) == 1:
            found = alike
        if not found:
            sentence = "Amazon Transcribe does not know this language. Name it as it does, for example `ko-KR`."
            raise PermanentError("unsupported_language", sentence, engine=ENGINE)
        return found[0]


def _require_free(request: TranscriptionRequest) -> None:
    for name in ("reference", "phrases", "grammar"):
        if getattr(request, name):
            sentence = f"Amazon Transcribe can't be held to a {name}. Leave it out, or use the pocketsphinx engine."
            raise PermanentError("unsupported_option", sentence, engine=ENGINE)
    if request.vocabulary and request.language is None:
        sentence = "A vocabulary belongs to a language: name both, or neither."
        raise PermanentError("unsupported_option", sentence, engine=ENGINE)
