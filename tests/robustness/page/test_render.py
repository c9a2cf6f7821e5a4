import html.parser
import re

import pytest

from keras_distill.robustness.reports.written_files import written_files

FOLDS = {
    "All numbers": {}, "How it was measured": {}, "What to keep in mind": {},
    "Every measurement, and the files beside this page": {},
    "Where each model holds, and where it breaks": "corruptions", "As it gets worse": "corruptions",
    "Differences, two by two": "comparisons", "What accuracy costs": "comparisons",
    "Does it know when it is unsure?": {}, "Does it answer as teacher does?": "comparisons",
    "Class by class": "extras", "Beyond corruption": "extras", "Does its answer flicker?": "extras",
    "See for yourself": "gallery",
}  # fmt: skip


class Page(html.parser.HTMLParser):
    """Tags with their attributes, texts, and whether every element is closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        # A cell without an end is legal, and in the long table saves a third of the page.
        if tag not in ("meta", "link", "img", "br", "td", "use", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("td", "use", "path"):
            assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def full(full_files):
    return full_files["report.html"]


def titles(page):
    return re.findall(r"<details><summary>([^<]+?) ?<", page)


def expected(*present):
    return {title for title, needs in FOLDS.items() if not needs or needs in present}


def test_every_fold_is_there_in_its_order(full):
    found = [title.strip() for title in titles(full)]
    assert expected("corruptions", "comparisons", "extras", "gallery") <= set(found)
    order = [found.index(title) for title in (
        "All numbers", "How it was measured", "Where each model holds, and where it breaks",
        "As it gets worse", "Differences, two by two", "What accuracy costs",
        "Does it know when it is unsure?", "Does it answer as teacher does?", "Class by class",
        "Beyond corruption", "Does its answer flicker?", "See for yourself",
        "What to keep in mind", "Every measurement, and the files beside this page",
    )]  # fmt: skip
    assert order == sorted(order)


@pytest.mark.parametrize(
    "arguments, present",
    [
        ({"models": ("teacher",), "groups": {}, "extras": False}, ()),
        ({"models": ("teacher", "int8"), "groups": {}, "extras": False}, ("comparisons",)),
        (
            {"models": ("teacher",), "groups": {"weather": ["fog"]}, "extras": False},
            ("corruptions",),
        ),
        ({"models": ("teacher",), "groups": {}}, ("extras",)),
    ],
)
def test_what_was_not_measured_disappears(drawn, arguments, present):
    page = written_files(drawn(n=20, **arguments)[0])["report.html"]
    found = {title.strip() for title in titles(page)}
    assert found & set(FOLDS) == expected(*present)
    Page(page)


def test_one_file_that_asks_for_nothing(full):
    page = Page(full)
    assert page.open == [] and len(full.encode()) < 3_000_000
    for tag, attributes in page.tags:
        assert tag not in ("script", "iframe", "object", "embed", "base", "form"), tag
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:", "#")), (tag, value)
    assert not re.search(r"@import|url\((?!#)", full)
    assert set(re.findall(r"https?://[^\"' <]+", full)) == {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip


def test_no_drawing_refers_to_another(full):
    names = re.findall(r' id="([^"]+)"', full)
    assert len(names) == len(set(names)) > 20
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', full))
    assert used == set(names)


def test_size_of_the_curves_of_fifteen_corruptions(full_files):
    assert 100_000 < len(full_files["figures/severity_curves.svg"]) < 300_000


def test_names_are_harmless(drawn):
    bad = "<script>alert(1)</script>", "$x$ {{ 7 * 7 }}", '"><img src=x onerror=alert(1)>'
    document = drawn(models=bad, groups={"weather": ["fog"]}, n=20)[0]
    document["data"]["class_names"] = ["</style><script>alert(2)</script>"] * 10
    document["data"]["name"] = document["suite"]["source"] = "<script>alert(3)</script>"
    document["gallery"][0]["frames"][0]["png"] = '"><script>alert(4)</script>'
    document["gallery"][0]["why"] = "</summary><script>alert(5)</script>"
    document["environment"]["<script>"] = "alert(6)"
    document["created"] = "<script>alert(7)</script>"
    page = Page(written_files(document)["report.html"])
    tags = {tag for tag, _ in page.tags}
    assert "script" not in tags and "onerror" not in {n for _, a in page.tags for n in a}
    texts = " ".join(page.texts)
    for name in bad:
        assert name in texts
    assert "$x$ 49" not in texts


def test_first_screen_says_it_in_words(drawn):
    document = drawn(models=("teacher", "int8"), groups={"weather": ["fog"]}, n=50)[0]
    document["comparisons"][0] |= {
        "corrupted_verdict": "as good", "corrupted_difference": -0.001,
        "corrupted_difference_ci95": [-0.004, 0.002],
    }  # fmt: skip
    page = written_files(document)["report.html"]
    first = page[: page.index("<details>")]
    assert ": as good as teacher (−0.1 points, −0.4 to +0.2; margin 0.5).</h1>" in first
    assert '<span class="badge same">= as good</span> as teacher' in first
    assert "−0.1 (−0.4 to +0.2)" in first
    assert "94 KiB" in first and "0.31 ms" in first
    assert "a loss of more than 0.5 points is excluded" in first


def test_weak_probes_are_called_so(full):
    assert "PGD-20 accuracy" in full and "distilled (transfer)" in full
    assert "robust accuracy" not in full.lower() and "Weak probes" in full


def test_texts_are_shown_as_texts(drawn):
    page = written_files(drawn(models=("teacher", "int8"), modality="text", n=60)[0])["report.html"]
    assert "a film that &lt;b&gt;holds&lt;/b&gt; you" in page
    assert "picture" not in page.lower()
