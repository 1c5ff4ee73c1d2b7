"""What a symbol's description says of it."""

from pydantic import Field

from schemas.model import Model

Point = tuple[float, float]
Span = tuple[float, float, float]
"""From x to x at the height y."""


class Facts(Model):
    """What a description says of a symbol; points and spans are in its own units."""

    words: tuple[str, ...]
    """English lemmas; the first is its label."""
    korean: tuple[str, ...] = ()
    variant_of: str | None = None
    """Another symbol's name: this one has its words, and is drawn for a pose of `poses`."""
    poses: tuple[str, ...] = ()
    """Lemmas of what it does, for example `sleep`; of variants only."""
    colours: dict[str, str] = Field(default_factory=dict)
    """Roles and their colours in the palette."""
    ground: float | None = None
    """y of its base line; its height, if not said."""
    hangs: float = 0
    """So far above the floor its base line is: on a wall, in the air."""
    on: Span | None = None
    """On which others stand or lie."""
    under: Span | None = None
    """The room below: what is there stands at y."""
    headroom: float | None = None
    """The height of that room; what is higher is hidden or does not fit."""
    inside: Span | None = None
    """What is in it stands at y, between `back` and `front`."""
    rim: float | None = None
    """y of the front edge before what is in it: what does not reach above is to be raised until it can be seen."""
    hold: Point | None = None
    """Where a hand takes it."""
    seats: tuple[Point, ...] = ()
    """The surfaces under hips, the first that of who steers."""
    grip: Point | None = None
    """Where hands are while steering or writing."""
    pedal: Point | None = None
    """The middle between both pedals, or where the first seat's feet rest; as far from the others' seats for them."""
    pillow: Point | None = None
    """Where the head of who lies on it is."""
    floor: tuple[float, float] | None = None
    """Backdrops: between these y feet stand, far and near."""
    road: float | None = None
    """Backdrops: y of vehicles' wheels; elsewhere they stand on the floor."""
    water: Span | None = None
    """Backdrops: where one swims or a boat floats; y is the middle of the water."""
    indoors: bool = False
    """Backdrops: weather is not drawn there."""
    tint: dict[str, str] = Field(default_factory=dict)
    """Weather: roles of the backdrop (`sky`, `ground`) and their colours; indoors too, for what windows show."""
