"""Which keys lie beside which on a QWERTY keyboard."""

# Rows of letters with the place of their first key, in widths of a key (ISO and ANSI alike).
# Digits slip to digits and letters to letters, as on a phone, where digits lie elsewhere.
_ROWS = ((0.0, "qwertyuiop"), (0.25, "asdfghjkl"), (0.75, "zxcvbnm"))
_DIGITS = "1234567890"


def _neighbours():
    places = {
        key: (row, first + i)
        for row, (first, keys) in enumerate(_ROWS)
        for i, key in enumerate(keys)
    }
    found = {}
    for key, (row, x) in places.items():
        found[key] = "".join(
            other
            for other, (their_row, their_x) in places.items()
            # Keys touch: side by side, or edge to edge with the row above or below.
            if other != key
            and abs(their_row - row) <= 1
            and abs(their_x - x) < (1.5 if their_row == row else 1.0)
        )
        found[key.upper()] = found[key].upper()
    for i, key in enumerate(_DIGITS):
        found[key] = _DIGITS[max(i - 1, 0) : i] + _DIGITS[i + 1 : i + 2]
    return found


NEIGHBOURS = _neighbours()
