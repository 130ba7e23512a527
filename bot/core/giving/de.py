"""The German words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        hallo hi hey moin servus grüezi guten tag morgen abend ja gerne gern klar
        natürlich sicher ok okay danke vielen dank herzlichen schön bitte sehr dann also
        super prima perfekt gut alles einfach freundliche grüße viele liebe entschuldigung
        sorry und mal doch schonmal im voraus
    """,
    agreements="""
        kein problem
        kein thema
        keine ursache
    """,
    refusals="nein nee nö",
    possessives="meine mein meiner unsere",
    adjectives="private neue aktuelle dienstliche berufliche geschäftliche richtige eigene die der",
    nouns="""
        e mail email adresse mailadresse emailadresse kontakt anschrift telefon handy
        nummer handynummer telefonnummer
    """,
    copulas="ist lautet wäre",
    pronouns="das die es sie dies",
    handing_over="hier anbei folgend",
    verbs="""
        schreiben schreib schreibt schick schickt schicken sende senden sendet
        kontaktieren kontaktier kontaktiert erreichen erreicht erreichst antworten
        antworte antwortet mailen mailt mail melden
    """,
    verbs_alone="""
        nehmen nehmt nimm nutzen nutzt nutze verwenden verwendet verwende benutzen benutzt
    """,
    objects="mich mir uns",
    auxiliaries="""
        können könnt kannst dürfen dürft darfst es alles die antwort gerne bitte sich bei
    """,
    readers="sie ihr du",
    writers="ich bin",
    prepositions="an unter über via per auf bei zu",
    particles="zu erreichen erreichbar zurück an",
    superlatives="besten liebsten lieber am",
    approvals="passt gut reicht geht ist beste die",
    negations="nicht kein keine keinen nie niemals nein ohne aufhören hört stopp",
)
