"""How Polly is set up, and what it costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workers.engines.aws import AwsOptions

VoiceEngine = Literal["standard", "neural", "long-form", "generative"]

#: US dollars per million characters, of speech and of speech marks alike, which are micro-dollars per character:
#: https://aws.amazon.com/polly/pricing/, us-east-1, as known in November 2026.
PRICES: dict[VoiceEngine, float] = {"standard": 4.0, "neural": 16.0, "long-form": 100.0, "generative": 30.0}


class PollyOptions(AwsOptions):
    """Options of Amazon Polly. The worker needs polly:SynthesizeSpeech, polly:DescribeVoices, and polly:GetLexicon."""

    engine: VoiceEngine = "neural"
    """Which of Polly's engines speaks; not every voice has each, nor every region."""
    voices: dict[str, str] = Field(default_factory=dict)
    """The voice for a language where a request names none, for example `{"ko-KR": "Seoyeon"}`; over a table of ours."""
    lexicons: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")], ...], Field(max_length=5)] = ()
    """Pronunciation lexicons of the account and region; each is used for texts in its language."""
    concurrent_calls: Annotated[int, Field(ge=1, le=16)] = 4
    """How many pieces of one long text are spoken at once. Polly lets an account have 18 neural calls at once."""
    usd_per_million_characters: Annotated[float, Field(ge=0)] | None = None
    """What a million characters cost, for the jobs' `cost_microusd`; AWS's list price where it is not given."""

    @property
    def microusd_per_character(self) -> float:
        """What a character costs."""
        given = self.usd_per_million_characters
        return PRICES[self.engine] if given is None else given
