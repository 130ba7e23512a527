"""The French words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        bonjour bonsoir salut coucou oui bien sûr sur ok okay d accord daccord merci
        beaucoup d avance davance s il vous te plaît plait sil svp stp volontiers avec
        plaisir parfait alors donc et cordialement certainement évidemment pardon désolé
        désolée tout suite très bonne journée
        bonne soirée
    """,
    agreements="""
        tout de suite
        pas de souci
        pas de soucis
        pas de problème
        aucun souci
        aucun problème
    """,
    refusals="non",
    possessives="mon ma mienne mien notre",
    articles="le la",
    adjectives="""
        perso personnel personnelle pro professionnel professionnelle privé privée
        nouvelle nouveau principale électronique actuelle propre
    """,
    nouns="email mail e mèl mél courriel adresse courrier contact téléphone portable numéro tél",
    copulas="est serait sera",
    pronouns="ce cela ça c",
    contractions="cest",
    handing_over="voici voilà voila ci dessous joint",
    verbs="""
        écrire écrivez écris joindre contacter contactez contacte répondre répondez
        réponds envoyer envoyez envoie mécrire joignable mecrire adresser adressez mailer
        joignez rejoignez
    """,
    verbs_alone="utilisez utilise utiliser prenez prends mécrire",
    objects="moi me m nous",
    auxiliaries="pouvez peux pourrez tout la réponse",
    readers="vous tu",
    writers="je suis",
    prepositions="à a sur via par au",
    superlatives="mieux plutôt préférence",
    approvals="mieux parfait convient le bien",
    negations="ne n pas jamais plus aucun aucune arrêtez stop sans nutilisez nenvoyez nest nai",
)
