"""A text in pieces: whole, within Polly's limits, cut where it hurts least, and each byte knows its character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.errors import PermanentError
from schemas.kinds.tts import TtsRequest
from workers.engines.polly.atoms import atoms_of
from workers.engines.polly.cuts import Cut
from workers.engines.polly.pieces import MAX_CHARACTERS, MAX_LENGTH, pieces_of

if TYPE_CHECKING:
    from workers.engines.polly.options import VoiceEngine
    from workers.engines.polly.pieces import Piece

#: Anything but lone surrogates, which the API refuses; characters that XML can't hold are sent as spaces.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)
WORDS = st.lists(
    st.sampled_from(["I", "am", "학교에", "갔어요.", "Really?", "😀", "3.5,", "\n\n", "“Yes.”", "。", "e\u0301"])
)


def request(text: str, **fields: Any) -> TtsRequest:
    return TtsRequest.model_validate({"text": text, **fields})


def pieces(text: str, engine: VoiceEngine = "standard", **fields: Any) -> list[Piece]:
    return pieces_of(atoms_of(request(text, **fields), engine))


def pieces_or_refusal(text: str, **fields: Any) -> list[Piece] | str:
    try:
        return pieces(text, **fields)
    except PermanentError as refusal:
        return refusal.code


def spoken(piece: Piece) -> str:
    """What a piece says, by another parser than the one that made it."""
    return "".join(fromstring(piece.text).itertext()) if piece.ssml else piece.text


def ssml(inner: str) -> str:
    return f"<speak>{inner}</speak>"


def test_a_short_text_is_sent_as_it_is():
    [piece] = pieces("1 < 2 & 안녕!")
    assert (piece.text, piece.ssml) == ("1 < 2 & 안녕!", False)


def test_a_rate_is_a_tag_around_an_escaped_text():
    [piece] = pieces("1 < 2", rate=0.75)
    assert piece.text == '<speak><prosody rate="75%">1 &lt; 2</prosody></speak>'
    assert piece.span(piece.text.index("&lt;"), piece.text.index("&lt;") + 4) == (2, 3)


@settings(max_examples=60)
@given(st.one_of(TEXTS, WORDS.filter(bool).map(" ".join)), st.integers(1, 60), st.sampled_from([1.0, 0.5, 2.0]))
@example("a" * 300, 30, 1.0)
@example("No more. " * 30, 30, 2.0)
@example("& < & <. " * 30, 30, 2.0)
@example("학교에 갔어요. " * 20, 60, 0.5)
def test_pieces_are_the_whole_text_within_the_limits(text: str, times: int, rate: float):
    text = (text * times)[:20_000]
    found = pieces_or_refusal(text, rate=rate)
    if isinstance(found, str):
        assert found == "nothing_to_speak"
        return
    for piece in found:
        assert 0 < len(piece.text) <= MAX_LENGTH
        assert 0 < len(spoken(piece)) <= MAX_CHARACTERS
        data = piece.text.encode()
        for first, last, start, end in piece.places:
            sent = data[first:last].decode()
            assert piece.span(first, last) == (start, end)
            assert sent in {text[start:end], escape(text[start:end]), " "}
    # Only what says nothing may be missing between two pieces, or around them.
    covered = {index for piece in found for _, _, start, end in piece.places for index in range(start, end)}
    assert not any(text[index].isalnum() for index in set(range(len(text))) - covered)
    starts = [start for piece in found for _, _, start, _ in piece.places]
    assert starts == sorted(set(starts))


@given(TEXTS)
def test_every_span_of_bytes_is_its_characters(text: str):
    try:
        [piece] = pieces(text)
    except PermanentError:
        return
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + 4) + 1):
            assert piece.span(len(piece.text[:start].encode()), len(piece.text[:end].encode())) == (start, end)


def test_a_text_is_cut_behind_its_last_sentence_that_fits():
    sentence = "The cat sat on the mat, and Mr. Kim paid $3.50 for it. "
    found = pieces(sentence * 100)
    assert len(found) > 1
    assert all(piece.text.endswith("for it. ") and piece.text.startswith("The cat") for piece in found)
    assert all(len(piece.text) + len(sentence) > 1_600 for piece in found[:-1])


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("오늘은 날씨가 좋네요. 학교에 갑니다! ", r"[.!] "),
        ("今日はいい天気です。学校に行きます。", "。"),
        ("وصلت إلى المدرسة؟ نعم وصلت. ", " "),
        ("He said: “Stop!” (Really?) ", r"[”)] "),
        ("one, two, three, four, five, ", ", "),
        ("no end at all ", " "),
    ],
)
def test_texts_of_many_scripts_are_cut_behind_a_sentence_or_clause_or_word(text: str, tail: str):
    found = pieces(text * (4_000 // len(text)))
    assert len(found) > 1
    assert all(re.search(f"{tail}$", piece.text) for piece in found)


@pytest.mark.parametrize(
    "text", ["See Dr. Kim. ", "J. S. Bach wrote it. ", "Fruit, e.g. apples, is good. ", "It is 3. 5 it is. "]
)
def test_a_stop_that_ends_no_sentence_is_no_place_to_cut(text: str):
    cut = {piece.text.strip()[-6:] for piece in pieces(text * 300)}
    assert cut <= {text.strip()[-6:], "is 3."}


def test_a_word_without_end_is_cut_between_characters():
    family = "\U0001f469\u200d\U0001f467"
    found = pieces(family * 1_000)
    assert len(found) > 1
    assert "".join(piece.text for piece in found) == family * 1_000
    assert all(piece.text.startswith("\U0001f469") and piece.text.endswith("\U0001f467") for piece in found)


def test_slow_speech_and_digits_make_shorter_pieces():
    text = "하나 둘 셋 넷. " * 300
    assert max(len(spoken(piece)) for piece in pieces(text)) > 1_700
    assert max(len(spoken(piece)) for piece in pieces(text, rate=0.5)) < 950
    assert max(len(piece.text) for piece in pieces("1234 5678. " * 300)) < 1_300
    assert max(len(spoken(p)) for p in pieces(ssml(f'<prosody rate="20%">{text}</prosody>'), text_type="ssml")) < 400


def test_tags_are_closed_before_a_cut_and_opened_behind_it():
    inner = (
        '<p><prosody volume="loud"><lang xml:lang="ko-KR">'
        + "학교에 갔어요. " * 400
        + "</lang></prosody></p><s>The end.</s>"
    )
    found = pieces(ssml(inner), text_type="ssml", language="ko-KR")
    assert len(found) > 1
    for piece in found[:-1]:
        assert piece.text.startswith('<speak><p><prosody volume="loud"><lang xml:lang="ko-KR">학교에')
        assert piece.text.endswith("갔어요. </lang></prosody></p></speak>")
    assert found[-1].text.endswith("<s>The end.</s></speak>")
    assert re.sub("<[^>]*>", "", "".join(piece.text for piece in found)) == re.sub("<[^>]*>", "", inner)


TAGS = st.sampled_from(
    ["p", "s", 'prosody rate="80%"', 'lang xml:lang="ko"', 'say-as interpret-as="digits"', 'w role="amazon:VB"']
)


@st.composite
def documents(draw: st.DrawFn, depth: int = 0) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        words = escape(draw(st.sampled_from(["학교에 갔어요. ", "AT&T! ", "a < b; ", "😀 ", "well"]))) * draw(
            st.integers(0, 120)
        )
        parts.append(words)
        if depth < 3 and draw(st.booleans()):
            tag = draw(TAGS)
            inner = draw(documents(depth + 1)) if tag[:2] in {"p", "s", "pr", "la"} else "1234"
            parts.append(f"<{tag}>{inner}</{tag.split()[0]}>")
        parts.append(
            draw(
                st.sampled_from(["", '<break time="2s"/>', '<sub alias="World &amp; Web">W&amp;W</sub>', "<!-- no -->"])
            )
        )
    return "".join(parts)


@settings(max_examples=60)
@given(documents(), st.sampled_from([1.0, 0.5]))
def test_pieces_of_ssml_are_well_formed_and_the_whole_text(inner: str, rate: float):
    source = ssml(inner)[:19_000]
    source = source if source.endswith("</speak>") else ssml("x")
    found = pieces_or_refusal(source, text_type="ssml", rate=rate)
    if isinstance(found, str):
        # A break too many, or a tag too deep.
        assert found in {"nothing_to_speak", "invalid_ssml"}
        return
    for piece in found:
        assert len(piece.text) <= MAX_LENGTH
        assert len(spoken(piece)) <= MAX_CHARACTERS
        assert fromstring(piece.text).tag == "speak"
        data = piece.text.encode()
        for first, last, start, end in piece.places:
            if data[first:last].startswith(b"<sub"):
                assert source[start:end] == "W&amp;W"
            else:
                assert (
                    fromstring(f"<x>{data[first:last].decode()}</x>").text
                    == fromstring(f"<x>{source[start:end]}</x>").text
                )
    whole = "".join(fromstring(source).itertext())
    assert "".join(map(spoken, found)).split() == whole.split() or len(found) > 1
    assert [c for piece in found for c in spoken(piece) if c.isalnum()] == [c for c in whole if c.isalnum()]


def test_bytes_of_tags_stand_for_no_characters():
    source = ssml('Hello <break time="1s"/><emphasis>my</emphasis> friend')
    [piece] = pieces(source, text_type="ssml")
    data = piece.text.encode()
    assert piece.span(0, 7) is None
    assert piece.span(data.index(b"<break"), data.index(b"<emphasis")) is None
    start, end = piece.span(data.index(b"Hello"), len(data)) or (0, 0)
    assert source[start:end] == 'Hello <break time="1s"/><emphasis>my</emphasis> friend'


@pytest.mark.parametrize("tag", ['say-as interpret-as="characters"', 'w role="amazon:NN"'])
def test_what_is_read_as_a_whole_is_refused_where_it_is_too_long(tag: str):
    with pytest.raises(PermanentError, match="text_too_long"):
        pieces(ssml(f"<{tag}>{'a b. ' * 1_000}</{tag.split(maxsplit=1)[0]}>"), text_type="ssml")


@pytest.mark.parametrize("text", [" \n ", "...!?", "\u200b\u200d", "—"])
def test_a_text_without_anything_to_say_is_refused_before_it_costs(text: str):
    with pytest.raises(PermanentError, match="nothing_to_speak"):
        pieces(text)


def test_half_pairs_and_control_characters_are_sent_as_spaces():
    text = TtsRequest.model_construct(**request("x").model_dump() | {"text": "a\ud83db\x00c"})
    [piece] = pieces_of(atoms_of(text, "neural"))
    assert piece.text == "a b c"


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        ('<emphasis level="strong">x</emphasis>', '<emphasis level="strong">x</emphasis>'),
        ('<emphasis level="none">x</emphasis>', "x"),
        (
            '<prosody rate="+10%" pitch="120%" volume="+3dB">x</prosody>',
            '<prosody rate="110%" pitch="+20%" volume="+3dB">x</prosody>',
        ),
        ('<prosody pitch="50%">x</prosody>', '<prosody pitch="-33%">x</prosody>'),
        ('<prosody rate="default">x</prosody>', "x"),
        ('<break time="1.5s"/>x', '<break time="1500ms"/>x'),
        ('<s xml:lang="ko">x</s>', '<s><lang xml:lang="ko">x</lang></s>'),
        ('<sub alias="y &lt; z">W&amp;W</sub>', '<sub alias="y &lt; z">W&amp;W</sub>'),
        ('<w role="amazon:VB">x</w>', '<w role="amazon:VB">x</w>'),
    ],
)
def test_tags_are_written_for_polly(inner: str, written: str):
    [piece] = pieces(ssml(inner), text_type="ssml")
    assert piece.text == f"<speak>{written}</speak>"


def test_a_rate_in_the_text_is_of_the_voices_own():
    [piece] = pieces(ssml('a <prosody rate="80%">b</prosody>'), text_type="ssml", rate=0.5)
    assert piece.text == '<speak><prosody rate="50%">a <prosody rate="40%">b</prosody></prosody></speak>'


@pytest.mark.parametrize("engine", ["neural", "long-form", "generative"])
@pytest.mark.parametrize(
    "inner", ["<emphasis>x</emphasis>", '<prosody pitch="high">x</prosody>', '<prosody pitch="+5%">x</prosody>']
)
def test_tags_that_an_engine_does_not_take_are_refused_before_they_cost(engine: VoiceEngine, inner: str):
    with pytest.raises(PermanentError, match=f"invalid_ssml.*{engine}"):
        pieces(ssml(inner), engine, text_type="ssml")


def test_a_cut_says_what_was_cut():
    assert {piece.end for piece in pieces("Good day. " * 300)} == {Cut.SENTENCE}
    assert {piece.end for piece in pieces("day " * 800)[:-1]} == {Cut.WORD}
