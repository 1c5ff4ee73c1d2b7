from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PermanentError
from workers.engines.espeak.ssml import script_of_ssml
from workers.engines.ssml.tags import ALLOWED

if TYPE_CHECKING:
    from workers.engines.espeak.script import Script


def espeak_tag(tag: str) -> str:
    if tag.lower().startswith("xx"):
        raise PermanentError("unsupported_language", "There is no such voice.")
    return tag.lower()


def read(source: str) -> Script:
    return script_of_ssml(source, "en-us", espeak_tag)


def words(source: str) -> list[str]:
    return [source[token.start : token.end] for token in read(source).tokens]


BILLION_LAUGHS = (
    '<!DOCTYPE speak [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<speak>&c;</speak>"
)

ATTACKS = {
    "a file is played": '<speak><audio src="/etc/passwd"/>x</speak>',
    "a file is played from a namespace": '<speak xmlns:a="urn:a"><a:audio src="/etc/passwd"/>x</speak>',
    "a file is played in capitals": '<speak><AUDIO src="/etc/passwd"/>x</speak>',
    "an address is fetched": '<speak><audio src="http://169.254.169.254/latest/meta-data">x</audio></speak>',
    "a base address": '<speak xml:base="file:///etc/">x</speak>',
    "a mark of a megabyte": f'<speak><mark name="{"m" * 10_000}"/>x</speak>',
    "a voice by path": '<speak><voice name="../../../etc/passwd">x</voice></speak>',
    "phonemes": '<speak><phoneme alphabet="x" ph="[[x]]">x</phoneme></speak>',
    "espeak's own style": '<speak><tts:style field="punctuation" mode="all">x</tts:style></speak>',
    "an external entity": '<!DOCTYPE speak [<!ENTITY x SYSTEM "file:///etc/passwd">]><speak>&x;</speak>',
    "an external document type": '<!DOCTYPE speak SYSTEM "http://example.com/x.dtd"><speak>x</speak>',
    "a parameter entity": '<!DOCTYPE speak [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><speak>x</speak>',
    "entities that grow": BILLION_LAUGHS,
    "an unknown entity": "<speak>&nbsp;x</speak>",
    "a processing instruction": '<speak><?xml-stylesheet href="file:///etc/passwd"?>x</speak>',
    "a processing instruction first": "<?php system('id') ?><speak>x</speak>",
    "ten hours of silence": '<speak>x<break time="36000s"/></speak>',
    "a break just too long": '<speak>x<break time="10001ms"/></speak>',
    "a break of endless digits": f'<speak>x<break time="{"9" * 5_000}s"/></speak>',
    "a negative break": '<speak>x<break time="-5s"/></speak>',
    "a break of an odd unit": '<speak>x<break time="1h"/></speak>',
    "a break in other digits": '<speak>x<break time="٣s"/></speak>',
    "a break without a number": '<speak>x<break time="NaNs"/></speak>',
    "many breaks": "<speak>x" + '<break time="10s"/>' * 31 + "</speak>",
    "a break of an odd strength": '<speak>x<break strength="max"/></speak>',
    "a break with words": "<speak><break><s>x</s></break></speak>",
    "rates multiplied": '<speak><prosody rate="100000%">x</prosody></speak>',
    "a rate of nothing": '<speak><prosody rate="0%">x</prosody></speak>',
    "a pitch beyond hearing": '<speak><prosody pitch="900%">x</prosody></speak>',
    "a pitch in hertz": '<speak><prosody pitch="100Hz">x</prosody></speak>',
    "a volume as a quote": "<speak><prosody volume='\"&gt;&lt;audio src=\"/etc/passwd'>x</prosody></speak>",
    "a contour": '<speak><prosody contour="(0%,+20Hz)">x</prosody></speak>',
    "an unknown reading": '<speak><say-as interpret-as="tts:key">x</say-as></speak>',
    "a reading left out": "<speak><say-as>x</say-as></speak>",
    "an unknown level": '<speak><emphasis level="huge">x</emphasis></speak>',
    "an alias left out": "<speak><sub>x</sub></speak>",
    "an alias that is a book": f'<speak><sub alias="{"very " * 100}long">x</sub></speak>',
    "tags in a substitution": '<speak><sub alias="y"><s>x</s></sub></speak>',
    "tags nested deep": "<speak>" + "<p>" * 5_000 + "x" + "</p>" * 5_000 + "</speak>",
    "speak in speak": "<speak><speak>x</speak></speak>",
    "no speak at all": "<p>x</p>",
    "two documents": "<speak>x</speak><speak>y</speak>",
    "words behind the document": "<speak>x</speak>y",
    "plain text": "1 < 2 & 3",
    "nothing": "",
    "an open tag": "<speak>x",
    "crossed tags": "<speak><p>x<s>y</p></s></speak>",
    "an attribute twice": '<speak><break time="1s" time="2s"/>x</speak>',
    "an attribute of another tag": '<speak><p time="1s">x</p></speak>',
    "a control character": "<speak>x\x01y</speak>",
    "a NUL": "<speak>x\x00y</speak>",
    "half a pair": "<speak>\ud83d x</speak>",
    "an encoding that is not so": '<?xml version="1.0" encoding="utf-7"?><speak>x<</speak>',
    "lang without a language": "<speak><lang>x</lang></speak>",
}


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_is_not_allowed_is_refused(source: str):
    with pytest.raises(PermanentError) as refusal:
        read(source)
    assert refusal.value.code == "invalid_ssml"
    assert len(refusal.value.message) < 250
    assert "passwd" not in refusal.value.message


def test_a_refusal_names_the_tag_and_what_is_allowed():
    with pytest.raises(PermanentError, match=r"<audio> is not allowed\. Allowed are speak, p, s, break"):
        read('<speak><audio src="x"/>y</speak>')


def test_a_refused_language_keeps_its_own_code():
    with pytest.raises(PermanentError, match="unsupported_language"):
        read('<speak><lang xml:lang="xx-YY">y</lang></speak>')


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        ('x<break time="1.5s"/>', 'x<break time="1500ms"/>'),
        ('x<break time="10s"/>', 'x<break time="10000ms"/>'),
        ("x<break/>", 'x<break strength="medium"/>'),
        ('<prosody rate="fast" volume="-6dB" pitch="+10%">x</prosody>', None),
        ('<prosody volume="+90dB">x</prosody>', '<prosody volume="200%">x</prosody>'),
        ('<say-as interpret-as="spell-out">x</say-as>', '<say-as interpret-as="characters">x</say-as>'),
        ('<lang xml:lang="ko-KR">x</lang>', '<lang xml:lang="ko-kr">x</lang>'),
        ('<p xml:lang="ko">x</p>', '<p><lang xml:lang="ko">x</lang></p>'),
        ('<w role="amazon:VB">x</w>', "x"),
        ('<sub alias="y &amp; z">x</sub>', "y &amp; z"),
        ("x<!-- <audio/> -->y", "xy"),
        ("<![CDATA[<audio/>]]>", "&lt;audio/&gt;"),
        ("AT&amp;T &lt;p&gt;", "AT&amp;T &lt;p&gt;"),
        ("1 &lt; 2", "1  less than  2"),
    ],
)
def test_allowed_tags_are_written_afresh(inner: str, written: str | None):
    expected = written or '<prosody rate="fast" pitch="110%" volume="50%">x</prosody>'
    assert read(f"<speak>{inner}</speak>").text == f"<speak>{expected}</speak>"


def test_the_namespace_of_ssml_is_taken():
    source = (
        '<?xml version="1.0"?><speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en">x</speak>'
    )
    assert read(source).text == '<speak><lang xml:lang="en">x</lang></speak>'


def test_spans_point_into_the_source():
    source = '<speak>“Hé” 😀 AT&amp;T <sub alias="and so on">etc.</sub>\r\n'
    source += "<p>&#49488;<s>끝!</s></p> a<!-- b -->c <![CDATA[d]]></speak>"
    assert words(source) == ["Hé", "AT&amp;T", "etc.", "&#49488;", "끝", "a", "c", "d"]


def test_characters_are_those_that_are_spoken():
    assert read('<speak>ab <p>c&amp;</p><sub alias="xyz">d</sub></speak>').characters == len("ab c&") + len("xyz")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)


@st.composite
def documents(draw: st.DrawFn) -> str:
    pieces = ["<speak>one "]
    for _ in range(draw(st.integers(0, 8))):
        tag = draw(st.sampled_from(["", "p", "s", "emphasis", "w", "break"]))
        text = escape(draw(TEXTS)).replace("\ufffe", "").replace("\uffff", "")
        pieces.append(f"<{tag}/>{text}" if tag == "break" else f"<{tag}>{text}</{tag}>" if tag else text)
    return "".join([*pieces, "</speak>"])


@given(documents())
def test_tokens_are_in_order_and_hold_no_markup(source: str):
    script = read(source)
    position = 0
    for token in script.tokens:
        assert position <= token.outer_start <= token.start < token.end <= token.outer_end <= len(source)
        position = token.outer_end
        assert "<" not in source[token.start : token.end]
    assert set(re.findall(r"</?([a-z:-]+)", script.text)) <= set(ALLOWED)


@given(st.text(max_size=60), st.sampled_from([(tag, name) for tag, names in ALLOWED.items() for name in names]))
def test_no_value_of_an_attribute_breaks_out_of_it(value: str, place: tuple[str, str]):
    tag, name = place
    if tag == "speak":
        source = f"<speak {name}={quoteattr(value)}>x</speak>"
    else:
        source = f"<speak>x <{tag} {name}={quoteattr(value)}>{'' if tag == 'break' else 'y'}</{tag}></speak>"
    try:
        # As the catalogue does: a tag that it does not know is refused.
        text = script_of_ssml(source, "en-us", lambda _: "en-us").text
    except PermanentError:
        return
    assert set(re.findall(r"<([^/>\s]+)", text)) <= set(ALLOWED)
