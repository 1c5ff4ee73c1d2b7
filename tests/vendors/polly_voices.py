"""Voices as DescribeVoices lists them: https://docs.aws.amazon.com/polly/latest/dg/available-voices.html."""

from __future__ import annotations

from typing import Any

_ROWS = """
Joanna  Female en-US US English generative,neural,standard
Danielle Female en-US US English generative,long-form,neural
Matthew Male en-US US English generative,neural,standard
Ivy Female en-US US English neural,standard
Amy Female en-GB British English generative,neural,standard
Emma Female en-GB British English neural,standard
Olivia Female en-AU Australian English generative,neural
Nicole Female en-AU Australian English standard
Aditi Female en-IN+hi-IN Indian English standard
Kajal Female en-IN+hi-IN Indian English generative,neural
Seoyeon Female ko-KR Korean generative,neural,standard
Jihye Female ko-KR Korean neural
Takumi Male ja-JP Japanese neural,standard
Kazuha Female ja-JP Japanese neural
Zhiyu Female cmn-CN Chinese Mandarin neural,standard
Hiujin Female yue-CN Chinese Cantonese neural
Lea Female fr-FR French generative,neural,standard
Celine Female fr-FR French standard
Vicki Female de-DE German generative,neural,standard
Lucia Female es-ES Castilian Spanish generative,neural,standard
Mia Female es-MX Mexican Spanish generative,neural,standard
Bianca Female it-IT Italian generative,neural,standard
Camila Female pt-BR Brazilian Portuguese generative,neural,standard
Zeina Female arb Arabic standard
Tatyana Female ru-RU Russian standard
"""


def _voice(row: str) -> dict[str, Any]:
    name, gender, codes, *language, engines = row.split()
    first, *others = codes.split("+")
    voice = {
        "Id": name,
        "Name": name,
        "Gender": gender,
        "LanguageCode": first,
        "LanguageName": " ".join(language),
        "SupportedEngines": engines.split(","),
    }
    return voice | ({"AdditionalLanguageCodes": others} if others else {})


VOICES = [_voice(row) for row in _ROWS.strip().splitlines()]
