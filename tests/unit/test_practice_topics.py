import pytest

from workers.engines.practice.frames import frame_of, topics
from workers.engines.practice.matching import cues_of, nearest

CUES = {topic.name: topic.cues for topic in topics().values()}


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("Job interviews", "work"),
        ("my CATS", "family"),
        ("travelling by bus", "travel"),
        ("일", "work"),
        ("일 이야기", "work"),
        ("일본 여행", "travel"),
        ("집에서 요리하기", "food"),
        ("비가 올 때", "weather"),
    ],
)
def test_a_topic_is_found_by_the_learners_own_words_for_it(asked: str, topic: str):
    assert nearest(asked, CUES) == topic


@pytest.mark.parametrize("asked", ["quantum physics", "환율", "천일염", "carpet", "🙂"])
def test_a_topic_that_is_not_there_is_not_found_in_parts_of_words(asked: str):
    assert nearest(asked, CUES) is None


def test_the_topic_with_the_longer_cues_wins():
    assert nearest("a b", {"one": ("a",), "two": ("a", "b")}) == "two"


def test_cues_are_read_without_blanks():
    assert cues_of("a | b||") == ("a", "b")


def test_a_frame_is_filled_in_both_languages():
    pairs = frame_of("I like {}. | 저는 {을} 좋아해요. | tea = 차; bread = 빵")
    assert [(pair.english, pair.korean) for pair in pairs] == [
        ("I like tea.", "저는 차를 좋아해요."),
        ("I like bread.", "저는 빵을 좋아해요."),
    ]
