import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.bench.analysis import SETS, judged, main, measured, read
from schemas.kinds.analysis import FEATURES, MAX_TEXT, AnalysisRequest
from workers.engines.lexicon.emotions import emotions
from workers.engines.lexicon.engine import LexiconEngine
from workers.engines.lexicon.entities import entities
from workers.engines.lexicon.hits import DATA, entries
from workers.engines.lexicon.language import shares
from workers.engines.lexicon.phrases import key_phrases
from workers.engines.lexicon.sentiment import sentiment
from workers.engines.ports import Analysis
from workers.handlers.analysis import handle

_DOC = Path("docs/replies/analysis.md")


class _Call:
    """Stands for the attempt; records what is said to it."""

    def __init__(self) -> None:
        self.engine = LexiconEngine()
        self.usage: list[Any] = []

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        pass

    def record_usage(self, usage: object) -> None:
        self.usage.append(usage)


def _call() -> Any:
    return _Call()


def _analysed(text: str, **more: object) -> Analysis:
    return LexiconEngine().analyse(AnalysisRequest.model_validate({"text": text, **more}), _call())


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("오늘 정말 행복해요", "positive"),
        ("안 좋아", "negative"),
        ("안좋아", "negative"),
        ("별로 좋지 않았어요", "negative"),
        ("나쁘지 않네", "positive"),
        ("행복하지 않은 건 아니야", "positive"),
        ("좋지 않은 것은 아니에요", "positive"),
        ("걱정하지 마", "positive"),
        ("재미없어", "negative"),
        ("기분 좋아?", "neutral"),
        ("음식은 맛있었는데 서비스가 최악이었어", "mixed"),
        ("시험 망했어 ㅠㅠ", "negative"),
        ("취업했어 ㅠㅠ 너무 기뻐", "positive"),
        ("아파트에 살아요", "neutral"),
        ("지금 역이야", "neutral"),
        ("고마웠어", "positive"),
        ("고맙습니다", "positive"),
        ("슬펐다", "negative"),
        ("슬퍼서", "negative"),
        ("왜 답장 안 해?", "negative"),
        ("I am happy", "positive"),
        ("I am not happy", "negative"),
        ("I'm not very happy about it", "negative"),
        ("not bad at all", "positive"),
        ("don't worry", "positive"),
        ("I love it but it is terribly expensive and the service was awful", "mixed"),
        ("the meeting is at 3", "neutral"),
        ("😍", "positive"),
        ("😡😡", "negative"),
        ("", "neutral"),
    ],
)
def test_a_feeling_is_told_through_negation_contrast_and_endings(text: str, label: str):
    assert sentiment(text, None).label == label


def test_stronger_words_make_stronger_feelings():
    def positive(text: str) -> float:
        return sentiment(text, None).positive

    assert positive("good") < positive("very good") < positive("very good!!!")
    assert positive("조금 좋아") < positive("좋아") < positive("너무 좋아")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("사랑해", "affection"),
        ("너무 무서워", "fear"),
        ("진짜 짜증나", "anger"),
        ("극혐", "disgust"),
        ("헐 진짜?", "surprise"),
        ("행복하지 않아", "sadness"),
        ("I could care less", "anger"),
        ("I couldn't care less", "anger"),
        ("몇 시야?", "neutral"),
        ("I miss you so much", "affection"),
        ("I'm furious", "anger"),
        ("😱", "fear"),
        ("🤮", "disgust"),
    ],
)
def test_an_emotion_is_told_by_its_words(text: str, label: str):
    assert emotions(text, None).label == label


@given(st.text(max_size=300), st.sampled_from([None, "ko", "en-US", "fr", "zz"]))
def test_shares_of_feelings_stay_within_their_bounds(text: str, language: str | None):
    felt = sentiment(text, None)
    assert felt.positive + felt.negative + felt.neutral + felt.mixed == pytest.approx(1, abs=1e-3)
    assert getattr(felt, felt.label) == max(felt.positive, felt.negative, felt.neutral, felt.mixed)
    shown = emotions(text, language)
    assert sum(shown.scores.values()) <= 1.0001
    assert list(shown.scores.values()) == sorted(shown.scores.values(), reverse=True)
    assert shown.label == next(iter(shown.scores), "neutral")
    assert shown == emotions(text, language)


@given(
    st.lists(
        st.sampled_from(
            [
                "민수랑",
                "부산에서",
                "Seoul",
                "John's",
                "3시에",
                "the red car",
                "300만 원",
                "😊",
                "좋은",
                "밥을",
                "、",
                "\n",
            ]
        )
        | st.text(max_size=8)
    ).map(" ".join)
)
def test_names_and_phrases_are_what_stands_in_the_text(text: str):
    for found in (entities(text), key_phrases(text)):
        assert all(text[span.start : span.end] == span.text for span in found)
        assert [span.start for span in found] == sorted(span.start for span in found)
    named = entities(text)
    assert all(one.end <= other.start for one, other in pairwise(named))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "내일 오후 3시에 강남역에서 김팀장님이랑 회의가 있어요. 예산은 300만 원입니다.",
            {("내일 오후 3시", "date"), ("강남역", "location"), ("김팀장님", "person"), ("300만 원", "quantity")},
        ),
        ("오늘 민수랑 부산에 갔어", {("오늘", "date"), ("민수", "person"), ("부산", "location")}),
        ("서울대학교 병원", {("서울대학교", "organization")}),
        (
            "Yesterday I met Minji in Seoul and paid $20",
            {("Yesterday", "date"), ("Minji", "person"), ("Seoul", "location"), ("$20", "quantity")},
        ),
        ("Dr. Brown works at Boston University", {("Dr. Brown", "person"), ("Boston University", "organization")}),
        ("우리 집 고양이가 자고 있다", set()),
        ("I like it", set()),
        ("I met John Smith", {("John Smith", "person")}),
        ("Yes, John Is here", {("John", "person")}),
    ],
)
def test_names_dates_and_quantities_are_found(text: str, expected: Any):
    assert {(entity.text, entity.type) for entity in entities(text)} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("기차를 놓쳐서 속상했어", ["기차"]),
        ("이번 주말에 시험 공부 했어", ["이번 주말", "시험 공부"]),
        ("The food was great but the service was terrible", ["The food", "the service"]),
        ("좋아하는 사람이 생겼어", ["사람"]),
        ("하지만 그래도", []),
        ("See you at 3pm on the 3rd", []),
        ("I hate mushrooms and I care", ["mushrooms"]),
        ("Mosquitoes kill, but the day care is open", ["Mosquitoes kill", "the day care", "open"]),
    ],
)
def test_key_phrases_are_runs_of_nouns(text: str, expected: Any):
    assert [phrase.text for phrase in key_phrases(text)] == expected


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("안녕하세요", ["ko"]),
        ("Good morning to you", ["en"]),
        ("오늘 meeting 있어요", ["en", "ko"]),
        ("Je suis très content", ["fr"]),
        ("Estoy muy bien, gracias", ["es"]),
        ("Ich bin nicht müde", ["de"]),
        ("今日は元気です", ["ja"]),
        ("你好", ["zh"]),
        ("привет", ["ru"]),
        ("😂 123", []),
    ],
)
def test_languages_are_told_by_letters_and_common_words(text: str, languages: list[str]):
    assert [share.language for share in shares(text)] == languages
    assert sum(share.score for share in shares(text)) == pytest.approx(1 if languages else 0, abs=1e-3)


@pytest.mark.parametrize("feature", FEATURES)
def test_only_what_is_asked_for_is_found(feature: str):
    found = _analysed("오늘 부산에서 행복했어", features=(feature,))
    fields = {
        "sentiment": found.sentiment,
        "emotion": found.emotions,
        "entities": found.entities,
        "key_phrases": found.key_phrases,
        "language": found.languages,
    }
    assert [name for name, value in fields.items() if value is not None] == [feature]


def test_in_a_language_without_a_lexicon_what_needs_one_is_left_out_and_said():
    found = _analysed("Je suis très content 😊")
    assert (found.language, found.sentiment, found.entities, found.key_phrases) == ("fr", None, None, None)
    assert found.emotions is not None
    assert found.emotions.label == "joy"
    assert found.notice is not None
    assert "English and Korean" in found.notice


def test_a_language_that_is_given_is_taken():
    assert _analysed("content", language="fr-CA").language == "fr"


def test_the_handler_passes_on_what_the_engine_found():
    call = _call()
    request = AnalysisRequest(text="오늘 부산에서 행복했어")
    result = handle(request, call)
    found = LexiconEngine().analyse(request, call)
    assert (result.engine, result.model, result.notice) == ("offline-lexicon", found.model, found.notice)
    assert result.model_dump(exclude={"engine"}) == {
        name: value for name, value in _fields(found).items() if name in type(result).model_fields
    }
    assert [usage.characters for usage in call.usage] == [len(request.text)]


def _fields(found: Analysis) -> dict[str, Any]:
    dumped = {}
    for name, value in vars(found).items():
        dump = getattr(value, "model_dump", None)
        dumped[name] = (
            dump() if dump else tuple(one.model_dump() for one in value) if isinstance(value, tuple) else value
        )
    return dumped


@pytest.mark.parametrize(
    "unit", ["가", "좋아 ", "안 ", "happy ", "not ", "A", "1,", "김", "~", "ㅋㅋ ", "the ", "'", "오늘 "]
)
def test_the_longest_texts_take_no_time(unit: str):
    _analysed("warm up 준비")
    began = time.process_time()
    _analysed((unit * MAX_TEXT)[:MAX_TEXT])
    assert time.process_time() - began < 3


@pytest.mark.parametrize("name", ["korean", "english", "vader", "emoji"])
def test_a_lexicon_has_each_word_once_with_a_valence_of_the_scale(name: str):
    lines = [line for line in (DATA / f"{name}.tsv").read_text("utf-8").splitlines() if not line.startswith("# ")]
    words = [line.split("\t")[0] for line in lines]
    assert sorted({word for word in words if words.count(word) > 1}) == [] if name != "vader" else len(set(words))
    assert all(-4 <= entry.valence <= 4 for entry in entries(name).values())


def test_the_bench_prints_both_halves_of_each_file_and_what_of_the_tuned_one_is_missed(capsys: Any):
    main(SETS, misses=True)
    lines = capsys.readouterr().out.splitlines()
    heads = [line.split()[:2] for line in lines if "messages" in line]
    assert heads == [["english", "tuned"], ["english", "held"], ["korean", "tuned"], ["korean", "held"]]
    held = {one.text for name in ("english", "korean") for one in read(SETS / f"{name}.tsv") if one.held_out}
    assert not any(line.partition(": ")[2] in held for line in lines if " -> " in line)


@pytest.mark.parametrize("language", ["english", "korean"])
def test_the_figures_in_the_docs_are_those_of_the_lexicons(language: str):
    messages = read(SETS / f"{language}.tsv")
    assert len(messages) >= 150
    held = [one for one in messages if one.held_out]
    figures = measured(held)
    right = f"{figures.sentiment / len(held):.3f} | {figures.emotion / len(held):.3f}"
    assert f"| {language.title()}, held out | {len(held)} | {right} |" in _DOC.read_text("utf-8")
    constant = judged(held, lambda _: "negative", lambda _: "sadness")
    assert figures.sentiment > constant.sentiment * 1.5
