"""Texts about consent to keep an email address, in every language of ours."""

from dataclasses import dataclass
from typing import Final

from bot.core.languages import InEachLanguage, language_of
from bot.core.model import Consent, Conversation
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    """The consent texts of one language; those that speak of replies hold only where mails leave.

    Whatever asks says that it is automatic.
    """

    notice: str
    notice_without_mail: str
    box: str
    """Stands beside the box to tick, in the visitor's own voice."""
    box_without_mail: str
    question: str
    """Asks before any address is known."""
    question_without_mail: str
    question_for: str
    """With `{email}`."""
    question_for_without_mail: str
    """With `{email}`."""
    privacy: str
    """Names the page that `PRIVACY_URL` links."""
    withdrawn: str
    """Answers the words that withdraw a consent."""


_EN: Final = ConsentTexts(
    notice="We use your address only to reply to you.",
    notice_without_mail="We use your address only to know who has written to us.",
    box="I agree that you keep my address to reply to me.",
    box_without_mail="I agree that you keep my address to know who has written to you.",
    question="Automatic message: May we keep your email address to reply to you?",
    question_without_mail="Automatic message: May we keep your email address to know who has"
    " written to us?",
    question_for="Automatic message: May we keep {email} to reply to you?",
    question_for_without_mail="Automatic message: May we keep {email} to know who has written to"
    " us?",
    privacy="Privacy policy",
    withdrawn="We no longer use your address: no more mails go there.",
)
_IT: Final = ConsentTexts(
    notice="Usiamo il Suo indirizzo solo per risponderLe.",
    notice_without_mail="Usiamo il Suo indirizzo solo per sapere chi ci ha scritto.",
    box="Accetto che conserviate il mio indirizzo per rispondermi.",
    box_without_mail="Accetto che conserviate il mio indirizzo per sapere chi vi ha scritto.",
    question="Messaggio automatico: possiamo conservare il Suo indirizzo email per risponderLe?",
    question_without_mail="Messaggio automatico: possiamo conservare il Suo indirizzo email per"
    " sapere chi ci ha scritto?",
    question_for="Messaggio automatico: possiamo conservare {email} per risponderLe?",
    question_for_without_mail="Messaggio automatico: possiamo conservare {email} per sapere chi ci"
    " ha scritto?",
    privacy="Informativa sulla privacy",
    withdrawn="Non usiamo più il Suo indirizzo: lì non inviamo più email.",
)
_DE: Final = ConsentTexts(
    notice="Wir nutzen Ihre Adresse nur, um Ihnen zu antworten.",
    notice_without_mail="Wir nutzen Ihre Adresse nur, um zu wissen, wer uns geschrieben hat.",
    box="Ich bin einverstanden, dass Sie meine Adresse speichern, um mir zu antworten.",
    box_without_mail="Ich bin einverstanden, dass Sie meine Adresse speichern, um zu wissen, wer"
    " Ihnen geschrieben hat.",
    question="Automatische Nachricht: Dürfen wir Ihre E-Mail-Adresse speichern, um Ihnen zu"
    " antworten?",
    question_without_mail="Automatische Nachricht: Dürfen wir Ihre E-Mail-Adresse speichern, um zu"
    " wissen, wer uns geschrieben hat?",
    question_for="Automatische Nachricht: Dürfen wir {email} speichern, um Ihnen zu antworten?",
    question_for_without_mail="Automatische Nachricht: Dürfen wir {email} speichern, um zu wissen,"
    " wer uns geschrieben hat?",
    privacy="Datenschutzerklärung",
    withdrawn="Wir nutzen Ihre Adresse nicht mehr: Dorthin gehen keine E-Mails mehr.",
)
_FR: Final = ConsentTexts(
    notice="Votre adresse ne nous sert qu'à vous répondre.",
    notice_without_mail="Votre adresse ne nous sert qu'à savoir qui nous a écrit.",
    box="J'accepte que vous conserviez mon adresse pour me répondre.",
    box_without_mail="J'accepte que vous conserviez mon adresse pour savoir qui vous a écrit.",
    question="Message automatique : pouvons-nous conserver votre adresse e-mail pour vous"
    " répondre ?",
    question_without_mail="Message automatique : pouvons-nous conserver votre adresse e-mail pour"
    " savoir qui nous a écrit ?",
    question_for="Message automatique : pouvons-nous conserver {email} pour vous répondre ?",
    question_for_without_mail="Message automatique : pouvons-nous conserver {email} pour savoir qui"
    " nous a écrit ?",
    privacy="Politique de confidentialité",
    withdrawn="Nous n'utilisons plus votre adresse : aucun e-mail n'y sera plus envoyé.",
)
_ES: Final = ConsentTexts(
    notice="Usamos su dirección solo para responderle.",
    notice_without_mail="Usamos su dirección solo para saber quién nos ha escrito.",
    box="Acepto que guarden mi dirección para responderme.",
    box_without_mail="Acepto que guarden mi dirección para saber quién les ha escrito.",
    question="Mensaje automático: ¿Podemos guardar su dirección de correo para responderle?",
    question_without_mail="Mensaje automático: ¿Podemos guardar su dirección de correo para saber"
    " quién nos ha escrito?",
    question_for="Mensaje automático: ¿Podemos guardar {email} para responderle?",
    question_for_without_mail="Mensaje automático: ¿Podemos guardar {email} para saber quién nos ha"
    " escrito?",
    privacy="Política de privacidad",
    withdrawn="Ya no usamos su dirección: no le enviaremos más correos.",
)
_PT: Final = ConsentTexts(
    notice="Usamos o seu endereço apenas para lhe responder.",
    notice_without_mail="Usamos o seu endereço apenas para saber quem nos escreveu.",
    box="Aceito que guardem o meu endereço para me responder.",
    box_without_mail="Aceito que guardem o meu endereço para saber quem vos escreveu.",
    question="Mensagem automática: Podemos guardar o seu endereço de e-mail para lhe responder?",
    question_without_mail="Mensagem automática: Podemos guardar o seu endereço de e-mail para saber"
    " quem nos escreveu?",
    question_for="Mensagem automática: Podemos guardar {email} para lhe responder?",
    question_for_without_mail="Mensagem automática: Podemos guardar {email} para saber quem nos"
    " escreveu?",
    privacy="Política de privacidade",
    withdrawn="Já não usamos o seu endereço: não enviaremos mais e-mails para lá.",
)
_NL: Final = ConsentTexts(
    notice="We gebruiken uw adres alleen om u te antwoorden.",
    notice_without_mail="We gebruiken uw adres alleen om te weten wie ons heeft geschreven.",
    box="Ik ga ermee akkoord dat u mijn adres bewaart om mij te antwoorden.",
    box_without_mail="Ik ga ermee akkoord dat u mijn adres bewaart om te weten wie u heeft"
    " geschreven.",
    question="Automatisch bericht: Mogen we uw e-mailadres bewaren om u te antwoorden?",
    question_without_mail="Automatisch bericht: Mogen we uw e-mailadres bewaren om te weten wie ons"
    " heeft geschreven?",
    question_for="Automatisch bericht: Mogen we {email} bewaren om u te antwoorden?",
    question_for_without_mail="Automatisch bericht: Mogen we {email} bewaren om te weten wie ons"
    " heeft geschreven?",
    privacy="Privacybeleid",
    withdrawn="We gebruiken uw adres niet meer: er gaan geen e-mails meer naartoe.",
)
_TEXTS: Final = InEachLanguage(_EN, _IT, _DE, _FR, _ES, _PT, _NL)


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The consent texts that a visitor reads, by its language and the operator's wishes."""

    ours: ConsentTexts
    rules: CaptureRules

    @property
    def privacy(self) -> str:
        """The name of the page at `PRIVACY_URL`."""
        return self.ours.privacy

    @property
    def withdrawn(self) -> str:
        """What is said to a visitor who agrees no longer."""
        return self.ours.withdrawn

    @property
    def notice(self) -> str:
        """What the address is for, without a link: it stands beside a card."""
        return self._either(self.ours.notice, self.ours.notice_without_mail)

    @property
    def box(self) -> str:
        """What a ticked box agrees to, without a link."""
        return self._either(self.ours.box, self.ours.box_without_mail)

    def question(self, email: str | None) -> str:
        """Ask whether an address may be kept; None: the address is still to be given."""
        ours = self.ours
        if email is None:
            return self.linked(self._either(ours.question, ours.question_without_mail))
        text = self._either(ours.question_for, ours.question_for_without_mail)
        return self.linked(text.format(email=email))

    def linked(self, text: str) -> str:
        """Add the address of the privacy policy where there is one."""
        url = self.rules.privacy_url
        return f"{text} {self.ours.privacy}: {url}" if url else text

    def _either(self, with_mail: str, without: str) -> str:
        return with_mail if self.rules.mails_leave else without


def consent_words(locale: str | None, rules: CaptureRules) -> ConsentWords:
    """Find the consent texts for a visitor's locale, or those for the operator's."""
    return ConsentWords(_TEXTS.of(language_of(locale, rules.locale)), rules)


def lacks_consent(conversation: Conversation, rules: CaptureRules) -> bool:
    """Say whether no address of the visitor may be kept yet."""
    return rules.needs_consent and conversation.capture.consent is not Consent.GIVEN


def all_consent_texts() -> InEachLanguage[ConsentTexts]:
    """Give the texts of all languages."""
    return _TEXTS
