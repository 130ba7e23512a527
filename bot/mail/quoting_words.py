"""The words that mail programs put around a quote, in the languages in which they do."""

WIDE_COLON = "\N{FULLWIDTH COLON}"
WROTE = (
    "wrote", "writes", "sent", "said", "quoting",
    "schrieb", "schrieben", "geschrieben", "zitat von",
    "écrit", "ecrit",
    "scritto", "scriveva", "citando",
    "escribió", "escribio", "escrito", "dijo",
    "escreveu",
    "schreef", "geschreven",
    "skrev",
    "napisał", "napisała", "napisał(a)", "pisze", "napisana",
    "napsal", "napsal(a)", "napsala", "napísal",
    "написал", "написала", "пишет", "написав", "пише",
    "kirjoitti", "írta", "scris", "viết", "menulis", "έγραψε", "כתב", "كتب",
    "写道", "寫道", "のメール", "書きました", "書き込みました", "작성",
)  # fmt: skip
OPENINGS = (
    "on ", "am ", "le ", "il ", "el ", "op ", "em ", "en ", "in ", "no dia ", "den ", "dnia ",
    "w dniu ", "wiadomość napisana ", "dne ", "på ", "vào ", "zitat von ", "quoting ", "citando ",
)  # fmt: skip
ORIGINAL = (
    "original message", "reply message", "original-nachricht", "ursprüngliche nachricht",
    "originalnachricht", "antwort nachricht", "message d'origine",
    "message original", "messaggio original", "mensaje original", "mensagem original",
    "oorspronkelijk bericht", "origineel bericht", "oprindelig meddelelse", "oprindelig besked",
    "opprinnelig melding", "ursprungligt meddelande", "originalmeddelande",
    "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "исходное сообщение",
    "alkuperäinen viesti", "orijinal mesaj", "元のメッセージ", "原始邮件", "원본 메시지",
)  # fmt: skip
FORWARDED = (
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
    "message transféré", "messaggio inoltrato", "mensaje reenviado", "mensagem encaminhada",
    "doorgestuurd bericht", "videresendt", "vidarebefordrat", "przekazana wiadomość",
    "przesłana dalej", "пересылаемое сообщение",
)  # fmt: skip
FROM = frozenset({
    "from", "von", "de", "da", "van", "fra", "från", "od", "lähettäjä", "kimden", "от", "від",
    "expéditeur", "mittente", "差出人", "发件人", "寄件者", "보낸 사람",
})  # fmt: skip
SENT = frozenset({
    "sent", "date", "gesendet", "datum", "envoyé", "date d'envoi", "inviato", "data", "data invio",
    "enviado", "enviado el", "enviado em", "enviada em", "enviada", "fecha", "verzonden",
    "verzonden op", "sendt", "dato", "skickat", "wysłano", "wysłane", "odesláno", "lähetetty",
    "дата", "отправлено", "надіслано", "tarih", "送信日時", "日付", "日期", "发送时间", "보낸 날짜",
})  # fmt: skip
TO = frozenset({
    "to", "an", "à", "a", "para", "aan", "til", "till", "do", "komu", "vastaanottaja", "kime",
    "cc", "kopie", "copie", "copie à", "copia", "kopi", "kopia", "кому", "宛先", "收件人",
    "받는 사람",
})  # fmt: skip
SUBJECT = frozenset({
    "subject", "betreff", "objet", "oggetto", "asunto", "assunto", "onderwerp", "emne", "ämne",
    "temat", "předmět", "aihe", "konu", "тема", "件名", "主题", "主旨", "제목",
})  # fmt: skip
SENT_FROM = (
    "sent from", "sent with", "sent via", "sent using", "get outlook for", "get bluemail",
    "von meinem", "von yahoo", "gesendet von", "gesendet mit", "diese nachricht wurde von meinem",
    "outlook für", "envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec",
    "télécharger outlook", "obtenir outlook", "inviato da", "inviato con", "scarica outlook",
    "ottieni outlook", "enviado desde", "enviado con", "obtener outlook", "enviado do",
    "enviado a partir", "enviado com", "obter outlook", "obter o outlook", "baixar o outlook",
    "verstuurd vanaf", "verzonden vanaf", "verzonden met", "outlook voor", "sendt fra",
    "hent outlook", "skickat från", "hämta outlook", "wysłane z", "wysłano z", "pobierz outlook",
    "отправлено", "lähetetty", "発信元", "发自我的", "virus-free", "virenfrei",
)  # fmt: skip
DEVICES = (
    "iphone", "ipad", "android", "galaxy", "samsung", "outlook", "mail", "spark", "blackberry",
    "huawei", "xiaomi", "smartphone", "my phone", "my mobile", "mobiltelefon", "meinem handy",
    "windows", "avast", "mein gerät", "my device", "telefoon", "téléphone", "telefonen",
)  # fmt: skip
CONFIDENTIAL = (
    "confidential", "privileged", "vertraulich", "confidentiel", "riservat", "confidenzial",
    "confidencia", "vertrouwelijk", "fortrolig", "poufn",
)  # fmt: skip
MESSAGE = (
    "e-mail", "email", "message", "nachricht", "courriel", "messaggio", "mensaje", "correo",
    "mensagem", "bericht", "besked", "meddelelse", "wiadomość",
)  # fmt: skip
ADDRESSEE = (
    "intended", "addressee", "recipient", "adressat", "empfänger", "destinataire", "destinatari",
    "destinatár", "geadresseerde", "modtager", "adresat", "erhalten haben",
)  # fmt: skip
