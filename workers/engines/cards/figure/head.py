"""Faces and heads, in a head's own units: 100 tall, the origin in the middle, looking right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.cards.figure.hair import Styled, styled
from workers.engines.cards.figure.hats import hat, on_face
from workers.engines.cards.figure.ink import drawings
from workers.engines.cards.figure.shapes import hull
from workers.engines.cards.painting import painted

if TYPE_CHECKING:
    from workers.engines.cards.figure.person import Look, Person
    from workers.engines.cards.figure.poses import Pose

_TEARS = '<path class="water" d="M{x} 9q8 11 0 15q-8 -4 0 -15z"/>'


@dataclass(frozen=True, kw_only=True)
class Face:
    """Where things are in a head that is turned."""

    turn: float
    wide: float
    """Half of the head's width."""
    baby: bool

    @property
    def ahead(self) -> float:
        """The middle of the face."""
        return 0.3 * self.turn * self.wide

    @property
    def eyes(self) -> tuple[float, float]:
        """The near and the far eye."""
        apart = self.wide * 0.42
        return self.ahead - apart, self.ahead + apart * (1 - 0.2 * self.turn)


def drawn_head(person: Person, look: Look, pose: Pose, wide: float) -> Styled:
    """Return what is behind the trunk (long hair), and the head itself, painted.

    Args:
        person: For the mood and the age.
        look: Hair, skin, hat and glasses.
        pose: Eyes and mouth, unless the mood wants others.
        wide: Width of the head, as a share of its height.
    """
    face = Face(turn=pose.turn, wide=50 * wide, baby=person.age == "baby")
    hair = styled(look.style, face, covered=bool(look.marks & {"chef-hat", "helmet", "swim-cap", "hat", "cap"}))
    pieces = [_skull(face), _features(person, pose, face), on_face(look.marks, face), hair.front, hat(look.marks, face)]
    lips = "black-dark" if look.skin in {"skin-deep", "skin-brown"} else "brown-dark"
    roles = {"lips": lips, "skin": look.skin, "hair": look.hair, "extra": look.extra, "main": look.top}
    return Styled(behind=painted(hair.behind, roles), front=painted("".join(pieces), roles))


def _skull(face: Face) -> str:
    round_, jaw = (face.wide, face.wide * (0.86 if face.baby else 0.68))
    circles = [(0.0, -50 + round_, round_), (face.ahead * 0.45, 50 - jaw, jaw)]
    outline = "L".join(f"{x:g} {y:g}" for x, y in hull(circles))
    near, far = -face.wide * (0.97 - 0.72 * face.turn), face.wide * 0.97
    ears = f'<circle class="skin-dark" cx="{far:.0f}" cy="4" r="9"/>' if face.turn < 0.45 else ""  # noqa: PLR2004
    lobe = f'<ellipse class="skin" cx="{near:.0f}" cy="5" rx="8.5" ry="10"/>'
    inner = f'<path class="line-skin-dark" stroke-width="3" d="M{near + 3:.0f} 0q-7 4 -1 9"/>'
    return f'{ears}<path class="skin" d="M{outline}Z"/>{lobe}{inner}'


def _features(person: Person, pose: Pose, face: Face) -> str:
    drawn = "".join(
        drawings("eyes")[pose.eyes].format(x=f"{x:.1f}", l=f"{x - 7:.1f}", s=f"{x + 2:.1f}") for x in face.eyes
    )
    near, far = face.eyes
    cheek = '<ellipse class="pink" opacity="0.5" cx="{:.1f}" cy="15" rx="8" ry="5.5"/>'
    cheeks = cheek.format(near - 5) + cheek.format(far + 4)
    nose = (
        f'<path class="line-skin-dark" stroke-width="4" stroke-linecap="round" d="M{face.ahead + 3:.1f} 3q6 9 -3 10"/>'
    )
    tears = "".join(_TEARS.format(x=f"{x:.1f}") for x in face.eyes) if person.mood == "sad" else ""
    lips = f'<g transform="translate({face.ahead + 1:.1f} 24)">{_mouth(person, pose)}</g>'
    return cheeks + drawn + _brows(person, face) + nose + tears + lips


def _mouth(person: Person, pose: Pose) -> str:
    """Return the pose's mouth, unless it smiles and the mood is another."""
    forms = drawings("mouths")
    if pose.mouth in {"smile", "laugh"} and person.mood != "happy":
        return str(forms[{"tired": "closed"}.get(person.mood, person.mood)])
    return str(forms[pose.mouth])


def _brows(person: Person, face: Face) -> str:
    if face.baby:
        return ""
    slope = {"sad": -6, "angry": 8}.get(person.mood, 0)
    rise = -26 if person.mood == "surprised" else -18
    return "".join(
        f'<path class="line-hair-dark" stroke-width="4" stroke-linecap="round"'
        f' d="M{x - 8:.1f} {rise - way * slope / 2:.1f}q8 -4 16 {way * slope:.1f}"/>'
        for x, way in zip(face.eyes, (1, -1), strict=True)
    )
