"""What optical character recognition takes for each other."""

# Pairs that look alike, both ways: nlpaug's table of OCR errors, and the letters that readers
# of scanned books are warned of.
_PAIRS = (
    # nlpaug 1.1, res/char/ocr/en.json
    "0 8|0 9|0 o|0 O|0 D|1 4|1 7|1 l|1 I|2 z|2 Z|5 8|6 b|8 s|8 S|8 @|8 &|9 g|9 q|o u|r k|C G|O D|"
    "O U|E B|"
    # Digits and strokes
    "l I|l i|i j|5 S|5 s|6 G|8 B|O Q|P F|E F|"
    # Bowls and stems
    "c e|c o|a o|h b|n u|u v|n h|f t|v y|m n|"
    # Two for one
    "rn m|cl d|vv w|ii u|li h|ri n"
)


def _confusions():
    found = {}
    for pair in _PAIRS.split("|"):
        one, other = pair.split()
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return {key: tuple(values) for key, values in found.items()}


CONFUSIONS = _confusions()
