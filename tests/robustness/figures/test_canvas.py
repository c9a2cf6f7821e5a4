import re

from keras_distill.robustness.figures.canvas import INK, canvas


def drawn(salt="a"):
    with canvas(salt) as made:
        made.axes.plot([0, 1], [0, 1], color=INK, marker="o")
        made.axes.set_title("_<b>$x$ & --> 0.12345")
    return made.svg


def test_equal_drawings_are_equal_bytes():
    assert drawn() == drawn()


def test_two_figures_on_a_page_share_no_name():
    names = [set(re.findall(r' id="([^"]+)"', drawn(salt))) for salt in "ab"]
    assert names[0] and not names[0] & names[1]
    for name in names[0]:
        assert drawn("a").count(f"#{name}") >= 1


def test_takes_the_colour_of_the_text_around_it():
    assert INK not in drawn() and "stroke: currentColor" in drawn()


def test_nothing_but_the_drawing():
    svg = drawn()
    assert svg.startswith('<svg viewBox="0 0 172 128"') and svg.endswith("</svg>")
    assert not re.search(r"<!--|<metadata|<style|<script|<\?xml|<!DOCTYPE", svg)


def test_text_is_kept_as_it_is():
    assert "_&lt;b&gt;$x$ &amp; --&gt; 0.12345</text>" in drawn()
