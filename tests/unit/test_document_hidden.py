"""What a page hides is not read, and what it shows is, however carelessly it is written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.documents.markup import read_html


def shown(body: str, *, style: str = "") -> list[str]:
    return read_html(f"<html><head><style>{style}</style></head><body>{body}</body></html>").text.split()


@pytest.mark.parametrize(
    "how",
    [
        "hidden",
        'hidden=""',
        'HIDDEN="hidden"',
        'aria-hidden="true"',
        'style="display:none"',
        'style="color: red; DISPLAY : None !important;"',
        'style="display:/* not */none"',
        'style="visibility: hidden"',
        'style="display:block;display:none"',
    ],
)
@pytest.mark.parametrize("tag", ["p", "div", "span", "h2", "custom-element", "nav", "b"])
def test_what_an_attribute_hides_is_left_out(how: str, tag: str):
    body = f"<p>before</p><{tag} {how}>no <b>nor</b> <br><i>this</i></{tag}><p>after</p>"

    assert shown(body) == ["before", "after"]


@pytest.mark.parametrize(
    "how",
    [
        "",
        'aria-hidden="false"',
        'hidden="until-found"',
        'style="display:block"',
        'style="display:none;display:block"',
        'hidden style="display:flex"',
        'style="/* display:none */"',
        'style="/* display:none"',
        'style="display"',
        'data-hidden="true"',
        'class="hidden"',
    ],
)
def test_what_is_shown_is_read(how: str):
    assert shown(f"<div {how}>yes</div>") == ["yes"]


@pytest.mark.parametrize(
    ("style", "how"),
    [
        (".x{display:none}", 'class="x"'),
        (".a, .x { color: red; display: none }", 'class="y x"'),
        ("div.x{display:none}", 'class="x"'),
        ("#x{visibility:hidden}", 'id="x"'),
        ("/* .x{display:block} */ .x{display:none}", 'class="x"'),
        ("@charset 'utf-8'; .x{display:none}", 'class="x"'),
        ("p{display:block} .x{display:none} .y{display:block}", 'class="x"'),
    ],
)
def test_a_simple_rule_hides_what_bears_its_class(style: str, how: str):
    assert shown(f"<p>before</p><div {how}>no</div><p>after</p>", style=style) == ["before", "after"]


@pytest.mark.parametrize(
    ("style", "how"),
    [
        (".x{color:red}", 'class="x"'),
        (".x{display:none} .x{display:block}", 'class="x"'),
        (".tab{display:none} .tab.open{display:block}", 'class="tab open"'),
        (".x{display:none} .wide .x{display:flex}", 'class="x"'),
        (".x{display:none}", 'class="x" style="display:block"'),
        ("@media print{.x{display:none}}", 'class="x"'),
        (".menu .x{display:none}", 'class="x"'),
        (".x:hover{display:none}", 'class="x"'),
        (".x .y{display:none}", 'class="y"'),
        (".x{display:none", 'class="x"'),
        ("}.x{", 'class="x"'),
        ("/* .x{display:none}", 'class="x"'),
    ],
)
def test_what_another_rule_may_show_is_read(style: str, how: str):
    assert shown(f"<div {how}>yes</div>", style=style) == ["yes"]


def test_a_sheet_for_other_media_hides_nothing():
    page = '<style media="print">.x{display:none}</style><style media="screen">.y{display:none}</style>'

    assert read_html(page + '<p class="x">yes</p><p class="y">no</p>').text == "yes"


@pytest.mark.parametrize("tag", ["html", "body"])
def test_a_page_that_waits_for_its_scripts_is_read(tag: str):
    page = "<html><body><p>yes</p></body></html>".replace(f"<{tag}", f'<{tag} style="visibility:hidden"')

    assert read_html(page).text == "yes"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<div hidden>no<div>no</div>no</div>yes", "yes"),
        ("<div hidden><p>no<p>no</div><p>yes", "yes"),
        ("<p hidden>no<p>yes", "yes"),
        ("<p hidden>no<div>yes</div>", "yes"),
        ("<p hidden>no <b>no<p>no</b></p></div>yes", "yes"),
        ("<ul><li>yes<li hidden>no<li>too</ul>", "- yes - too"),
        ("<ul><li hidden>no<ul><li>no</ul>no</ul>yes", "yes"),
        ("<div><span hidden>no</div>yes", "yes"),
        ("<div hidden>no</span></p>no</div>yes", "yes"),
        ("<div hidden>no<br hidden><img alt=no>no</div>yes", "yes"),
        ("yes<img hidden alt=no> too", "yes too"),
        ("yes<br hidden> too", "yes too"),
        ("You may <span hidden>not</span> enter.", "You may enter."),
        ("<div hidden><script>'</div>'</script>no</div>yes", "yes"),
        ("<nav>no<div hidden>no</div></nav>yes", "yes"),
        ("<div hidden><nav>no</div>yes", "yes"),
        ("<div hidden>no", ""),
        ("<details><summary>yes</summary>too</details>", "yes too"),
        ("<div hidden/>no</div>yes", "yes"),
    ],
)
def test_it_ends_where_it_ends_on_a_screen(body: str, wanted: str):
    assert " ".join(shown(body)) == wanted


def test_hidden_rows_and_cells_are_left_out_of_a_table():
    heads = "<tr><th>Cup<th hidden>Code<th>Price"
    table = f"<table>{heads}<tr><td>small<td hidden>17<td>3 won<tr hidden><td>no<tr><td>large</td></tr>"

    assert read_html(table).text.splitlines() == ["Cup: small; Price: 3 won", "Cup: large"]


TAGS = st.sampled_from(["p", "div", "span", "ul", "li", "table", "tr", "td", "nav", "style", "b", "br"])
PIECES = st.one_of(
    st.tuples(TAGS, st.sampled_from(["", " hidden", ' class="x"'])).map(lambda each: f"<{each[0]}{each[1]}>"),
    TAGS.map(lambda tag: f"</{tag}>"),
    st.sampled_from(["text", ".x{display:none}", "<!--", "-->"]),
)


@given(st.lists(PIECES, max_size=40))
def test_no_page_is_a_defect(pieces: list[str]):
    read_html("".join(pieces))


@pytest.mark.parametrize(
    "page",
    [
        "<div hidden>" * 50_000 + "</b>" * 50_000,
        "<div hidden>" + "<div>" * 50_000 + "</p>" * 50_000,
        "<style>" + "/*" * 500_000 + "</style>",
        "<style>" + "{" * 100_000 + "}" * 100_000 + "</style>",
        "<style>" + "a{b;" * 50_000 + "</style>",
        "<p style='" + "/*" * 500_000 + "'>",
        "<p style='" + "display:none;" * 50_000 + "'>",
    ],
)
def test_a_page_made_to_be_slow_is_not(page: str):
    began = time.process_time()

    read_html(page)

    assert time.process_time() - began < 3
