"""What is said to who gives another address once one is proved, in every language of ours."""

from typing import Final

from bot.core.languages import InEachLanguage

_THANKS: Final = InEachLanguage(
    "Thank you. We have sent a mail to {email}: its link confirms the address. Until then we write"
    " to the one that we know.",
    "Grazie. Abbiamo inviato un'email a {email}: il link conferma l'indirizzo. Fino ad allora"
    " scriviamo a quello che conosciamo.",
    "Vielen Dank. Wir haben eine E-Mail an {email} geschickt: Ihr Link bestätigt die Adresse. Bis"
    " dahin schreiben wir an die bisherige.",
    "Merci. Nous avons envoyé un e-mail à {email} : son lien confirme l'adresse. D'ici là, nous"
    " écrivons à celle que nous connaissons.",
    "Gracias. Hemos enviado un correo a {email}: su enlace confirma la dirección. Hasta entonces"
    " escribimos a la que conocemos.",
    "Agradecemos. Enviámos um e-mail para {email}: a ligação confirma o endereço. Até lá,"
    " escrevemos para o que conhecemos.",
    "Bedankt. We hebben een e-mail naar {email} gestuurd: de link bevestigt het adres. Tot dan"
    " schrijven we naar het adres dat we kennen.",
)


def thanks_to_prove(language: str) -> str:
    """Say, with `{email}`, that a mail was sent to prove the address."""
    return _THANKS.of(language)
