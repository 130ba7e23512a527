"""The bot's texts in every language."""

from dataclasses import dataclass
from typing import Final

from bot.core.languages import InEachLanguage, language_of


@dataclass(frozen=True, slots=True)
class Texts:
    """The built-in texts of one language; whatever asks says that it is automatic."""

    prompt: str
    """Says that replies follow by mail: only where mails leave."""
    prompt_away: str
    prompt_without_mail: str
    prompt_away_without_mail: str
    confirm: str
    """With `{email}`; says that replies follow by mail: only where mails leave."""
    confirm_without_mail: str
    """With `{email}`."""
    automatic: str
    """Goes below a prompt in the operator's own words."""
    yes: str
    """A button's label under a question to confirm, and one of the ways to say yes."""
    no_thanks: str
    """A button's label: at most 20 characters, and one of the ways to say no."""
    thanks: str
    """With `{email}`; says that replies follow by mail: only where mails leave."""
    thanks_without_mail: str
    """With `{email}`."""
    away: str
    hint_malformed: str
    hint_hidden: str
    hint_letters: str
    hint_own: str
    hint_which: str
    hint_typo: str
    """With `{email}`."""
    hint_enough: str
    """Too many addresses came of late: the message is kept, its address not taken."""


_EN: Final = Texts(
    prompt="Automatic message: What is your email address? With it our reply reaches you even"
    " when you are no longer here.",
    prompt_away="Automatic message: Please leave us your email address, so that our reply"
    " reaches you even when you are no longer here.",
    prompt_without_mail="Automatic message: What is your email address? Then we know whom we are"
    " talking with.",
    prompt_away_without_mail="Automatic message: Please leave us your email address, so that we"
    " know who has written to us.",
    confirm="Automatic message: Shall we use {email} to reply to you?",
    confirm_without_mail="Automatic message: Is {email} your email address? Then we know whom we"
    " are talking with.",
    automatic="(This is an automatic message.)",
    yes="Yes",
    no_thanks="No thanks",
    thanks="Thank you. We will use {email} to reply to you. If that is not right, simply send us"
    " the right address.",
    thanks_without_mail="Thank you. We have noted {email}. If that is not right, simply send us"
    " the right address.",
    away="Thank you for your message. We are away at the moment and will reply as soon as we are"
    " back.",
    hint_malformed="That does not look like a complete email address. Could you write it once"
    " more, in the form name@example.com?",
    hint_hidden="There is an invisible character in that email address. Could you type it by hand"
    " instead of pasting it?",
    hint_letters="An email address must be in plain letters, without accents or symbols before"
    " the @. Could you write it once more?",
    hint_own="We cannot reply to that email address. Could you please give us your own?",
    hint_which="There is more than one email address in your message. Which one should we use?",
    hint_typo="Did you mean {email}?",
    hint_enough="We cannot take another email address here today. Your message has reached us,"
    " and our team will see it.",
)

_IT: Final = Texts(
    prompt="Messaggio automatico: qual è il Suo indirizzo email? Così la nostra risposta Le arriva"
    " anche quando non è più qui.",
    prompt_away="Messaggio automatico: ci lasci il Suo indirizzo email, così la nostra risposta Le"
    " arriva anche quando non è più qui.",
    prompt_without_mail="Messaggio automatico: qual è il Suo indirizzo email? Così sappiamo con"
    " chi parliamo.",
    prompt_away_without_mail="Messaggio automatico: ci lasci il Suo indirizzo email, così"
    " sappiamo chi ci ha scritto.",
    confirm="Messaggio automatico: possiamo usare {email} per risponderLe?",
    confirm_without_mail="Messaggio automatico: {email} è il Suo indirizzo email? Così sappiamo"
    " con chi parliamo.",
    automatic="(Questo è un messaggio automatico.)",
    yes="Sì",
    no_thanks="No, grazie",
    thanks="Grazie. Useremo {email} per risponderLe. Se non è corretto, ci invii semplicemente"
    " l'indirizzo giusto.",
    thanks_without_mail="Grazie. Abbiamo annotato {email}. Se non è corretto, ci invii"
    " semplicemente l'indirizzo giusto.",
    away="Grazie per il Suo messaggio. Al momento non ci siamo e risponderemo appena saremo di"
    " ritorno.",
    hint_malformed="Non sembra un indirizzo email completo. Può scriverlo di nuovo, nella forma"
    " nome@example.com?",
    hint_hidden="In questo indirizzo email c'è un carattere invisibile. Può scriverlo a mano"
    " invece"
    " di incollarlo?",
    hint_letters="L'indirizzo email deve essere in lettere semplici, senza accenti né simboli"
    " prima"
    " della @. Può scriverlo di nuovo?",
    hint_own="A questo indirizzo email non possiamo rispondere. Può darci il Suo, per favore?",
    hint_which="Nel Suo messaggio c'è più di un indirizzo email. Quale dobbiamo usare?",
    hint_typo="Intendeva {email}?",
    hint_enough="Oggi non possiamo prendere altri indirizzi email qui. Il Suo messaggio è arrivato"
    " e il nostro team lo vedrà.",
)

_DE: Final = Texts(
    prompt="Automatische Nachricht: Wie lautet Ihre E-Mail-Adresse? Dann erreicht Sie unsere"
    " Antwort auch, wenn Sie nicht mehr hier sind.",
    prompt_away="Automatische Nachricht: Bitte hinterlassen Sie uns Ihre E-Mail-Adresse, damit Sie"
    " unsere Antwort auch erreicht, wenn Sie nicht mehr hier sind.",
    prompt_without_mail="Automatische Nachricht: Wie lautet Ihre E-Mail-Adresse? Dann wissen wir,"
    " mit wem wir sprechen.",
    prompt_away_without_mail="Automatische Nachricht: Bitte hinterlassen Sie uns Ihre"
    " E-Mail-Adresse, damit wir wissen, wer uns geschrieben hat.",
    confirm="Automatische Nachricht: Dürfen wir Ihnen an {email} antworten?",
    confirm_without_mail="Automatische Nachricht: Ist {email} Ihre E-Mail-Adresse? Dann wissen"
    " wir, mit wem wir sprechen.",
    automatic="(Dies ist eine automatische Nachricht.)",
    yes="Ja",
    no_thanks="Nein, danke",
    thanks="Vielen Dank. Wir antworten Ihnen an {email}. Falls das nicht stimmt, senden Sie uns"
    " einfach die richtige Adresse.",
    thanks_without_mail="Vielen Dank. Wir haben {email} notiert. Falls das nicht stimmt, senden"
    " Sie uns einfach die richtige Adresse.",
    away="Vielen Dank für Ihre Nachricht. Wir sind gerade nicht da und antworten, sobald wir"
    " zurück"
    " sind.",
    hint_malformed="Das sieht nicht nach einer vollständigen E-Mail-Adresse aus. Könnten Sie sie"
    " noch einmal schreiben, in der Form name@example.com?",
    hint_hidden="In dieser E-Mail-Adresse steckt ein unsichtbares Zeichen. Könnten Sie sie von"
    " Hand"
    " eintippen, statt sie einzufügen?",
    hint_letters="Eine E-Mail-Adresse muss aus einfachen Buchstaben bestehen, ohne Umlaute,"
    " Akzente"
    " oder Symbole vor dem @. Könnten Sie sie noch einmal schreiben?",
    hint_own="An diese E-Mail-Adresse können wir nicht antworten. Könnten Sie uns bitte Ihre"
    " eigene"
    " nennen?",
    hint_which="In Ihrer Nachricht steht mehr als eine E-Mail-Adresse. Welche sollen wir nehmen?",
    hint_typo="Meinten Sie {email}?",
    hint_enough="Heute können wir hier keine weitere E-Mail-Adresse aufnehmen. Ihre Nachricht ist"
    " angekommen, und unser Team sieht sie.",
)

_FR: Final = Texts(
    prompt="Message automatique : quelle est votre adresse e-mail ? Ainsi, notre réponse vous"
    " parviendra même si vous n'êtes plus ici.",
    prompt_away="Message automatique : laissez-nous votre adresse e-mail, afin que notre réponse"
    " vous parvienne même si vous n'êtes plus ici.",
    prompt_without_mail="Message automatique : quelle est votre adresse e-mail ? Ainsi, nous"
    " saurons avec qui nous parlons.",
    prompt_away_without_mail="Message automatique : laissez-nous votre adresse e-mail, afin que"
    " nous sachions qui nous a écrit.",
    confirm="Message automatique : pouvons-nous utiliser {email} pour vous répondre ?",
    confirm_without_mail="Message automatique : {email} est-elle votre adresse e-mail ? Ainsi,"
    " nous saurons avec qui nous parlons.",
    automatic="(Ceci est un message automatique.)",
    yes="Oui",
    no_thanks="Non merci",
    thanks="Merci. Nous utiliserons {email} pour vous répondre. Si ce n'est pas la bonne adresse,"
    " envoyez-nous simplement la bonne.",
    thanks_without_mail="Merci. Nous avons noté {email}. Si ce n'est pas la bonne adresse,"
    " envoyez-nous simplement la bonne.",
    away="Merci pour votre message. Nous sommes absents pour le moment et vous répondrons dès"
    " notre"
    " retour.",
    hint_malformed="Cela ne ressemble pas à une adresse e-mail complète. Pourriez-vous l'écrire à"
    " nouveau, sous la forme nom@example.com ?",
    hint_hidden="Cette adresse e-mail contient un caractère invisible. Pourriez-vous la saisir à"
    " la"
    " main au lieu de la coller ?",
    hint_letters="Une adresse e-mail doit être en lettres simples, sans accents ni symboles avant"
    " le @. Pourriez-vous l'écrire à nouveau ?",
    hint_own="Nous ne pouvons pas répondre à cette adresse e-mail. Pourriez-vous nous donner la"
    " vôtre ?",
    hint_which="Votre message contient plusieurs adresses e-mail. Laquelle devons-nous utiliser ?",
    hint_typo="Vouliez-vous dire {email} ?",
    hint_enough="Nous ne pouvons pas prendre d'autre adresse e-mail ici aujourd'hui. Votre message"
    " est bien arrivé et notre équipe le verra.",
)

_ES: Final = Texts(
    prompt="Mensaje automático: ¿Cuál es su dirección de correo electrónico? Así nuestra respuesta"
    " le llegará aunque ya no esté aquí.",
    prompt_away="Mensaje automático: Déjenos su dirección de correo electrónico, para que nuestra"
    " respuesta le llegue aunque ya no esté aquí.",
    prompt_without_mail="Mensaje automático: ¿Cuál es su dirección de correo electrónico? Así"
    " sabremos con quién hablamos.",
    prompt_away_without_mail="Mensaje automático: Déjenos su dirección de correo electrónico,"
    " para que sepamos quién nos ha escrito.",
    confirm="Mensaje automático: ¿Podemos usar {email} para responderle?",
    confirm_without_mail="Mensaje automático: ¿Es {email} su dirección de correo? Así sabremos con"
    " quién hablamos.",
    automatic="(Este es un mensaje automático.)",
    yes="Sí",
    no_thanks="No, gracias",
    thanks="Gracias. Usaremos {email} para responderle. Si no es correcta, envíenos simplemente la"
    " dirección correcta.",
    thanks_without_mail="Gracias. Hemos anotado {email}. Si no es correcta, envíenos simplemente"
    " la dirección correcta.",
    away="Gracias por su mensaje. En este momento no estamos y le responderemos en cuanto"
    " volvamos.",
    hint_malformed="Eso no parece una dirección de correo completa. ¿Podría escribirla otra vez,"
    " con la forma nombre@example.com?",
    hint_hidden="En esa dirección de correo hay un carácter invisible. ¿Podría escribirla a mano"
    " en"
    " lugar de pegarla?",
    hint_letters="La dirección de correo debe estar en letras simples, sin acentos ni símbolos"
    " antes de la @. ¿Podría escribirla otra vez?",
    hint_own="No podemos responder a esa dirección de correo. ¿Podría darnos la suya, por favor?",
    hint_which="En su mensaje hay más de una dirección de correo. ¿Cuál debemos usar?",
    hint_typo="¿Quiso decir {email}?",
    hint_enough="Hoy no podemos tomar otra dirección de correo aquí. Su mensaje ha llegado y"
    " nuestro equipo lo verá.",
)

_PT: Final = Texts(
    prompt="Mensagem automática: Qual é o seu endereço de e-mail? Assim a nossa resposta chega até"
    " você mesmo que já não esteja aqui.",
    prompt_away="Mensagem automática: Deixe-nos o seu endereço de e-mail, para que a nossa"
    " resposta"
    " chegue até você mesmo que já não esteja aqui.",
    prompt_without_mail="Mensagem automática: Qual é o seu endereço de e-mail? Assim sabemos com"
    " quem falamos.",
    prompt_away_without_mail="Mensagem automática: Deixe-nos o seu endereço de e-mail, para"
    " sabermos quem nos escreveu.",
    confirm="Mensagem automática: Podemos usar {email} para lhe responder?",
    confirm_without_mail="Mensagem automática: {email} é o seu endereço de e-mail? Assim sabemos"
    " com quem falamos.",
    automatic="(Esta é uma mensagem automática.)",
    yes="Sim",
    no_thanks="Não, obrigado",
    thanks="Agradecemos. Usaremos {email} para lhe responder. Se não estiver certo, envie-nos"
    " simplesmente o endereço correto.",
    thanks_without_mail="Agradecemos. Anotámos {email}. Se não estiver certo, envie-nos"
    " simplesmente o endereço correto.",
    away="Agradecemos a sua mensagem. Neste momento não estamos e responderemos assim que"
    " voltarmos.",
    hint_malformed="Isso não parece um endereço de e-mail completo. Pode escrevê-lo de novo, na"
    " forma nome@example.com?",
    hint_hidden="Há um caractere invisível nesse endereço de e-mail. Pode escrevê-lo à mão em vez"
    " de colá-lo?",
    hint_letters="O endereço de e-mail deve ter apenas letras simples, sem acentos nem símbolos"
    " antes do @. Pode escrevê-lo de novo?",
    hint_own="Não podemos responder a esse endereço de e-mail. Pode dar-nos o seu, por favor?",
    hint_which="Há mais de um endereço de e-mail na sua mensagem. Qual devemos usar?",
    hint_typo="Quis dizer {email}?",
    hint_enough="Hoje não podemos aceitar outro endereço de e-mail aqui. A sua mensagem chegou e a"
    " nossa equipa vai vê-la.",
)

_NL: Final = Texts(
    prompt="Automatisch bericht: Wat is uw e-mailadres? Dan bereikt ons antwoord u ook als u hier"
    " niet meer bent.",
    prompt_away="Automatisch bericht: Laat uw e-mailadres achter, zodat ons antwoord u ook bereikt"
    " als u hier niet meer bent.",
    prompt_without_mail="Automatisch bericht: Wat is uw e-mailadres? Dan weten we met wie we"
    " spreken.",
    prompt_away_without_mail="Automatisch bericht: Laat uw e-mailadres achter, zodat we weten wie"
    " ons heeft geschreven.",
    confirm="Automatisch bericht: Mogen we {email} gebruiken om u te antwoorden?",
    confirm_without_mail="Automatisch bericht: Is {email} uw e-mailadres? Dan weten we met wie we"
    " spreken.",
    automatic="(Dit is een automatisch bericht.)",
    yes="Ja",
    no_thanks="Nee, bedankt",
    thanks="Bedankt. We gebruiken {email} om u te antwoorden. Klopt dat niet, stuur ons dan gewoon"
    " het juiste adres.",
    thanks_without_mail="Bedankt. We hebben {email} genoteerd. Klopt dat niet, stuur ons dan"
    " gewoon het juiste adres.",
    away="Bedankt voor uw bericht. We zijn er op dit moment niet en antwoorden zodra we terug"
    " zijn.",
    hint_malformed="Dat lijkt geen volledig e-mailadres. Kunt u het nog eens schrijven, in de vorm"
    " naam@example.com?",
    hint_hidden="Er zit een onzichtbaar teken in dat e-mailadres. Kunt u het met de hand typen in"
    " plaats van het te plakken?",
    hint_letters="Een e-mailadres moet uit gewone letters bestaan, zonder accenten of symbolen"
    " voor"
    " de @. Kunt u het nog eens schrijven?",
    hint_own="Naar dat e-mailadres kunnen we niet antwoorden. Kunt u ons uw eigen adres geven?",
    hint_which="Er staat meer dan één e-mailadres in uw bericht. Welk moeten we gebruiken?",
    hint_typo="Bedoelde u {email}?",
    hint_enough="We kunnen hier vandaag geen e-mailadres meer aannemen. Uw bericht is aangekomen en"
    " ons team ziet het.",
)

_TEXTS: Final = InEachLanguage(_EN, _IT, _DE, _FR, _ES, _PT, _NL)


def texts(locale: str | None, otherwise: str = "en") -> Texts:
    """Find the texts for a locale such as "de", "pt-BR" or "it_IT", or those for another one."""
    return _TEXTS.of(language_of(locale, otherwise))
