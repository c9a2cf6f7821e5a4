from keras_distill.robustness.figures.model_styles import model_styles


def test_no_two_of_a_dozen_models_look_alike():
    models = [{"name": str(number)} for number in range(12)]
    styles = model_styles({"models": models})
    looks = {(style["colour"], style["mark"]) for style in styles.values()}
    assert list(styles) == [str(number) for number in range(12)] and len(looks) == 12
    assert {style["mark"]: style["glyph"] for style in styles.values()} == {
        "o": "●", "s": "■", "D": "◆", "^": "▲", "v": "▼", "P": "✚",
    }  # fmt: skip
