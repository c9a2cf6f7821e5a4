import xml.etree.ElementTree as ET

from keras_distill.robustness.figures.panel import Panel
from keras_distill.robustness.figures.sheet import sheet

SVG = '<svg viewBox="0 0 300 100" xmlns="http://www.w3.org/2000/svg"></svg>'
DOCUMENT = {"models": [{"name": "<teacher> & co"}, {"name": "int8"}]}


def test_panels_stand_in_lines_below_the_names():
    root = ET.fromstring(sheet(DOCUMENT, [Panel(f"{i}<", SVG) for i in range(3)]))
    name = "{http://www.w3.org/2000/svg}"
    inner = [(e.get("x"), e.get("y"), e.get("width")) for e in root.iter(f"{name}svg")][1:]
    # Two of 300 points beside each other, the third below: 16 points for titles, 14 between.
    assert inner == [("0", "16", "300"), ("314", "16", "300"), ("0", "146", "300")]
    assert (root.get("width"), root.get("height")) == ("614", str(28 + 2 * 116 + 14))
    texts = [element.text for element in root.iter(f"{name}text")]
    assert texts == ["●", "<teacher> & co", "■", "int8", "0<", "1<", "2<"]


def test_many_names_take_more_lines():
    many = {"models": [{"name": f"model number {i}"} for i in range(9)]}
    height = [
        int(ET.fromstring(sheet(d, [Panel("", SVG)])).get("height")) for d in (DOCUMENT, many)
    ]
    assert height[1] > height[0] + 40
