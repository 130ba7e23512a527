"""The Italian words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        ciao salve buongiorno buonasera buon giorno sì si certo certamente ok okay va bene
        volentieri grazie mille molte tante prego perfetto allora ecco d accordo per
        favore cortesia piacere saluti cordiali gentilmente senz altro ottimo bene scusi
        scusate scusa ancora pure e
        buona giornata serata
    """,
    agreements="""
        nessun problema
        non c è problema
        senza problemi
    """,
    refusals="no",
    possessives="mia mio nostra nostro",
    articles="la il",
    adjectives="""
        lavoro privata personale aziendale nuova nuovo principale elettronica elettronico
        attuale proprio propria
    """,
    nouns="email mail e indirizzo posta contatto telefono cellulare numero",
    linkers="di del da",
    copulas="è sarebbe sono",
    pronouns="questa questo quella",
    contractions="è sarebbe",
    handing_over="ecco eccola eccolo qui qua questa questo",
    verbs="""
        scrivere scrivermi scrivetemi scrivimi mi scriva scriva scrivi scrivete contattare
        contattarmi contattatemi contattami contatti raggiungermi rispondere rispondermi
        rispondetemi rispondimi risponda inviare inviatemi mandatemi mandami inviami mandi
        invii trovate trovarmi
    """,
    verbs_alone="""
        usate usi usa usare utilizzate utilizzi scrivermi scrivetemi scrivimi contattarmi
        contattatemi contattami rispondermi rispondetemi rispondimi inviatemi mandatemi
        mandami inviami
    """,
    verbs_to_me="""
        scrivermi scrivetemi scrivimi scrivami contattarmi contattatemi contattami contattimi
        rispondermi rispondetemi rispondimi inviatemi mandatemi mandami inviami mandatemelo
        mandamelo inviatemelo inviamelo
    """,
    objects="mi me noi",
    auxiliaries="può potete puoi poter pure tutto la risposta",
    writers="sono io",
    prepositions="a ad su al alla all via con tramite all",
    superlatives="meglio preferibilmente",
    approvals="va bene benissimo meglio perfetto la migliore",
    negations="non mai nessuno niente nulla smettetela smettete senza basta",
)
