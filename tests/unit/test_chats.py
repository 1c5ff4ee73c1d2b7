import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError
from schemas.reply.tasks import MAX_CHAT, ReplyOptions
from workers.engines.chats import parse_chat, read_export
from workers.engines.chats.unanswered import last_of_partner
from workers.engines.llm.options import LanguageModelOptions
from workers.engines.llm.tasks.reply_options import ReplyOptionsForm, SaidOptions
from workers.engines.ports import Asked, Chat, ChatMessage
from workers.engines.practice.options import reply_options

_EXPECTED = [("민수", "안녕\n잘 지내?"), ("지은", "응 뭐해: 지금?"), ("민수", "사진")]

_PC = """민수 님과 카카오톡 대화
저장한 날짜 : 2023-05-01 12:34:56

--------------- 2023년 5월 1일 월요일 ---------------
[민수] [오후 3:45] 안녕
잘 지내?
[지은] [오후 3:46] 응 뭐해: 지금?
[민수] [오후 3:46] 삭제된 메시지입니다.
민수님이 들어왔습니다.
[민수] [오후 3:47] 사진
"""
_PC_ENGLISH = """KakaoTalk Chats with 민수
Date Saved : 2023-05-01 12:34:56

--------------- Monday, May 1, 2023 ---------------
[민수] [3:45 PM] 안녕
잘 지내?
[지은] [3:46 PM] 응 뭐해: 지금?
[민수] [3:47 PM] 사진
"""
_ANDROID = """민수 님과 카카오톡 대화
저장한 날짜 : 2023년 5월 1일 오후 6:00


2023년 5월 1일 오후 3:45
2023년 5월 1일 오후 3:45, 민수 : 안녕
잘 지내?
2023년 5월 1일 오후 3:46, 지은 : 응 뭐해: 지금?
2023년 5월 1일 오후 3:47, 민수 : 사진
"""
_ANDROID_ENGLISH = """KakaoTalk Chats with 민수
Date Saved : May 1, 2023 at 6:00 PM

May 1, 2023 at 3:45 PM
May 1, 2023 at 3:45 PM, 민수 : 안녕
잘 지내?
May 1, 2023 at 3:46 PM, 지은 : 응 뭐해: 지금?
May 1, 2023 at 3:47 PM, 민수 : 사진
"""
_IOS = """민수 님과 카카오톡 대화
저장한 날짜 : 2023. 5. 1. 오후 6:00

2023년 5월 1일 월요일
2023. 5. 1. 오후 3:45, 민수 : 안녕
잘 지내?
2023. 5. 1. 15:46, 지은 : 응 뭐해: 지금?
2023. 5. 1. 오후 3:47, 민수 : 사진
"""
_MAC = """Date,User,Message
2023-05-01 15:45:12,"민수","안녕
잘 지내?
2023-05-01 15:46:01,"지은","응 뭐해: 지금?"
2023-05-01 15:47:40,"민수","사진"
"""
_PLAIN = """민수: 안녕
잘 지내?
지은 : 응 뭐해: 지금?
민수: 사진
"""
FORMS = {
    "pc": _PC,
    "pc, English": _PC_ENGLISH,
    "android": _ANDROID,
    "android, English": _ANDROID_ENGLISH,
    "ios": _IOS,
    "macos": _MAC,
    "plain": _PLAIN,
    "plain with times": "[오후 3:45] 민수: 안녕\n잘 지내?\n지은 (오후 3:46): 응 뭐해: 지금?\n15:47 민수: 사진",
}


def _said(text: str, me: str | None = None, partner: Any = None) -> list[tuple[str | None, str]]:
    return [(message.name, message.text) for message in parse_chat(text, me=me, partner=partner).messages]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_chat_is_read_into_the_same_messages(form: str):
    chat = parse_chat(FORMS[form], me=None, partner=None)
    assert [(message.name, message.text) for message in chat.messages] == _EXPECTED
    assert (chat.me, chat.unread_lines) == ("지은", 0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_may_end_as_windows_ends_them(end: str):
    assert _said(_PC.replace("\n", end)) == _EXPECTED


def test_a_text_without_names_is_the_partners():
    chat = parse_chat("오늘 뭐해?\n\n심심하다 3:30에 봐", me=None, partner="민수")
    assert [(message.name, message.text) for message in chat.messages] == [
        (None, "오늘 뭐해?"),
        (None, "심심하다 3:30에 봐"),
    ]
    assert chat.me is None


@pytest.mark.parametrize(
    ("chat", "me", "partner", "found"),
    [
        ("a: hi\nb: hello", "a", None, "a"),
        ("a: hi\nb: hello", None, None, "a"),  # who did not write last
        ("a: hi\nb: hello", None, "a", "b"),
        ("김지수: 안녕\n박민수: 응", "지수", None, "김지수"),
        ("지은❤: 안녕\n나: 응", None, None, "나"),
        ("2023년 5월 1일 오후 3:45, 민수 : 안녕\n2023년 5월 1일 오후 3:46, 회원님 : 응", None, None, "회원님"),
        ("민수 님과 카카오톡 대화\n\n지은: 안녕", None, None, None),
        ("민수 님과 카카오톡 대화\n\n민수: 안녕\n지은: 응", None, None, "지은"),
        ("a: hi\nb: hello", "somebody else", "a", "b"),
        ("a: 1\nb: 2\nc: 3", "somebody else", None, None),
        ("a: 1\nb: 2\nc: 3", None, None, None),  # a group, and nothing tells
        ("a: hi\nb: hello", "somebody else", None, "a"),  # who did not write last
    ],
)
def test_the_asker_is_found_by_name_by_a_word_for_oneself_or_by_the_partner(
    chat: str, me: str | None, partner: Any, found: str | None
):
    assert parse_chat(chat, me=me, partner=partner).me == found


def test_a_colon_within_a_message_begins_no_message():
    chat = "민수: 여기서 봐\n만날 곳 약도: 아래\nhttps://example.com\n지은: 3:30 맞지?\n민수: 응"
    assert _said(chat)[0] == ("민수", "여기서 봐\n만날 곳 약도: 아래\nhttps://example.com")


def test_within_an_export_no_line_of_the_plain_form_is_taken_for_a_message():
    assert _said("[민수] [오후 3:45] 준비물\n물: 2병\n김밥: 3줄\n") == [("민수", "준비물\n물: 2병\n김밥: 3줄")]


def test_lines_before_the_first_message_that_are_of_no_form_are_counted():
    assert parse_chat("무슨 글이지\n이것도\n민수: 안녕", me=None, partner=None).unread_lines == 2


@given(st.text(max_size=400), st.none() | st.text(max_size=10), st.none() | st.text(max_size=10))
def test_any_text_is_read_without_an_error_and_nothing_is_made_up(text: str, me: str | None, partner: Any):
    chat = parse_chat(text, me=me, partner=partner)
    for message in chat.messages:
        assert all(line.strip() in text for line in message.text.splitlines())
        assert message.name is None or message.name in text


_NAMES = st.lists(st.from_regex(r"[가-힣]{2,4}", fullmatch=True), min_size=2, max_size=2, unique=True)
_TEXTS = st.lists(
    st.from_regex(r"[가-힣a-z]{1,8}( [가-힣a-z]{1,8}){0,3}[.?!~]?", fullmatch=True), min_size=2, max_size=12
)


@given(_NAMES, _TEXTS)
def test_what_is_written_in_a_form_is_read_from_it(names: list[str], texts: list[str]):
    said = [(names[index % 2], text) for index, text in enumerate(texts)]
    for form in ("{}: {}", "[{}] [오전 11:05] {}", "2024년 12월 3일 오후 10:05, {} : {}", "2024. 1. 3. 9:05, {} : {}"):
        assert _said("\n".join(form.format(*one) for one in said)) == said


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 20_000,
        "가 " * 10_000 + ":",
        "1" * 20_000,
        "2023년 5월 1일 " * 1_500,
        (": " * 10_000),
        "오후 3:45 " * 2_500,
    ],
)
def test_hostile_lines_take_no_time(hostile: str):
    began = time.process_time()
    parse_chat(hostile, me=None, partner=None)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_an_export_is_read_in_the_encodings_that_programs_write(encoding: str):
    assert _said(read_export(_PC.encode(encoding))) == _EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xfe\xff",
        b"",
        b"  \n",
        bytes(range(256)),
        b"%PDF-1.4\n%a stub\n",
        b"\xef\xbb\xbf%PDF-1.7 a: b",
        b"PK\x03\x04 chat.txt",
        b"GIF89a: hello",
        b"RIFF1234WEBPVP8 ",
        b"1234ftypheic a: b",
        b"{\\rtf1 a: b}",
    ],
)
def test_what_is_no_text_is_refused_and_not_repeated(data: bytes):
    with pytest.raises(PermanentError) as refused:
        read_export(data)
    assert refused.value.code == "unreadable_chat"


def test_of_a_long_export_the_title_and_the_newest_messages_are_kept():
    long = "민수 님과 카카오톡 대화\n" + "".join(f"[민수] [오후 3:45] {number}번째 말\n" for number in range(5_000))
    kept = read_export((long + "[지은] [오후 3:46] 끝").encode())
    assert len(kept) <= MAX_CHAT
    chat = parse_chat(kept, me=None, partner=None)
    assert chat.messages[-1].text == "끝"
    assert (chat.me, chat.unread_lines) == ("지은", 0)


# --- what is answered ---


def chat(me: str | None, *said: tuple[str | None, str]) -> Chat:
    return Chat(messages=tuple(ChatMessage(name=name, text=text) for name, text in said), me=me)


@pytest.mark.parametrize(
    ("me", "said", "answered"),
    [
        ("민아", [("지수", "가"), ("민아", "나"), ("지수", "다"), ("지수", "라")], "다 라"),
        ("민아", [("지수", "가"), ("지수", "나"), ("민아", "다"), ("민아", "라")], "가 나"),
        ("민아", [("지수", "가"), ("준", "나")], "나"),
        ("민아", [("민아", "가")], ""),
        ("민아", [], ""),
        (None, [("지수", "가"), ("민아", "나")], "나"),
        (None, [(None, "가"), (None, "나")], "가 나"),
        ("민아", [(None, "가"), ("민아", "나")], "가"),
        ("민아", [("지수", str(number)) for number in range(9)], "3 4 5 6 7 8"),
    ],
)
def test_answered_is_what_the_partner_said_last(me: str | None, said: list[tuple[str | None, str]], answered: str):
    assert " ".join(one.text for one in last_of_partner(chat(me, *said))) == answered


def test_both_engines_answer_the_same_messages():
    talk = chat("민아", *[("지수", f"영화 보러 갈래 {number}?") for number in range(9)], ("민아", "음"))
    task = ReplyOptions(type="reply_options", chat="x")
    said = SaidOptions.model_validate({risk: {"text": risk} for risk in ("safe", "balanced", "bold")})

    by_model = ReplyOptionsForm(task, talk, None, LanguageModelOptions()).answer(said)
    by_rules = reply_options(Asked(task=task, chat=talk))

    for field in ("partner", "partner_message", "messages"):
        assert getattr(by_model, field) == getattr(by_rules, field)
    assert by_model.partner_message.count("\n") == 5
