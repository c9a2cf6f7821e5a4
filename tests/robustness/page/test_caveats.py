from keras_distill.robustness.page.caveats import caveats


def test_are_filled_in_from_the_run(drawn):
    document = drawn(n=3000, models=("teacher", "int8"))[0]
    said = " ".join(caveats(document))
    for words in (
        "Measured on 3,000 pictures.",
        "not the seed of training",
        "(1,000 resamples)",
        "a loss of more than 0.5 points is excluded",
        # Rule of three: 300 / 3000.
        "up to 0.1 in 100 others still may be",
        "corrected for their number after Holm; the intervals are not",
        "seed 0",
        "need not fall with every step of severity",
        "were generated here",
        "Approximations of the reference, not equal to it: glass blur.",
        "CE relative to teacher is not ImageNet-C's mCE",
        "weak probes",
        "Out-of-distribution figures hold for the other data named",
    ):
        assert words in said


def test_only_what_was_done_is_spoken_of(drawn):
    document = drawn(models=("teacher",), groups={}, extras=False, n=20)[0]
    said = " ".join(caveats(document))
    assert "Only clean data were measured" in said
    for words in ("Holm", "generated", "probes", "Out-of-distribution", "AlexNet"):
        assert words not in said


def test_published_files_other_bits_and_alexnet(drawn):
    document = drawn(models=("teacher",), groups={"weather": ["fog"]}, n=20)[0]
    document["suite"] |= {"source": "cifar10_corrupted 1.0.0 (TFDS)", "approximate": []}
    document["data"]["bits"] = 12
    document["aggregates"][0]["mce_alexnet"] = 80.0
    said = " ".join(caveats(document))
    assert "the published ones: cifar10_corrupted 1.0.0 (TFDS)." in said
    assert "have 12 bits a channel" in said
    assert "generated here" not in said and "AlexNet" not in said and "Approx" not in said


def test_texts(drawn):
    said = " ".join(caveats(drawn(modality="text", n=20)[0]))
    for words in (
        "Where no text was judged differently",
        "Empty texts: 2 of 20.",
        "That was so, of the 20 clean ones, for teacher 7, control 7,",
        "generated here, at rates of our own",
    ):
        assert words in said
    for words in ("picture", "ImageNet", "published"):
        assert words not in said
