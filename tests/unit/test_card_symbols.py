"""The symbols of picture cards: every drawing is described, whole and recognisably there."""

import re
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from PIL import Image

from workers.engines.cards import symbols as module
from workers.engines.cards.symbols import symbol_of, symbol_words, symbols

FILES = Path(module.__file__).with_name("symbols")
NAMES = sorted(symbols())
PLACES = [name for name in NAMES if symbols()[name].group == "places"]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}">{}</svg>'


def drawn(name: str, width: int, **roles: str):
    symbol = symbols()[name]
    painted = symbol.painted(**roles)
    svg = SVG.format(symbol.width, symbol.height, painted.back + painted.front)
    return Image.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width)))).convert("RGBA")


def test_every_drawing_is_described_and_every_description_has_a_drawing():
    assert {path.stem for path in FILES.glob("*.svg")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_symbol_is_plain_shapes_in_colours_of_the_palette(name: str):
    symbol = symbols()[name]
    painted = symbol.painted()
    elements = list(ET.fromstring(SVG.format(1, 1, painted.back + painted.front)).iter())  # noqa: S314 - our own
    kinds = {element.tag.rpartition("}")[2] for element in elements}
    assert kinds <= {"svg", "g", "path", "rect", "circle", "ellipse"}
    attributes = {key for element in elements for key in element.attrib}
    assert not attributes & {"id", "class", "style", "href"}
    own = re.findall(r'(?:fill|stroke)="([^"]*)"', symbol.back + symbol.front)
    assert set(own) <= {"none"}


@pytest.mark.parametrize("name", NAMES)
def test_a_symbol_can_be_seen_at_sixty_four_pixels(name: str):
    alpha = drawn(name, 64).getchannel("A").tobytes()
    assert sum(value > 40 for value in alpha) > 40
    assert len(drawn(name, 64).getcolors(1 << 16)) > 2


@pytest.mark.parametrize("name", NAMES)
def test_anchors_lie_within_the_symbol(name: str):
    symbol, facts = symbols()[name], symbols()[name].facts
    spans = [span for span in (facts.on, facts.under, facts.inside, facts.water) if span]
    points = [point for point in (facts.hold, facts.grip, facts.pedal, facts.pillow, *facts.seats) if point]
    corners = [(x, y) for x1, x2, y in spans for x in (x1, x2)]
    assert all(x1 < x2 for x1, x2, _ in spans)
    assert all(0 <= x <= symbol.width and 0 <= y <= symbol.height for x, y in [*points, *corners])
    assert 0 < symbol.ground <= symbol.height


def test_what_something_can_be_in_has_a_layer_before_it():
    inside = [symbol for symbol in symbols().values() if symbol.facts.inside]
    assert [symbol.name for symbol in inside if not symbol.front] == []
    assert {"box", "basket", "bowl", "cup", "bag", "car"} <= {symbol.name for symbol in inside}


def test_vessels_say_where_their_front_edge_is():
    for symbol in symbols().values():
        facts = symbol.facts
        if facts.inside and symbol.name != "tent" and (symbol.group != "vehicles" or symbol.name == "boat"):
            assert facts.rim is not None, symbol.name
            assert 0 < facts.rim < facts.inside[2], symbol.name


def test_what_is_under_something_has_room_there():
    under = [symbol.facts for symbol in symbols().values() if symbol.facts.under and symbol.name != "umbrella"]
    assert all(facts.headroom and facts.headroom >= 60 for facts in under)


def test_a_word_stands_for_one_symbol():
    own = [symbol.facts for symbol in symbols().values() if symbol.facts.variant_of is None]
    words = Counter(word for facts in own for word in (*facts.words, *facts.korean))
    assert [word for word, count in words.items() if count > 1] == []
    assert all(word == word.casefold() for word in words)


def test_symbols_are_found_by_english_and_korean_words():
    assert symbol_of("Bike") is symbols()["bicycle"]
    assert symbol_of("자전거") is symbols()["bicycle"]
    assert symbol_of("unicorn") is None
    assert len(symbol_words()) > 200


def test_a_variant_is_drawn_for_its_poses_and_not_for_its_word():
    assert symbol_of("book", "read") is symbols()["book-open"]
    assert symbol_of("book", "carry") is symbols()["book"]
    for symbol in symbols().values():
        assert bool(symbol.facts.poses) == bool(symbol.facts.variant_of)
        assert symbol.facts.variant_of is None or symbol.facts.variant_of in symbols()


def test_a_symbol_is_painted_in_the_colours_asked_for():
    red, green = drawn("apple", 62), drawn("apple", 62, main="green")
    assert red.getpixel((28, 40))[:3] == (0xE4, 0x54, 0x4C)
    assert green.getpixel((28, 40))[:3] == (0x5D, 0xB2, 0x6A)
    assert red.getpixel((42, 10)) == green.getpixel((42, 10))


def test_a_shade_follows_the_colour_of_its_role():
    lit, shaded = (28, 40), (50, 55)
    for colour in ("red", "green", "blue"):
        apple = drawn("apple", 62, main=colour)
        assert sum(apple.getpixel(shaded)[:3]) < sum(apple.getpixel(lit)[:3])
    assert drawn("apple", 62, main="red-light").getpixel(lit) != drawn("apple", 62, main="red").getpixel(lit)


def test_a_colour_that_the_palette_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        symbols()["apple"].painted(main="ultraviolet")


def test_no_symbol_paints_a_role_that_it_does_not_have():
    for symbol in symbols().values():
        used = set(re.findall(r'class="(?:line-)?([a-z-]+?)(?:-dark|-light)?"', symbol.back + symbol.front))
        assert set(symbol.facts.colours) <= used, symbol.name


@pytest.mark.parametrize("name", PLACES)
def test_a_backdrop_fills_the_card_and_has_a_floor(name: str):
    symbol = symbols()[name]
    assert (symbol.width, symbol.height) == (1024, 768)
    assert drawn(name, 256).getchannel("A").getextrema() == (255, 255)
    assert symbol.facts.floor is not None
    far, near = symbol.facts.floor
    assert 500 <= far < near <= 700


def test_weather_and_backdrops_fit_each_other():
    tinted = {role for symbol in symbols().values() for role in symbol.facts.tint}
    outdoors = [symbols()[name] for name in PLACES if not symbols()[name].facts.indoors]
    assert {"sky", "ground"} <= tinted
    assert all('class="sky"' in symbol.back for symbol in outdoors)
    assert drawn("park", 64, **symbols()["night"].facts.tint).getpixel((2, 2))[:3] == (0x34, 0x49, 0x6F)


def test_sizes_are_natural_to_each_other():
    rising = ["strawberry", "cup", "bag", "chair", "bookcase", "tree"]
    assert all(symbols()[a].height < symbols()[b].height for a, b in pairwise(rising))
    wide = ["cup", "plate", "table", "bed", "car", "bus"]
    assert all(symbols()[a].width < symbols()[b].width for a, b in pairwise(wide))


def test_a_file_in_another_form_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "blob.svg").write_text("<svg><text>blob</text></svg>")
    (tmp_path / "things.toml").write_text('[blob]\nwords = ["blob"]\n')
    monkeypatch.setattr(module, "_FILES", tmp_path)
    with pytest.raises(ValueError, match="blob"):
        symbols.__wrapped__()
