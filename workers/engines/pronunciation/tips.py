"""How each sound of English is made, in a sentence, with what Korean learners find hard about it.

Descriptions follow Ladefoged and Johnson, "A Course in Phonetics"; which sounds are hard for Korean speakers follows
Swan and Smith (eds.), "Learner English".
"""

# ruff: noqa: RUF001 - Korean quotation marks
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENGLISH: Mapping[str, str] = {
    "AA": "open the mouth wide and keep the tongue low, as in “father”.",
    "AE": "open the mouth wider than for “bed” and spread the lips, as in “cat”.",
    "AH": "keep it short and relaxed, with the mouth half open, as in “cup”.",
    "AO": "round the lips and keep the jaw low, as in “law”.",
    "AW": "glide from an open mouth to rounded lips in one go, as in “now”.",
    "AY": "glide from an open mouth to a smile in one go, as in “my”.",
    "B": "close the lips and let the voice sound before they open.",
    "CH": "stop the air with the tongue, then release it with rounded lips, as in “cheese”.",
    "D": "touch the ridge behind the teeth and let the voice sound; do not add a vowel after it.",
    "DH": "put the tip of the tongue between the teeth and let the voice sound, as in “this”.",
    "EH": "keep it short, with the mouth half open, as in “bed”.",
    "ER": "pull the tongue back without touching the roof of the mouth, as in “bird”.",
    "EY": "make it long and glide up to a smile, as in “day”.",
    "F": "rest the upper teeth on the lower lip and blow; the lips do not close, as in “fan”.",
    "G": "close the back of the tongue and let the voice sound; do not add a vowel after it.",
    "HH": "just breathe out, with the mouth ready for the vowel.",
    "IH": "keep it short and relaxed, between “ee” and “eh”, as in “sit”.",
    "IY": "make it long, with the lips spread, as in “see”.",
    "JH": "round the lips and let the voice sound, as in “job”.",
    "K": "close the back of the tongue and release it with a puff of air.",
    "L": "touch the ridge behind the teeth with the tip of the tongue and keep it there, as in “light”.",
    "M": "close the lips and hum through the nose.",
    "N": "touch the ridge behind the teeth and hum through the nose.",
    "NG": "raise the back of the tongue and hum through the nose; no “g” after it, as in “sing”.",
    "OW": "make it long and round the lips more and more, as in “go”.",
    "OY": "glide from rounded lips to a smile in one go, as in “boy”.",
    "P": "close the lips and release them with a puff of air.",
    "R": "curl the tongue back so that it touches nothing, and round the lips a little, as in “right”.",
    "S": "send a thin stream of air over the tongue; before “ee” too, keep it sharp.",
    "SH": "round the lips and send a broad stream of air, as in “she”.",
    "T": "touch the ridge behind the teeth and release with a puff of air; do not add a vowel after it.",
    "TH": "put the tip of the tongue between the teeth and blow, without voice, as in “think”.",
    "UH": "keep it short, with the lips loosely rounded, as in “book”.",
    "UW": "make it long, with the lips tightly rounded, as in “blue”.",
    "V": "rest the upper teeth on the lower lip and let the voice sound; the lips do not close, as in “van”.",
    "W": "round the lips tightly, then open them quickly into the vowel, as in “we”.",
    "Y": "start with the tongue high, as for “ee”, and glide into the vowel, as in “yes”.",
    "Z": "make an “s” and let the voice sound: the throat hums, as in “zoo”.",
    "ZH": "make a “sh” and let the voice sound, as in “vision”.",
}
_KOREAN: Mapping[str, str] = {
    "AA": "입을 크게 벌리고 혀를 낮게 두세요 (father의 모음).",
    "AE": "‘에’보다 입을 더 크게 벌리고 입꼬리를 옆으로 당기세요 (cat의 모음).",
    "AH": "입을 반쯤 벌리고 힘을 빼서 짧게 내세요 (cup의 모음).",
    "AO": "턱을 내리고 입술을 둥글게 하세요 (law의 모음).",
    "AW": "입을 크게 벌렸다가 입술을 둥글게 모으며 한 번에 이어 내세요 (now의 모음).",
    "AY": "‘아’에서 ‘이’로 끊지 말고 한 번에 미끄러지듯 내세요 (my의 모음).",
    "B": "입술을 다문 채 목을 먼저 울린 다음 터뜨리세요.",
    "CH": "혀로 공기를 막았다가 입술을 둥글게 하고 터뜨리세요 (cheese의 첫소리).",
    "D": "혀끝을 윗잇몸에 대고 목을 울리세요. 뒤에 ‘으’를 붙이지 마세요.",
    "DH": "혀끝을 윗니와 아랫니 사이에 살짝 물고 목을 울리세요 (this의 첫소리).",
    "EH": "입을 반쯤 벌리고 짧게 내세요 (bed의 모음).",
    "ER": "혀를 입천장에 대지 말고 뒤로 말아 당기세요 (bird의 모음).",
    "EY": "‘에’에서 ‘이’로 길게 미끄러지듯 내세요 (day의 모음).",
    "F": "윗니를 아랫입술에 살짝 대고 바람을 내보내세요. 두 입술을 다물지 않습니다 (fan의 첫소리).",
    "G": "혀 뒤쪽을 입천장에 붙이고 목을 울리며 떼세요. 뒤에 ‘으’를 붙이지 마세요.",
    "HH": "다음 모음 입 모양을 하고 숨만 내쉬세요.",
    "IH": "힘을 빼고 ‘이’와 ‘에’ 사이로 짧게 내세요 (sit의 모음).",
    "IY": "입꼬리를 옆으로 당기고 길게 내세요 (see의 모음).",
    "JH": "입술을 둥글게 하고 목을 울리며 내세요 (job의 첫소리).",
    "K": "혀 뒤쪽을 입천장에 붙여 공기를 막았다가 바람을 세게 터뜨리세요.",
    "L": "혀끝을 윗잇몸에 붙인 채로 소리를 내세요 (light의 첫소리).",
    "M": "입술을 다물고 코로 울리세요.",
    "N": "혀끝을 윗잇몸에 대고 코로 울리세요.",
    "NG": "혀 뒤쪽을 올리고 코로 울리세요. 뒤에 ‘그’를 붙이지 마세요 (sing의 끝소리).",
    "OW": "입술을 점점 더 둥글게 모으며 길게 내세요 (go의 모음).",
    "OY": "둥근 입술에서 ‘이’로 한 번에 미끄러지듯 내세요 (boy의 모음).",
    "P": "입술을 다물었다가 바람을 세게 터뜨리세요. 뒤에 ‘으’를 붙이지 마세요.",
    "R": "혀끝이 아무 데도 닿지 않게 뒤로 말고 입술을 조금 둥글게 하세요 (right의 첫소리).",
    "S": "혀와 윗잇몸 사이로 바람을 가늘게 내보내세요. ‘이’ 앞에서도 ‘시’처럼 되지 않게 하세요.",
    "SH": "입술을 둥글게 하고 바람을 넓게 내보내세요 (she의 첫소리).",
    "T": "혀끝을 윗잇몸에 댔다가 바람을 터뜨리세요. 뒤에 ‘으’를 붙이지 마세요.",
    "TH": "혀끝을 윗니와 아랫니 사이에 살짝 물고 바람만 내보내세요 (think의 첫소리).",
    "UH": "입술을 가볍게 둥글게 하고 짧게 내세요 (book의 모음).",
    "UW": "입술을 동그랗게 내밀고 길게 내세요 (blue의 모음).",
    "V": "윗니를 아랫입술에 살짝 대고 목을 울리세요. 두 입술을 다물지 않습니다 (van의 첫소리).",
    "W": "입술을 동그랗게 내밀었다가 빠르게 풀며 다음 모음으로 이어 가세요 (we의 첫소리).",
    "Y": "‘이’처럼 혀를 높이 두었다가 다음 모음으로 미끄러지세요 (yes의 첫소리).",
    "Z": "s 소리를 내면서 목을 울리세요. ‘즈’처럼 막았다가 터뜨리지 않습니다 (zoo의 첫소리).",
    "ZH": "sh 소리를 내면서 목을 울리세요 (vision의 가운데 소리).",
}
TIPS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "ko": _KOREAN}
"""By language and ARPAbet."""
