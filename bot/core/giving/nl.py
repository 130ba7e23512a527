"""The Dutch words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        hallo hoi hey goedemorgen goedemiddag goedenavond goedendag ja hoor graag
        natuurlijk zeker ok oké okay prima bedankt dank je jullie u wel alvast alstublieft
        alsjeblieft perfect dan en maar groet groetjes vriendelijke groeten super goed
        sorry even
    """,
    agreements="""
        dat is goed
        is goed
        geen probleem
    """,
    refusals="nee",
    possessives="mijn mij ons onze mijne",
    articles="die van",
    adjectives="privé zakelijke nieuwe persoonlijke huidige juiste werk eigen het de",
    nouns="e mail email mailadres emailadres adres mailadresje contact telefoon nummer mobiel",
    copulas="is",
    pronouns="het dat dit",
    handing_over="hier hierbij",
    verbs="""
        mailen mail bereiken schrijven schrijf contacteren contacteer antwoorden antwoord
        sturen stuur neem opnemen stuurt mailt bereik
    """,
    verbs_alone="gebruik gebruikt neem doe stuur mail",
    objects="mij me ons",
    auxiliaries="kunt kunnen kan mag mogen het alles antwoord maar gerust op contact met",
    readers="u je jij jullie",
    writers="ik ben",
    prepositions="op naar via aan per bereikbaar",
    particles="op terug",
    superlatives="best liefst beste",
    approvals="prima goed best beste het is",
    negations="niet geen nooit niemand niets stop hou zonder",
)
