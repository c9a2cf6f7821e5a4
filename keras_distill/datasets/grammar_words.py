"""The words of `grammar_reviews`, and how its sentences are put together."""

# Adjectives and their adverbs: (positive, negative).
COMMON = (
    """superb superbly | delightful delightfully | brilliant brilliantly | charming charmingly |
    wonderful wonderfully | clever cleverly | moving movingly | witty wittily |
    graceful gracefully | elegant elegantly | beautiful beautifully | gripping grippingly""",
    """dreadful dreadfully | boring boringly | clumsy clumsily | dull dully |
    awful awfully | tedious tediously | careless carelessly | shallow shallowly |
    painful painfully | lazy lazily | horrible horribly | hopeless hopelessly""",
)
RARE = (
    """riveting rivetingly | soulful soulfully | exquisite exquisitely | joyful joyfully |
    masterful masterfully | dazzling dazzlingly | sublime sublimely | poignant poignantly""",
    """insipid insipidly | dreary drearily | ponderous ponderously | grating gratingly |
    trite tritely | sluggish sluggishly | abysmal abysmally | tiresome tiresomely""",
)
TOLD = "made told played written paced staged filmed acted".split()
ASPECTS = (
    "plot acting dialogue music script ending pacing cast story humour editing scenery direction"
).split()
VERBS = ("is", "was", "felt", "seemed", "turned out")
INTENSIFIERS = ("very", "really", "quite", "rather", "truly", "so", "utterly")
NEGATIONS = ("not", "hardly", "never", "far from", "anything but")
# They look like negations, and are none.
AFFIRMATIONS = ("nothing short of", "nothing less than", "nothing if not")
# The clause b decides; a says the contrary.
CONTRASTS = (
    "{a}, but {b}.", "{a}, yet {b}.", "although {a}, {b}.", "while {a}, {b}.",
    "{b}, although {a}.", "{b}, even if {a}.",
)  # fmt: skip
AGREEMENTS = ("{a}, and {b}.", "{a}; what is more, {b}.", "{a}, just as {b}.")
# What others thought decides nothing.
DISTRACTIONS = (
    "my sister had called it {adjective}.", "the poster promised something {adjective}.",
    "a friend had warned me that it was {adjective}.", "I had expected something {adjective}.",
    "the book is said to be {adjective}.", "her last film was {adjective}, by the way.",
)  # fmt: skip
ASIDES = (
    "we saw it on a rainy {day}.", "it runs for {number} minutes.", "the hall was half empty.",
    "we sat in row {number}.", "it was shown on {day} night.", "there were {number} of us.",
)  # fmt: skip
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
