"""The texts of mails to visitors and of the pages behind their links, in every language."""

from dataclasses import dataclass
from typing import Final

from bot.core.languages import InEachLanguage


@dataclass(frozen=True, slots=True)
class MailTexts:
    """The texts of one language. `{site}` is the site's name, as in its address."""

    subject: str
    """With `{site}`."""
    marker: str
    """The line above which an answer stands."""
    intro: str
    """With `{site}`."""
    team: str
    """Who wrote, where an agent has no name."""
    button: str
    answer_by_mail: str
    answer_in_chat: str
    once: str
    """About the link behind the button."""
    why: str
    """With `{site}`."""
    unsubscribe: str
    back_title: str
    back_text: str
    """With `{site}`."""
    back_button: str
    gone_title: str
    gone_text: str
    stop_title: str
    stop_text: str
    stop_button: str
    stopped_title: str
    stopped_text: str
    unknown_title: str
    unknown_text: str
    proof_subject: str
    """Of a mail that was asked for to prove an address. With `{site}`, as the next one."""
    proof_intro: str
    code_label: str
    code_text: str
    not_me: str
    """The link for who has not given the address."""
    not_me_title: str
    not_me_text: str
    """With `{site}`."""
    not_me_button: str
    not_me_done_title: str
    not_me_done_text: str


_EN: Final = MailTexts(
    subject="Our reply to you on {site}",
    marker="Please write your answer above this line",
    intro="You wrote to us on {site}. Here is our reply:",
    team="The team",
    button="Open the conversation",
    answer_by_mail="You can answer there, or simply reply to this mail.",
    answer_in_chat="Please answer in the chat: replies to this mail are not read.",
    once="The button works once, within 7 days. Please do not pass it on: it opens your"
    " conversation.",
    why="You get this mail because this address was given in the chat on {site}. Was it not you?"
    " Then you need not do anything.",
    unsubscribe="No more mails like this",
    back_title="Go on with your conversation",
    back_text="Press the button to open your conversation with {site} in this browser.",
    back_button="Open the conversation",
    gone_title="This link has ended",
    gone_text="It works once, and for 7 days. With our next reply you get a new one.",
    stop_title="No more mails?",
    stop_text="We will no longer send replies from the chat to this address.",
    stop_button="Stop the mails",
    stopped_title="Done",
    stopped_text="We will send no more mails from the chat to this address.",
    unknown_title="There is nothing here",
    unknown_text="This link is not one of ours, or it was cut off.",
    proof_subject="Go on with your conversation on {site}",
    proof_intro="Here is your way back to your conversation on {site}:",
    code_label="Your code:",
    code_text="Type the code in the chat in which you asked for it. It works for 10 minutes.",
    not_me="This wasn't me",
    not_me_title="This wasn't you?",
    not_me_text="Somebody gave this address in the chat on {site}. Press the button if it was"
    " not you: the address is taken out of that conversation, and no more mails come from it.",
    not_me_button="It wasn't me",
    not_me_done_title="Thank you",
    not_me_done_text="The address was taken out of that conversation.",
)

_IT: Final = MailTexts(
    subject="La nostra risposta su {site}",
    marker="Scriva la Sua risposta sopra questa riga",
    intro="Ci ha scritto su {site}. Ecco la nostra risposta:",
    team="Il team",
    button="Apri la conversazione",
    answer_by_mail="Può rispondere lì, oppure semplicemente a questa email.",
    answer_in_chat="Risponda nella chat: le risposte a questa email non vengono lette.",
    once="Il pulsante funziona una volta sola, entro 7 giorni. Non lo inoltri: apre la Sua"
    " conversazione.",
    why="Riceve questa email perché questo indirizzo è stato indicato nella chat di {site}. Non è"
    " stato Lei? Allora non deve fare nulla.",
    unsubscribe="Non voglio più ricevere queste email",
    back_title="Continui la Sua conversazione",
    back_text="Prema il pulsante per aprire la Sua conversazione con {site} in questo browser.",
    back_button="Apri la conversazione",
    gone_title="Questo link non è più valido",
    gone_text="Funziona una volta sola, per 7 giorni. Con la nostra prossima risposta ne riceverà"
    " uno nuovo.",
    stop_title="Niente più email?",
    stop_text="Non invieremo più a questo indirizzo le risposte della chat.",
    stop_button="Interrompi le email",
    stopped_title="Fatto",
    stopped_text="Non invieremo più email della chat a questo indirizzo.",
    unknown_title="Qui non c'è nulla",
    unknown_text="Questo link non è nostro, oppure è stato troncato.",
    proof_subject="Continui la Sua conversazione su {site}",
    proof_intro="Ecco come tornare alla Sua conversazione su {site}:",
    code_label="Il Suo codice:",
    code_text="Digiti il codice nella chat in cui l'ha richiesto. È valido per 10 minuti.",
    not_me="Non sono stato io",
    not_me_title="Non è stato Lei?",
    not_me_text="Qualcuno ha indicato questo indirizzo nella chat di {site}. Se non è stato Lei,"
    " prema il pulsante: l'indirizzo viene tolto da quella conversazione, che non invierà più"
    " email.",
    not_me_button="Non sono stato io",
    not_me_done_title="Grazie",
    not_me_done_text="L'indirizzo è stato tolto da quella conversazione.",
)

_DE: Final = MailTexts(
    subject="Unsere Antwort auf {site}",
    marker="Bitte schreiben Sie Ihre Antwort über diese Zeile",
    intro="Sie haben uns auf {site} geschrieben. Hier ist unsere Antwort:",
    team="Das Team",
    button="Unterhaltung öffnen",
    answer_by_mail="Sie können dort antworten oder einfach auf diese E-Mail.",
    answer_in_chat="Bitte antworten Sie im Chat: Antworten auf diese E-Mail werden nicht gelesen.",
    once="Die Schaltfläche gilt einmal und 7 Tage lang. Bitte geben Sie sie nicht weiter: Sie"
    " öffnet Ihre Unterhaltung.",
    why="Sie erhalten diese E-Mail, weil diese Adresse im Chat auf {site} angegeben wurde. Waren"
    " Sie das nicht? Dann brauchen Sie nichts zu tun.",
    unsubscribe="Keine solchen E-Mails mehr",
    back_title="Unterhaltung fortsetzen",
    back_text="Mit der Schaltfläche öffnen Sie Ihre Unterhaltung mit {site} in diesem Browser.",
    back_button="Unterhaltung öffnen",
    gone_title="Dieser Link gilt nicht mehr",
    gone_text="Er gilt einmal und 7 Tage lang. Mit unserer nächsten Antwort erhalten Sie einen"
    " neuen.",
    stop_title="Keine E-Mails mehr?",
    stop_text="Wir schicken an diese Adresse keine Antworten aus dem Chat mehr.",
    stop_button="E-Mails abstellen",
    stopped_title="Erledigt",
    stopped_text="An diese Adresse schicken wir keine E-Mails aus dem Chat mehr.",
    unknown_title="Hier ist nichts",
    unknown_text="Dieser Link ist nicht von uns, oder er wurde abgeschnitten.",
    proof_subject="Ihre Unterhaltung auf {site} fortsetzen",
    proof_intro="Hier geht es zurück zu Ihrer Unterhaltung auf {site}:",
    code_label="Ihr Code:",
    code_text="Geben Sie den Code in dem Chat ein, in dem Sie ihn angefordert haben. Er gilt 10"
    " Minuten.",
    not_me="Das war ich nicht",
    not_me_title="Das waren Sie nicht?",
    not_me_text="Jemand hat diese Adresse im Chat auf {site} angegeben. Waren Sie das nicht? Die"
    " Schaltfläche nimmt sie aus der Unterhaltung und beendet deren E-Mails.",
    not_me_button="Das war ich nicht",
    not_me_done_title="Danke",
    not_me_done_text="Die Adresse wurde aus dieser Unterhaltung genommen.",
)

_FR: Final = MailTexts(
    subject="Notre réponse sur {site}",
    marker="Veuillez écrire votre réponse au-dessus de cette ligne",
    intro="Vous nous avez écrit sur {site}. Voici notre réponse :",
    team="L'équipe",
    button="Ouvrir la conversation",
    answer_by_mail="Vous pouvez y répondre, ou simplement répondre à cet e-mail.",
    answer_in_chat="Veuillez répondre dans le chat : les réponses à cet e-mail ne sont pas lues.",
    once="Le bouton fonctionne une seule fois, pendant 7 jours. Ne le transmettez pas : il ouvre"
    " votre conversation.",
    why="Vous recevez cet e-mail parce que cette adresse a été donnée dans le chat de {site}. Ce"
    " n'était pas vous ? Alors vous n'avez rien à faire.",
    unsubscribe="Ne plus recevoir ces e-mails",
    back_title="Reprendre votre conversation",
    back_text="Ouvrez votre conversation avec {site} dans ce navigateur à l'aide du bouton.",
    back_button="Ouvrir la conversation",
    gone_title="Ce lien n'est plus valable",
    gone_text="Il fonctionne une seule fois, pendant 7 jours. Vous en recevrez un nouveau avec"
    " notre prochaine réponse.",
    stop_title="Plus d'e-mails ?",
    stop_text="Nous n'enverrons plus les réponses du chat à cette adresse.",
    stop_button="Arrêter les e-mails",
    stopped_title="C'est fait",
    stopped_text="Nous n'enverrons plus d'e-mails du chat à cette adresse.",
    unknown_title="Il n'y a rien ici",
    unknown_text="Ce lien n'est pas de nous, ou il a été coupé.",
    proof_subject="Reprenez votre conversation sur {site}",
    proof_intro="Voici comment reprendre votre conversation sur {site} :",
    code_label="Votre code :",
    code_text="Saisissez ce code dans le chat où vous l'avez demandé. Il est valable 10 minutes.",
    not_me="Ce n'était pas moi",
    not_me_title="Ce n'était pas vous ?",
    not_me_text="Quelqu'un a donné cette adresse dans le chat de {site}. Si ce n'était pas vous,"
    " appuyez sur le bouton : l'adresse est retirée de cette conversation, qui n'enverra plus"
    " d'e-mails.",
    not_me_button="Ce n'était pas moi",
    not_me_done_title="Merci",
    not_me_done_text="L'adresse a été retirée de cette conversation.",
)

_ES: Final = MailTexts(
    subject="Nuestra respuesta en {site}",
    marker="Escriba su respuesta encima de esta línea",
    intro="Nos escribió en {site}. Esta es nuestra respuesta:",
    team="El equipo",
    button="Abrir la conversación",
    answer_by_mail="Puede responder allí o simplemente a este correo.",
    answer_in_chat="Responda en el chat: las respuestas a este correo no se leen.",
    once="El botón funciona una sola vez, durante 7 días. No lo reenvíe: abre su conversación.",
    why="Recibe este correo porque esta dirección se indicó en el chat de {site}. ¿No fue usted?"
    " Entonces no tiene que hacer nada.",
    unsubscribe="No recibir más correos como este",
    back_title="Continúe su conversación",
    back_text="Pulse el botón para abrir su conversación con {site} en este navegador.",
    back_button="Abrir la conversación",
    gone_title="Este enlace ya no es válido",
    gone_text="Funciona una sola vez, durante 7 días. Con nuestra próxima respuesta recibirá uno"
    " nuevo.",
    stop_title="¿No más correos?",
    stop_text="No enviaremos más respuestas del chat a esta dirección.",
    stop_button="Dejar de recibir correos",
    stopped_title="Hecho",
    stopped_text="No enviaremos más correos del chat a esta dirección.",
    unknown_title="Aquí no hay nada",
    unknown_text="Este enlace no es nuestro, o está cortado.",
    proof_subject="Continúe su conversación en {site}",
    proof_intro="Así puede volver a su conversación en {site}:",
    code_label="Su código:",
    code_text="Escriba el código en el chat en el que lo pidió. Vale durante 10 minutos.",
    not_me="No fui yo",
    not_me_title="¿No fue usted?",
    not_me_text="Alguien indicó esta dirección en el chat de {site}. Si no fue usted, pulse el"
    " botón: la dirección se quita de esa conversación, que no enviará más correos.",
    not_me_button="No fui yo",
    not_me_done_title="Gracias",
    not_me_done_text="La dirección se ha quitado de esa conversación.",
)

_PT: Final = MailTexts(
    subject="A nossa resposta em {site}",
    marker="Escreva a sua resposta acima desta linha",
    intro="Você escreveu-nos em {site}. Esta é a nossa resposta:",
    team="A equipe",
    button="Abrir a conversa",
    answer_by_mail="Pode responder lá ou simplesmente a este e-mail.",
    answer_in_chat="Responda no chat: as respostas a este e-mail não são lidas.",
    once="O botão funciona uma só vez, durante 7 dias. Não o encaminhe: ele abre a sua conversa.",
    why="Recebe este e-mail porque este endereço foi indicado no chat de {site}. Não foi você?"
    " Então não precisa de fazer nada.",
    unsubscribe="Não receber mais e-mails como este",
    back_title="Continue a sua conversa",
    back_text="Prima o botão para abrir a sua conversa com {site} neste navegador.",
    back_button="Abrir a conversa",
    gone_title="Este link já não é válido",
    gone_text="Funciona uma só vez, durante 7 dias. Com a nossa próxima resposta recebe um novo.",
    stop_title="Não quer mais e-mails?",
    stop_text="Não enviaremos mais respostas do chat para este endereço.",
    stop_button="Parar os e-mails",
    stopped_title="Feito",
    stopped_text="Não enviaremos mais e-mails do chat para este endereço.",
    unknown_title="Aqui não há nada",
    unknown_text="Este link não é nosso, ou foi cortado.",
    proof_subject="Continue a sua conversa em {site}",
    proof_intro="É assim que volta à sua conversa em {site}:",
    code_label="O seu código:",
    code_text="Escreva o código no chat em que o pediu. É válido durante 10 minutos.",
    not_me="Não fui eu",
    not_me_title="Não foi você?",
    not_me_text="Alguém indicou este endereço no chat de {site}. Se não foi você, prima o botão:"
    " o endereço é retirado dessa conversa, que não enviará mais e-mails.",
    not_me_button="Não fui eu",
    not_me_done_title="Obrigado",
    not_me_done_text="O endereço foi retirado dessa conversa.",
)

_NL: Final = MailTexts(
    subject="Ons antwoord aan u op {site}",
    marker="Schrijf uw antwoord boven deze regel",
    intro="U schreef ons op {site}. Hier is ons antwoord:",
    team="Het team",
    button="Gesprek openen",
    answer_by_mail="U kunt daar antwoorden, of gewoon op deze e-mail.",
    answer_in_chat="Antwoord graag in de chat: antwoorden op deze e-mail worden niet gelezen.",
    once="De knop werkt één keer, 7 dagen lang. Stuur hem niet door: hij opent uw gesprek.",
    why="U krijgt deze e-mail omdat dit adres in de chat op {site} is opgegeven. Was u dat niet?"
    " Dan hoeft u niets te doen.",
    unsubscribe="Geen e-mails als deze meer",
    back_title="Ga verder met uw gesprek",
    back_text="Met de knop opent u uw gesprek met {site} in deze browser.",
    back_button="Gesprek openen",
    gone_title="Deze link werkt niet meer",
    gone_text="Hij werkt één keer, 7 dagen lang. Met ons volgende antwoord krijgt u een nieuwe.",
    stop_title="Geen e-mails meer?",
    stop_text="We sturen geen antwoorden uit de chat meer naar dit adres.",
    stop_button="E-mails stoppen",
    stopped_title="Klaar",
    stopped_text="We sturen geen e-mails uit de chat meer naar dit adres.",
    unknown_title="Hier is niets",
    unknown_text="Deze link is niet van ons, of hij is afgekapt.",
    proof_subject="Ga verder met uw gesprek op {site}",
    proof_intro="Zo komt u terug bij uw gesprek op {site}:",
    code_label="Uw code:",
    code_text="Typ de code in de chat waarin u erom vroeg. Hij werkt 10 minuten.",
    not_me="Dat was ik niet",
    not_me_title="Was u dat niet?",
    not_me_text="Iemand heeft dit adres opgegeven in de chat op {site}. Was u dat niet? Druk dan"
    " op de knop: het adres wordt uit dat gesprek gehaald, en er komen geen e-mails meer van.",
    not_me_button="Dat was ik niet",
    not_me_done_title="Bedankt",
    not_me_done_text="Het adres is uit dat gesprek gehaald.",
)

_TEXTS: Final = InEachLanguage(_EN, _IT, _DE, _FR, _ES, _PT, _NL)


def mail_texts(language: str) -> MailTexts:
    """Give the texts of one of our languages."""
    return _TEXTS.of(language)
