from keras_distill.corruptions.text.ocr_confusions import CONFUSIONS

# nlpaug 1.1, nlpaug/res/char/ocr/en.json
NLPAUG = {
    "0": "89oOD",
    "1": "47lI",
    "2": "zZ",
    "5": "8",
    "6": "b",
    "8": "sS@&",
    "9": "gq",
    "o": "u",
    "r": "k",
    "C": "G",
    "O": "DU",
    "E": "B",
}


def test_holds_nlpaugs_table_both_ways():
    for one, others in NLPAUG.items():
        for other in others:
            assert other in CONFUSIONS[one] and one in CONFUSIONS[other]


def test_two_characters_for_one():
    assert CONFUSIONS["rn"] == ("m",) and "rn" in CONFUSIONS["m"]
    assert CONFUSIONS["cl"] == ("d",) and CONFUSIONS["vv"] == ("w",)


def test_no_character_is_confused_with_itself_or_twice():
    for key, alike in CONFUSIONS.items():
        assert key not in alike and len(set(alike)) == len(alike) > 0
        # Halves of pairs are single keys too: `Ocr.places` builds on it.
        assert 1 <= len(key) <= 2 and set(key) <= set(CONFUSIONS)
        assert all(key in CONFUSIONS[other] for other in alike)
