import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError
from schemas.kinds.analysis import AnalysisResult, Emotions
from schemas.reply.answers import ReplyOptionsAnswer
from schemas.reply.tasks import MAX_CHAT, Partner, ReplyOptions
from workers.engines import practice
from workers.engines.chats import parse_chat
from workers.engines.ports import Asked
from workers.engines.practice.coach.intents import intents, recognise
from workers.engines.practice.coach.plan import find_plan
from workers.engines.practice.options import reply_options

_COACH = Path(practice.__path__[0]) / "coach"


def _answer(
    chat: str,
    *,
    language: str = "ko",
    me: str | None = None,
    goal: str | None = None,
    analysis: AnalysisResult | None = None,
    **partner: Any,
) -> ReplyOptionsAnswer:
    task = ReplyOptions(
        type="reply_options", chat=chat, me=me, language=language, goal=goal, partner=Partner(**partner)
    )
    read = parse_chat(chat, me=me, partner=task.partner.name)
    return reply_options(Asked(task=task, chat=read, analysis=analysis))


def _texts(chat: str, **more: Any) -> list[str]:
    return [option.text for option in _answer(chat, **more).options]


INTENTS = [
    ("이번 주 토요일에 영화 보러 갈래?", "invitation"),
    ("야 금욜에 술 한잔 콜?", "invitation"),
    ("우리 내일 뭐 먹을까?", "choice_ask"),
    ("주말에 뭐해?", "schedule_ask"),
    ("우리 언제 볼까?", "schedule_ask"),
    ("내일 7시에 강남역에서 봐!", "plan_confirm"),
    ("미안 ㅠㅠ 나 20분정도 늦을거같아", "running_late"),
    ("약속 토요일로 옮길 수 있어?", "reschedule"),
    ("오늘 약속 못갈것같아 미안해", "cancel"),
    ("왜 카톡 답장 안해?", "complaint"),
    ("나 삐졌어 흥", "complaint"),
    ("나 면접 떨어졌어 ㅠㅠ", "bad_news"),
    ("나 합격했다!!!!", "good_news"),
    ("몸살 나서 하루종일 누워있어", "sick"),
    ("내일 발표인데 너무 떨려...", "worry"),
    ("팀장님 때문에 너무 짜증나", "vent"),
    ("야근하고 이제 퇴근해 피곤하다", "tired"),
    ("생일 축하해!! 🎉", "birthday"),
    ("보고싶다", "affection"),
    ("사실 너 좋아해", "confession"),
    ("우리 그냥 친구로 지내자", "rejection"),
    ("헤어지자", "breakup"),
    ("할 말 있어", "serious_talk"),
    ("죽고 싶다", "crisis"),
    ("할머니가 어제 돌아가셨어", "death"),
    ("고마워 덕분에 살았다", "thanks"),
    ("미안해 내가 잘못했어", "apology"),
    ("오늘 너무 예쁘더라", "compliment"),
    ("오늘 진짜 재밌었어", "enjoyed"),
    ("밥은 먹었어?", "meal_check"),
    ("머해?? ㅎㅎ", "what_doing"),
    ("잘 지내? 오랜만이야", "how_are_you"),
    ("집에 잘 들어갔어?", "home_check"),
    ("어디야?", "where_are_you"),
    ("전화 가능해?", "call_ask"),
    ("이것 좀 도와줄 수 있어?", "request"),
    ("보고서 내일까지 부탁드립니다", "work_request"),
    ("그 건 어떻게 진행되고 있나요?", "work_status"),
    ("회의 시간이 3시로 변경되었습니다", "notice"),
    ("나 어떡하지", "advice_ask"),
    ("이 옷 어때?", "opinion_ask"),
    ("맛집 추천해줘", "recommend_ask"),
    ("이상형이 뭐야?", "personal_question"),
    ("그 영화 봤어?", "seen_ask"),
    ("안녕하세요 소개받은 김민지입니다", "introduction"),
    ("용돈 보냈다", "money_sent"),
    ("너 주려고 샀어", "gift"),
    ("감기 조심하세요!", "care"),
    ("굿모닝~", "morning"),
    ("안녕!", "greeting"),
    ("잘자 좋은 꿈 꿔", "goodnight"),
    ("나 이제 수업 들어가 나중에 연락할게", "farewell"),
    ("방금 집 도착했어", "arrival"),
    ("심심하다", "boredom"),
    ("배고파", "hungry"),
    ("첫눈 온다!!", "weather"),
    ("바보야 ㅋㅋㅋ", "teasing"),
    ("사진", "photo"),
    ("카페에서 커피 마시는 중", "share"),
    ("생각해볼게", "maybe"),
    ("ㅇㅇ", "short_ack"),
    ("응 그래", "short_ack"),
    ("ㅋㅋㅋㅋ", "laugh"),
    ("헐 대박", "reaction"),
    ("토요일 좋아요!", "accepted"),
    ("새해 복 많이 받아!", "holiday"),
    ("혹시 다음 주에 시간 괜찮으시면 저녁 같이 드실래요?", "invitation"),
    ("오늘 하루 어땠어?", "how_are_you"),
    ("이따 퇴근하고 볼 수 있어?", "invitation"),
    ("제주도 가고싶다", "wish"),
    ("오늘은 내가 쏜다", "treat"),
    ("여쭤봐도 될까요?", "may_ask"),
    ("내일 연차 써도 될까요?", "permission"),
    ("무슨 말이야?", "clarify"),
    ("전남친 결혼한대", "gossip"),
    ("나 지금 집 앞이야", "here"),
    ("나한테 화난 거 있어?", "concern"),
    ("너는 나 어떻게 생각해?", "opinion_ask"),
    ("집 도착하면 연락줘", "care"),
    ("기다리지 말고 먼저 자", "late_home"),
    ("졸업 축하해!", "congratulation"),
    ("혼자 있고 싶어", "alone"),
    ("우리 오늘 100일이야", "anniversary"),
    ("이거 비밀인데", "confide"),
    ("어제 기억나?", "remember"),
    ("오빠는?", "and_you"),
    ("지하철 놓쳤어 ㅠㅠ", "mishap"),
    ("생일 선물 뭐 받고 싶어?", "gift_ask"),
    ("hey, do you want to grab dinner this Friday?", "invitation"),
    ("I failed my driving test again", "bad_news"),
    ("why didn't you text me back?", "complaint"),
    ("can you send me the report by Monday?", "work_request"),
    ("miss you", "affection"),
    ("what should we eat tonight?", "choice_ask"),
]


@pytest.mark.parametrize(("message", "intent"), INTENTS)
def test_what_a_message_does_is_recognised(message: str, intent: str):
    answer = _answer(f"민수: {message}")
    assert (answer.intent, answer.matched) == (intent, True)
    assert (answer.partner, answer.partner_message, answer.messages) == ("민수", message, 1)


def test_each_intent_has_an_example_here():
    assert {intent for _, intent in INTENTS} == set(intents())


_GRAVE = [
    line.split("\t")
    for line in Path("tests/feelings/grave.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("intent", "message"), _GRAVE)
def test_what_is_grave_is_told_from_what_only_sounds_so(intent: str, message: str):
    does = recognise(message)
    assert (does.intent if does.grave else "-") == intent


@pytest.mark.parametrize(
    ("chat", "intent", "said"),
    [
        ("지은: 우리 결혼할까?", "confession", "우리 결혼하자"),
        ("지은: 다음에 또 보자 :)", "farewell", "다음에 또 보자!"),
        ("지은: 오늘 내 생일인 거 알지?", "birthday", "축하해"),
        ("김대리: 오늘 중으로 다시 보내주세요", "work_request", "오늘까지"),
        ("지은: 토요일로 옮길 수 있어?", "reschedule", "토요일로 옮기는 거지?"),
        ("부장님: 주말에 잠깐 나올 수 있나요?", "invitation", "나가기 어려울 것 같습니다"),
        ("지은: 주말에 나올 수 있어?", "invitation", "어디서 볼까?"),
        ("지은: 오늘 우리집에서 자고 갈래?", "invitation", "오늘은 집에 가서 쉴게"),
        ("엄마: 오늘 집에서 자고 갈래?", "invitation", "좋지!"),
        ("지은: 너 맨날 거짓말이야\n지은: 내일 커피 마실래?", "invitation", "커피 마시자"),
        ("지은: 나 합격했어!!\n지은: 오늘 볼래?", "invitation", "와 축하해! 좋지!"),
        ("지은: 죽고 싶다\n지은: 내일 볼래?", "crisis", "109"),
        ("지은: 왜 답장 안해?\n지은: 지금 뭐해?", "complaint", "미안"),
        ("지은: 주말에 뭐해?\n지은: ㅋㅋㅋ", "schedule_ask", "일정"),
    ],
)
def test_everyday_messages_are_answered_for_what_they_are(chat: str, intent: str, said: str):
    answer = _answer(chat)
    assert answer.intent == intent
    assert any(said in option.text for option in answer.options)


@pytest.mark.parametrize(
    ("chat", "intent"),
    [
        ("a: can we move it to Saturday?", "reschedule"),
        ("a: you always study lol\na: Want to grab coffee tomorrow?", "invitation"),
        ("a: will you marry me?", "confession"),
        ("a: you always forget my birthday", "complaint"),
    ],
)
def test_english_messages_are_answered_for_what_they_are(chat: str, intent: str):
    assert _answer(chat, language="en").intent == intent


@pytest.mark.parametrize("language", ["ko", "en"])
def test_nobody_is_asked_why_they_ask(language: str):
    for message in ("지구는 왜 둥글어?", "블록체인 얼마야?", "이상형이 뭐야?"):
        for text in _texts(f"민수: {message}", language=language):
            assert not re.search("왜 궁금|why do you ask|made you wonder", text), text


@pytest.mark.parametrize("chat", ["민수:", "2023년 5월 1일 월요일", "민수: 삭제된 메시지입니다."])
def test_a_chat_without_messages_is_refused(chat: str):
    with pytest.raises(PermanentError) as refused:
        _answer(chat)
    assert refused.value.code == "empty_chat"


@pytest.mark.parametrize("message", ["블록체인 노드 합의 알고리즘", "asdf qwer", "...", "2 + 2 = 4"])
def test_what_is_not_recognised_is_said_to_be_so(message: str):
    answer = _answer(f"민수: {message}")
    assert not answer.matched
    assert answer.intent == "other"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("message", "intent"), INTENTS)
def test_the_three_replies_differ_in_text_and_effect_in_either_language(message: str, intent: str, language: str):
    options = _answer(f"민수: {message}", language=language).options
    assert [option.risk for option in options] == ["safe", "balanced", "bold"]
    assert len({option.text for option in options}) == len({option.why for option in options}) == 3
    hangul = [bool(re.search("[가-힣]", option.text + option.why)) for option in options]
    assert hangul == [language == "ko"] * 3


def test_an_invitation_is_taken_up_in_its_own_words():
    safe, balanced, bold = _texts("지민: 이번 주 토요일에 시간 되면 영화 보러 갈래?", relationship="친구")
    assert "이번 주 토요일" in safe
    assert "영화 보러 가자" in balanced
    assert "이번 주 토요일은" in bold


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("주말에 한강 갈래", "한강 가자"),
        ("우리 내일 밥먹을까", "밥 먹자"),
        ("같이 산책하실래요", "산책하자"),
        ("저랑 저녁 드실래요", "저녁 먹자"),
        ("떡볶이 어때?", "떡볶이 먹자"),
        ("롤 한판 ㄱ?", "롤 한판 하자"),
        ("커피 한 잔 마십시다", "커피 한 잔 마시자"),
        ("등산 가는 거 어때?", "등산 가자"),
        ("저도 한번 가볼까요", "가보자"),
    ],
)
def test_a_proposal_is_said_again_in_the_form_of_an_answer(clause: str, said: str):
    plan = find_plan(clause)
    assert plan is not None
    assert plan.forms()["plan_ja"] == said


@pytest.mark.parametrize(
    "clause", ["언제 볼까", "나중에 얘기하자", "내가 갈까", "가능할까요", "어떻게 할까", "그만하자"]
)
def test_what_only_looks_like_a_proposal_is_none(clause: str):
    assert find_plan(clause) is None


_POLITE = re.compile(r"(요|니다|니까|죠|세요)[\s.!?~ㅎㅠ❤️]*$")


@pytest.mark.parametrize(
    ("chat", "partner", "formal"),
    [
        ("민수: 내일 뭐해?", {"formal": True}, True),
        ("민수: 내일 뭐 하세요?", {"formal": False}, False),
        ("나: 오늘 뭐 하셨어요?\n민수: 그냥 쉬었어", {}, True),  # as the asker speaks
        ("나: 오늘 뭐했어?\n민수: 그냥 쉬었어요", {}, False),
        ("민수: 내일 뭐해?", {"relationship": "직장 상사"}, True),
        ("민수: 내일 뭐 하세요?", {"relationship": "친구"}, False),
        ("민수: 내일 뭐 하세요?", {}, True),
        ("민수: 내일 뭐해?", {}, False),
        ("부장님: 확인했나?", {}, True),
        ("민수: ㅇㅇ", {}, False),
    ],
)
def test_the_register_is_what_is_asked_for_or_the_askers_or_the_relationships_or_the_partners(
    chat: str, partner: Any, *, formal: bool
):
    for text in _texts(chat, **partner):
        assert bool(_POLITE.search(re.split(r"(?<=[.!?]) ", text)[-1])) is formal, text


@pytest.mark.parametrize("name", ["엄마", "오빠", "선배"])
def test_nobody_says_you_to_an_elder(name: str):
    for message in ("옷 따뜻하게 입고 다녀", "보고싶다", "밥은 먹었어?", "고마워", "주말에 뭐해?", "조심히 들어가"):
        for text in _texts(f"{name}: {message}", formal=False):
            assert not re.search(r"(?<![가-힣])(너|네가|네|니)(는|도|한테|랑|를)?(?![가-힣])", text), text


def test_it_is_the_partners_last_messages_in_a_row_that_are_answered():
    answer = _answer("나: 안녕\n민수: 미안\n민수: 20분 늦을 것 같아\n나: 응")
    assert (answer.partner_message, answer.intent) == ("미안\n20분 늦을 것 같아", "running_late")
    assert "20분" in answer.options[1].text


def test_a_plain_yes_is_consent_where_the_asker_has_proposed_something():
    assert _answer("나: 주말에 카페 갈래?\n민수: 응").intent == "accepted"
    assert _answer("나: 비 온다\n민수: 응").intent == "short_ack"


def test_what_the_partner_likes_is_proposed_and_what_is_disliked_is_not():
    asked = "민수: 내일 뭐 먹을까?"
    assert any("떡볶이" in text for text in _texts(asked, likes=("떡볶이",)))
    assert not any("떡볶이" in text for text in _texts(asked, likes=("떡볶이",), dislikes=("떡볶이",)))


@pytest.mark.parametrize(
    "message", ["고마워", "미안해", "이것 좀 도와줄래?", "안녕하세요 소개받은 김민지입니다", "이상형이 뭐야?"]
)
def test_another_reply_is_taken_where_one_names_what_is_disliked(message: str):
    asked = f"민수: {message}"
    assert not any("커피" in text for text in _texts(asked, dislikes=("커피",), formal=True))
    assert any("커피" in text for text in _texts(asked, formal=True))


@pytest.mark.parametrize("goal", ["정중하게 거절하고 싶어", "politely decline"])
def test_a_goal_to_decline_is_served_by_all_three(goal: str | None):
    declined = _texts("민수: 토요일에 등산 갈래?", goal=goal)
    assert not any("좋아, " in text or "비워둘게" in text for text in declined)
    assert "어려울 것 같" in declined[0]


def test_other_goals_add_to_what_is_not_safe():
    plain, wished = _texts("민수: 밥은 먹었어?"), _texts("민수: 밥은 먹었어?", goal="만나자고 하고 싶어")
    assert wished[0] == plain[0]
    assert [len(one) > len(other) for one, other in zip(wished[1:], plain[1:], strict=True)] == [True, True]


def test_a_shy_partner_is_not_pressed():
    assert "부담" in _texts("민수: 토요일에 등산 갈래?", traits=("내성적인 편",))[2]


def test_an_analysis_tells_the_feeling_that_the_message_does_not():
    sad = AnalysisResult(
        engine="x", model="1", language="ko", emotions=Emotions(label="sadness", scores={"sadness": 0.9})
    )
    assert _answer("민수: 그냥 그렇네").intent == "other"
    assert _answer("민수: 그냥 그렇네", analysis=sad).intent == "vent"
    assert _answer("민수: 주말에 영화 볼래?", analysis=sad).intent == "invitation"


@pytest.mark.parametrize("message", ["나 면접 떨어졌어", "헤어지자", "할머니가 돌아가셨어", "죽고 싶다", "미안해"])
def test_what_is_grave_is_not_laughed_at(message: str):
    assert not any(re.search("[ㅋㅎ]{2}", text) for text in _texts(f"민수: {message}", relationship="친구"))


def test_at_work_nobody_laughs_either():
    assert not any(re.search("[ㅋㅎㅠ]{2}", text) for text in _texts("이대리: 오늘 점심 같이 드실래요?"))


def test_a_crisis_is_answered_with_where_to_get_help():
    assert "109" in _texts("민수: 죽고 싶다")[1]


@pytest.mark.parametrize("chat", ["나: 안녕", "나: 자?\n나: ㅋㅋ"])
def test_where_nobody_else_has_written_the_asker_begins(chat: str):
    answer = _answer(chat, me="나", name="민수")
    assert (answer.intent, answer.matched, answer.partner, answer.partner_message) == ("other", False, "민수", "")


def test_every_intent_has_replies_of_each_risk_in_both_languages_and_no_others_are_there():
    korean, english = (tomllib.loads((_COACH / f"{name}.toml").read_text("utf-8")) for name in ("korean", "english"))
    assert set(korean) == set(english)
    assert {*intents(), "other", "question", "opener"} <= set(korean)
    for replies in (korean, english):
        for sort, groups in replies.items():
            if sort not in ("leads", "goals"):
                assert set(groups["any"]) == {"safe", "balanced", "bold"}, sort
                assert set(groups) <= {"any", "romance", "family", "work", "friend"}, sort
    assert set(korean["leads"]) == set(english["leads"])
    assert set(korean["goals"]) == set(english["goals"])


def test_some_reply_to_each_intent_needs_nothing_that_the_partner_may_not_have_said():
    for name in ("korean", "english"):
        replies = tomllib.loads((_COACH / f"{name}.toml").read_text("utf-8"))
        for intent in (*intents(), "other", "question", "opener"):
            assert all(any("{" not in text for text in texts) for texts in replies[intent]["any"].values()), intent


def test_formal_replies_are_formal_throughout():
    replies = tomllib.loads((_COACH / "korean.toml").read_text("utf-8"))
    for groups in replies.values():
        for risks in groups.values() if isinstance(next(iter(groups.values())), dict) else ():
            for text in [one for texts in risks.values() for one in texts]:
                informal, _, formal = text.partition(" | ")
                assert not re.search(r"(?<![가-힣])(너|네가|니가|나도|나는|내가)(?![가-힣])", formal), formal
                assert not re.search(r"(세요|니다|어요|아요|해요)[.!?]", informal), informal


@given(
    st.text(max_size=200).filter(lambda text: parse_chat(f"민수: {text}", me=None, partner=None).messages),
    st.sampled_from(["ko", "en"]),
    st.none() | st.text(max_size=50),
)
def test_any_text_is_answered_the_same_each_time_and_without_a_slot_left_open(
    text: str, language: str, goal: str | None
):
    chat = f"민수: {text}"
    answer = _answer(chat, language=language, goal=goal)
    assert answer == _answer(chat, language=language, goal=goal)
    assert not any("{" in option.text or "|" in option.text or not option.text for option in answer.options)


@pytest.mark.parametrize(
    "unit", ["응어", "아 ", "ㅋ", "보자 ", "가", "a ", "나는 너 ", "오늘 내일 ", "뭐 먹을까? ", "1", "와헐"]
)
def test_long_messages_are_answered_in_time(unit: str):
    _answer("민수: 안녕")  # warm
    chat = "민수: " + (unit * MAX_CHAT)[: MAX_CHAT - 10] + "@"
    began = time.process_time()
    _answer(chat)
    assert time.process_time() - began < 2
