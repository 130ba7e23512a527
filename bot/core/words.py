"""The words for yes, no and corrections in every language."""

import re
import unicodedata

_MOST_CHARACTERS = 60  # a longer text says more than yes or no
_MOST_READ = 4000
_APOSTROPHES = re.compile("['\u2018\u2019`\u00b4]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_THUMBS_UP = ("\U0001f44d", "\U0001f44c", "\u2705")

_YES = """
    yes, yes please, yes thanks, yes thank you, yes it is, yes that is it, yes correct,
    yes i did, yes i do, yeah, yep, yup, y, sure, of course, ok, okay, correct, right,
    that is right, thats correct, that is correct, exactly, please do, go ahead, fine, sì, si,
    sì grazie, si grazie, sì per favore, sì esatto, esatto, certo, va bene, corretto, giusto,
    confermo, d'accordo, perfetto, ja, ja bitte, ja gerne, ja genau, ja danke, ja stimmt,
    jawohl, jo, genau, stimmt, richtig, das stimmt, korrekt, gerne, gern, klar, passt,
    in ordnung, einverstanden, oui, oui merci, oui s'il vous plaît, oui s'il te plaît, oui svp,
    oui c'est ça, c'est ça, ouais, d'accord, exact, exactement, tout à fait, c'est bien ça,
    bien sûr, parfait, volontiers, sí, sí gracias, si gracias, sí por favor, si por favor,
    claro, claro que sí, vale, de acuerdo, correcto, exacto, así es, eso es, por supuesto,
    está bien, perfecto, sim, sim obrigado, sim obrigada, sim por favor, isso, isso mesmo,
    exato, correto, está certo, com certeza, pode ser, pode, está bem, perfeito, ja graag,
    ja hoor, ja dank je, ja dank u, ja klopt, dat klopt, klopt, jazeker, zeker, juist, prima,
    graag, goed, akkoord, yes that's it, that's right, that's correct
"""

_NO = """
    no, no thanks, no thank you, no thx, no ty, nope, nah, n, no way, not now, not today,
    no i don't want to, i don't want to, i'd rather not, i would rather not, rather not,
    i prefer not to, prefer not to say, i'd prefer not to, don't want to, skip, stop, stop it,
    please stop, no please, no need, never mind, no grazie, grazie no, no la ringrazio,
    no ti ringrazio, preferisco di no, preferirei di no, non voglio, non ora, non adesso,
    meglio di no, basta, nein, nein danke, danke nein, nee danke, nö, ne danke,
    nein vielen dank, lieber nicht, jetzt nicht, nicht jetzt, möchte ich nicht, will ich nicht,
    das möchte ich nicht, ich möchte nicht, stopp, nein das möchte ich nicht, non, non merci,
    merci non, non pas maintenant, pas maintenant, je préfère ne pas, je ne veux pas,
    je veux pas, plutôt pas, sans façon, no gracias, gracias no, no muchas gracias, ahora no,
    prefiero no, mejor no, no quiero, prefiero no darlo, prefiero no decirlo, não, nao,
    não obrigado, não obrigada, nao obrigado, nao obrigada, obrigado não, obrigada não,
    agora não, agora nao, prefiro não, prefiro não dizer, não quero, nao quero, melhor não, nee,
    nee bedankt, nee dank je, nee dank u, nee dankjewel, nee dank je wel, nee dank u wel,
    bedankt nee, liever niet, nu niet, niet nu, wil ik niet, dat wil ik niet, ik wil niet,
    nee hoor, je préfère ne pas le dire
"""

_CORRECTIONS = """
    sorry, i meant, meant to write, meant to say, instead, correction, typo, mistyped,
    misspelled, oops, my mistake, correct address, right address, correct one, right one, scusa,
    scusi, scusate, intendevo, volevo dire, volevo scrivere, invece, ho sbagliato,
    quello giusto, indirizzo giusto, indirizzo corretto, correzione, refuso, entschuldigung,
    entschuldige, entschuldigen, verzeihung, ich meinte, meinte, stattdessen, korrektur,
    vertippt, verschrieben, tippfehler, richtig ist, richtige adresse, korrekt ist, pardon,
    désolé, désolée, excusez moi, excuse moi, je voulais dire, je voulais écrire,
    faute de frappe, bonne adresse, adresse correcte, perdón, perdona, perdone, disculpa,
    disculpe, lo siento, quise decir, quería decir, quería escribir, en su lugar, me equivoqué,
    corrección, dirección correcta, correo correcto, desculpa, desculpe, perdão, quis dizer,
    queria dizer, queria escrever, me enganei, enganei me, correção, endereço certo,
    endereço correto, email certo, excuses, excuus, ik bedoelde, bedoelde, in plaats daarvan,
    correctie, typefout, vergist, juiste adres, au lieu de, me suis trompé, me suis trompée,
    en vez de, em vez de
"""


_STOPS = """
    stop, stop it, please stop, stop please, stop messages, stop messaging me, stop writing,
    stop all, stopall, unsubscribe, opt out, optout, no more messages, leave me alone, smettila,
    smettetela, smettete, ferma, stop grazie, basta, basta messaggi, annulla iscrizione,
    disiscrivimi, cancellami, lasciatemi in pace, stopp, stopp bitte, bitte stoppen, aufhören,
    hör auf, hören sie auf, abmelden, abbestellen, lass mich in ruhe, arrêter, arrêtez, arrête,
    arrêtez svp, stop svp, désabonner, désinscrire, me désinscrire, se désabonner,
    laissez moi tranquille, para, pare, paren, parar, parad, alto, baja, darme de baja,
    dar de baja, cancelar suscripción, no más mensajes, déjenme en paz, parem, chega, sair,
    descadastrar, cancelar inscrição, cancelar subscrição, me deixem em paz, stoppen,
    stop maar, stop ermee, hou op, ophouden, afmelden, uitschrijven, laat me met rust
"""


_WITHDRAWALS = """
    withdraw my consent, i withdraw my consent, i withdraw consent, revoke my consent,
    i revoke my consent, delete my email, delete my email address, delete my address,
    please delete my email address, revoco il consenso, revoco il mio consenso,
    ritiro il consenso, ritiro il mio consenso, cancellate la mia email,
    cancellate il mio indirizzo, cancellate il mio indirizzo email,
    ich widerrufe meine einwilligung, widerrufe meine einwilligung,
    hiermit widerrufe ich meine einwilligung, einwilligung widerrufen,
    löschen sie meine e mail adresse, bitte löschen sie meine e mail adresse,
    bitte löschen sie meine adresse, je retire mon consentement, retirer mon consentement,
    je révoque mon consentement, supprimez mon adresse, supprimez mon adresse e mail,
    retiro mi consentimiento, revoco mi consentimiento, borren mi dirección, borren mi correo,
    eliminen mi dirección de correo, retiro o meu consentimento, revogo o meu consentimento,
    apaguem o meu endereço, apaguem o meu e mail, eliminem o meu endereço,
    ik trek mijn toestemming in, toestemming intrekken, verwijder mijn e mailadres,
    verwijder mijn adres
"""


def is_withdrawal(text: str) -> bool:
    """Tell whether the whole message takes back the consent that an address is kept."""
    return _plain(text) in _WITHDRAWAL_WORDS


def is_stop(text: str) -> bool:
    """Tell whether the whole message wishes for no more automatic messages."""
    if text.isascii() and not _BEGINS_LIKE_STOP.match(text):
        return False  # as nearly every message: this is a twentieth of the work
    return _plain(text) in _STOP_WORDS


def is_yes(text: str) -> bool:
    """Tell whether the whole message is a yes."""
    plain = _plain(text)
    return plain in _YES_WORDS or (plain == "" and text.strip().startswith(_THUMBS_UP))


def is_no(text: str) -> bool:
    """Tell whether the whole message is a "no thanks" or its like."""
    return _plain(text) in _NO_WORDS


def is_correction(text: str) -> bool:
    """Tell whether the message says that something before was wrong."""
    without_addresses = " ".join(part for part in text[:_MOST_READ].split() if "@" not in part)
    return _CORRECTION.search(_spoken(without_addresses)) is not None


def without_correction(text: str) -> str:
    """Leave out the words that say that something before was wrong."""
    folded = unicodedata.normalize("NFC", text[:_MOST_READ]).casefold()
    return _CORRECTION.sub(" ", _APOSTROPHES.sub("", folded))


def _plain(text: str) -> str:
    return _spoken(text) if len(text) <= _MOST_CHARACTERS else text


def _spoken(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold()
    return _BETWEEN_WORDS.sub(" ", _APOSTROPHES.sub("", folded)).strip()


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(_spoken(phrase) for phrase in listed.split(","))


_YES_WORDS = _phrases(_YES)
_NO_WORDS = _phrases(_NO)
_STOP_WORDS = _phrases(_STOPS)
_WITHDRAWAL_WORDS = _phrases(_WITHDRAWALS)
# or there is something between the first two letters, and nothing can be said yet
_BEGINS_LIKE_STOP = re.compile(
    rf"[\W_]*(?:{'|'.join(sorted({phrase[:2] for phrase in _STOP_WORDS}))}|\w[\W_])", re.IGNORECASE
)
_CORRECTION = re.compile(rf"\b(?:{'|'.join(sorted(_phrases(_CORRECTIONS)))})\b")
