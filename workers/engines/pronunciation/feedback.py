"""Sentences for the learner, made from the facts of a result: what was heard and what was not, and what to practise.

They never tell which sound was said in the place of another: the best competing phone is the one that was really
spoken in only one of five cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from schemas.kinds.pronunciation import Feedback
from workers.engines.pronunciation.tips import TIPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemas.kinds.pronunciation import Phoneme, Scores, SpeakingRate, WordScore

Language = Literal["en", "ko"]

#: No Korean particle stands behind a word of the text: which one it takes depends on how the word is read.
MESSAGES: Mapping[str, Mapping[Language, str]] = {
    "nothing_read": {
        "en": "No word of the text was heard. Check the text and the microphone, then record it again.",
        "ko": "글의 단어가 하나도 들리지 않았습니다. 글과 마이크를 확인하고 다시 녹음해 주세요.",
    },
    "other_text": {
        "en": "The recording does not sound like this text, so the score is low. Check which text is to be read, then "
        "record it again.",
        "ko": "녹음이 이 글을 읽은 것처럼 들리지 않아 점수가 낮습니다. 읽을 글을 확인하고 다시 녹음해 주세요.",
    },
    "truncated": {
        "en": "The file ends before the recording does: the last words may be missing. Upload it once more.",
        "ko": "파일이 중간에 끊겼습니다. 마지막 단어가 빠졌을 수 있으니 다시 올려 주세요.",
    },
    "noisy": {
        "en": "There is much noise in the recording, so the score is more careful. Record again in a quiet place.",
        "ko": "녹음에 잡음이 많아 점수를 조심스럽게 매겼습니다. 조용한 곳에서 다시 녹음해 주세요.",
    },
    "all_words_read": {
        "en": "Every word of the text was heard ({count}).",
        "ko": "글의 모든 단어가 들렸습니다 ({count}개).",
    },
    "clear_words": {"en": "Especially clear: {words}.", "ko": "특히 또렷한 단어: {words}."},
    "steady_reading": {
        "en": "A steady reading without long pauses: {wpm} words a minute.",
        "ko": "긴 쉼 없이 고르게 읽었습니다 (분당 {wpm}단어).",
    },
    "omitted_words": {
        "en": "Not heard: {words}. Read the whole text once more, word by word.",
        "ko": "들리지 않은 단어: {words}. 전체를 한 단어씩 다시 읽어 보세요.",
    },
    "inserted_words": {
        "en": "Something was said that the text does not have: {places}.",
        "ko": "글에 없는 말이 들렸습니다. 위치: {places}.",
    },
    "extra_words": {
        "en": "Heard, but not in the text: {words}.",
        "ko": "글에는 없지만 들린 말: {words}.",
    },
    "mispronounced_words": {
        "en": "Listen again to these words, and practise them: {words}.",
        "ko": "다시 듣고 연습할 단어: {words}.",
    },
    "practise_sound": {
        "en": "Practise the sound /{ipa}/ in {words}: {tip}",
        "ko": "연습할 소리: /{ipa}/ (단어: {words}). {tip}",
    },
    "slow_pace": {
        "en": "The reading is slow ({wpm} words a minute). Try to link the words of a phrase.",
        "ko": "읽는 속도가 느립니다 (분당 {wpm}단어). 의미 단위로 단어를 이어서 읽어 보세요.",
    },
    "fast_pace": {
        "en": "The reading is fast ({wpm} words a minute). Give each word its time.",
        "ko": "읽는 속도가 빠릅니다 (분당 {wpm}단어). 단어마다 충분히 시간을 두세요.",
    },
    "long_pauses": {
        "en": "Pauses of more than a second: {pauses}. Read the sentence silently first, then aloud.",
        "ko": "1초가 넘는 쉼: {pauses}번. 먼저 눈으로 읽은 다음 소리 내어 읽어 보세요.",
    },
    "unscored_words": {
        "en": "These words could not be scored: {words}.",
        "ko": "점수를 매길 수 없는 단어: {words}.",
    },
}
_AT_START: Mapping[Language, str] = {"en": "before the first word", "ko": "첫 단어 앞"}
_AFTER: Mapping[Language, str] = {"en": "after “{word}”", "ko": "“{word}” 다음"}
_MORE: Mapping[Language, str] = {"en": " and {count} more", "ko": " 외 {count}개"}

_SHOWN = 3
_CLEAR, _STEADY = 90.0, 85.0
#: A reading with less of the text, in percent, is not praised for its pace.
_MOSTLY = 80.0
#: A sound whose mean is below this is offered for practice: at most so many.
_HARD, _HARD_SOUNDS = 60.0, 2
_SLOW_PPS, _FAST_PPS = 5.5, 16.0
_LONG_PAUSE_MS = 1000


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What feedback is made from."""

    scores: Scores
    words: tuple[WordScore, ...]
    extra_words: tuple[str, ...]
    rate: SpeakingRate | None
    pauses: tuple[tuple[int, int], ...]
    matches: bool
    noisy: bool
    truncated: bool

    def of(self, error_type: str) -> list[WordScore]:
        """Words with one sort of error."""
        return [word for word in self.words if word.error_type == error_type]

    @property
    def scored(self) -> list[WordScore]:
        """Words that were read and have a score."""
        return [word for word in self.words if word.accuracy is not None and word.text is not None]

    @property
    def long_pauses(self) -> int:
        """How many pauses are longer than a second."""
        return sum(end - start > _LONG_PAUSE_MS for start, end in self.pauses)


def feedback(facts: Facts, language: Language) -> tuple[Feedback, ...]:
    """Write what there is to say, praise first; of another text that alone, as nothing else would be true."""
    return tuple(
        Feedback(code=code, text=MESSAGES[code][language].format(**fields)) for code, fields in _chosen(facts, language)
    )


def _chosen(facts: Facts, language: Language) -> Iterator[tuple[str, dict[str, object]]]:
    if not facts.scored:
        yield "nothing_read", {}
    elif not facts.matches:
        yield "other_text", {}
    else:
        yield from _praise(facts, language)
        yield from _errors(facts, language)
        yield from _sounds(facts, language)
        yield from _pace(facts)
    if facts.noisy:
        yield "noisy", {}
    if facts.truncated:
        yield "truncated", {}
    if unscored := [word for word in facts.words if word.source == "none" and _is_bare(word)]:
        yield "unscored_words", {"words": _listed(_texts(unscored), language)}


def _is_bare(word: WordScore) -> bool:
    """Whether a word of the text has no score for the reason that nobody knows how it sounds."""
    return word.text is not None and word.error_type == "none" and word.accuracy is None


def _praise(facts: Facts, language: Language) -> Iterator[tuple[str, dict[str, object]]]:
    if facts.scores.completeness == 100 and not any(map(_is_bare, facts.words)):  # noqa: PLR2004 - percent
        yield "all_words_read", {"count": len(facts.scored)}
    clear = [
        word for word in facts.scored if _is_clear(word) and (word.text or "").casefold() not in _criticised(facts)
    ]
    if clear:
        best = sorted(clear, key=lambda word: -(word.accuracy or 0))[:_SHOWN]
        yield "clear_words", {"words": _listed(_texts(best), language)}
    if facts.rate is not None and _is_steady(facts):
        yield "steady_reading", {"wpm": round(facts.rate.words_per_minute)}


def _is_clear(word: WordScore) -> bool:
    return word.error_type == "none" and (word.accuracy or 0) >= _CLEAR


def _is_steady(facts: Facts) -> bool:
    is_read = (facts.scores.completeness or 0) >= _MOSTLY
    return is_read and (facts.scores.fluency or 0) >= _STEADY and not facts.long_pauses


def _criticised(facts: Facts) -> frozenset[str]:
    """Words that something else is said of, wherever in the text they stand."""
    wrong = {word.text or "" for word in facts.words if word.error_type in {"omission", "mispronunciation"}}
    weak = {text for _, worst in _hardest(facts) for _, _, text in worst}
    return frozenset(text.casefold() for text in wrong | weak)


def _errors(facts: Facts, language: Language) -> Iterator[tuple[str, dict[str, object]]]:
    if omitted := facts.of("omission"):
        yield "omitted_words", {"words": _listed(_texts(omitted), language)}
    if facts.extra_words:
        yield "extra_words", {"words": _listed(facts.extra_words, language)}
    elif facts.of("insertion"):
        yield "inserted_words", {"places": ", ".join(_places(facts.words, language))}
    if wrong := facts.of("mispronunciation"):
        yield "mispronounced_words", {"words": _listed(_texts(wrong), language)}


def _sounds(facts: Facts, language: Language) -> Iterator[tuple[str, dict[str, object]]]:
    for phone, worst in _hardest(facts):
        words = list(dict.fromkeys(text for _, _, text in worst))
        yield (
            "practise_sound",
            {"ipa": worst[0][1].ipa, "words": _listed(words, language), "tip": TIPS[language][phone]},
        )


def _hardest(facts: Facts) -> Iterator[tuple[str, list[tuple[float, Phoneme, str]]]]:
    """Sounds that are hardest on the whole, each where it is worst: accuracy, phone, word."""
    heard: dict[str, list[tuple[float, Phoneme, str]]] = {}
    for word in facts.scored:
        for phoneme in word.phonemes if word.source == "dictionary" else ():
            if phoneme.accuracy is not None:
                heard.setdefault(phoneme.arpabet, []).append((phoneme.accuracy, phoneme, word.text or ""))
    means = {phone: sum(accuracy for accuracy, _, _ in found) / len(found) for phone, found in heard.items()}
    for _, phone in sorted((score, phone) for phone, score in means.items() if score < _HARD)[:_HARD_SOUNDS]:
        yield phone, sorted((one for one in heard[phone] if one[0] < _HARD), key=lambda one: one[0])


def _pace(facts: Facts) -> Iterator[tuple[str, dict[str, object]]]:
    if facts.rate is not None and facts.rate.phones_per_second is not None:
        words = {"wpm": round(facts.rate.words_per_minute)}
        if facts.rate.phones_per_second < _SLOW_PPS:
            yield "slow_pace", {**words}
        elif facts.rate.phones_per_second > _FAST_PPS:
            yield "fast_pace", {**words}
    if facts.long_pauses:
        yield "long_pauses", {"pauses": facts.long_pauses}


def _places(words: Sequence[WordScore], language: Language) -> Iterator[str]:
    previous: str | None = None
    for word in words:
        if word.error_type == "insertion":
            yield _AT_START[language] if previous is None else _AFTER[language].format(word=previous)
        else:
            previous = word.text


def _texts(words: Sequence[WordScore]) -> list[str]:
    return [word.text for word in words if word.text is not None]


def _listed(words: Sequence[str], language: Language) -> str:
    distinct = list(dict.fromkeys(words))
    shown = ", ".join(f"“{word}”" for word in distinct[:_SHOWN])
    left = len(distinct) - _SHOWN
    return shown + (_MORE[language].format(count=left) if left > 0 else "")
