"""The English words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        really indeed actually
        hi hello hey dear good morning afternoon evening day yes yeah yep yup sure ok okay
        certainly absolutely no problem worries thanks thank thx ty cheers you
        very much so a lot many please pls plz great perfect fine well then and also sorry
        for the wait delay oh ah any time anytime all right alright kindly regards best
        wishes welcome
        thing
    """,
    agreements="""
        of course
        not a problem
        no problem
        no worries
    """,
    refusals="no nope",
    possessives="my mine our",
    adjectives="""
        the work private personal business home main new current usual correct right other
        contact office own
    """,
    nouns="""
        email mail e mails emails address addy id adress contact one phone tel telephone
        mobile number
    """,
    copulas="is would be will",
    pronouns="it that this which",
    contractions="its thats itll thatd itd",
    handing_over="here heres there go you are attached below",
    verbs="""
        write email mail reach contact reply answer respond send message ping drop text
        get notify reached contacted mailed
        hit shoot
    """,
    verbs_alone="use reply",
    objects="me us",
    auxiliaries="""
        can could may might will just feel free to always best it everything the
        answer reply a line word in touch with back
        up an
    """,
    readers="you",
    writers="i im am ill ive",
    prepositions="at to on via by under through using",
    particles="back out over",
    superlatives="best better easiest preferably",
    approvals="good fine best ok okay great works perfect the one for me better",
    negations="not dont doesnt didnt isnt never no without stop wasnt cant cannot wont nor",
)
