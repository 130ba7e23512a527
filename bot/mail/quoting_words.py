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
    "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "původní e-mail",
    "pôvodná správa", "eredeti üzenet", "mesaj original", "исходное сообщение",
    "оригинальное сообщение", "оригінальне повідомлення", "вихідне повідомлення",
    "mail original", "courriel original", "mail d'origine", "ursprüngliche mail",
    "alkuperäinen viesti", "orijinal mesaj", "元のメッセージ", "原始邮件", "原始郵件",
    "回复的原邮件", "回复邮件", "원본 메시지", "원본 메일",
)  # fmt: skip
FORWARDED = (
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
    "message transféré", "messaggio inoltrato", "mensaje reenviado", "mensagem encaminhada",
    "doorgestuurd bericht", "videresendt", "vidarebefordrat", "przekazana wiadomość",
    "przesłana dalej", "пересылаемое сообщение",
)  # fmt: skip
FROM = frozenset({
    "from", "von", "de", "da", "van", "fra", "från", "od", "lähettäjä", "kimden", "от", "від",
    "від кого", "feladó", "odosielateľ",
    "expéditeur", "mittente", "差出人", "发件人", "寄件者", "보낸 사람",
})  # fmt: skip
SENT = frozenset({
    "sent", "date", "gesendet", "datum", "envoyé", "date d'envoi", "inviato", "data", "data invio",
    "enviado", "enviado el", "enviado em", "enviada em", "enviada", "fecha", "verzonden",
    "verzonden op", "sendt", "dato", "skickat", "wysłano", "wysłane", "odesláno", "lähetetty",
    "дата", "отправлено", "надіслано", "tarih", "送信日時", "日付", "日期", "发送时间", "보낸 날짜",
    "küldve", "dátum", "odoslané", "trimis", "寄件日期", "傳送時間", "보낸 시간",
})  # fmt: skip
TO = frozenset({
    "to", "an", "à", "a", "para", "aan", "til", "till", "do", "komu", "vastaanottaja", "kime",
    "cc", "kopie", "copie", "copie à", "copia", "kopi", "kopia", "кому", "宛先", "收件人",
    "받는 사람", "címzett", "către", "收件者",
})  # fmt: skip
SUBJECT = frozenset({
    "subject", "betreff", "objet", "oggetto", "asunto", "assunto", "onderwerp", "emne", "ämne",
    "temat", "předmět", "aihe", "konu", "тема", "件名", "主题", "主旨", "主題", "제목",
    "tárgy", "predmet", "subiect",
})  # fmt: skip
SENT_FROM = (
    "sent from", "sent with", "sent via", "sent using", "get outlook for", "get bluemail",
    "von meinem", "von yahoo", "gesendet von", "gesendet mit", "diese nachricht wurde von meinem",
    "outlook für", "holen sie sich outlook", "laden sie outlook", "von proton", "von [proton",
    "envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec",
    "télécharger outlook", "obtenir outlook", "inviato da", "inviato con", "scarica outlook",
    "ottieni outlook", "enviado desde", "enviado con", "obtener outlook", "enviado do",
    "enviado a partir", "enviado com", "obter outlook", "obter o outlook", "baixar o outlook",
    "verstuurd vanaf", "verzonden vanaf", "verzonden met", "outlook voor", "sendt fra",
    "hent outlook", "skickat från", "hämta outlook", "wysłane z", "wysłano z", "pobierz outlook",
    "отправлено", "lähetetty", "発信元", "发自我的", "iphoneから送信",
    "ipadから送信", "androidから送信", "galaxyから送信",
    "從我的", "나의 iphone에서", "내 iphone에서", "내 galaxy에서", "odesláno z", "odoslané z",
    "надіслано з", "elküldve", "trimis de pe", "virus-free", "virenfrei",
)  # fmt: skip
SLOGANS = ("yahoo mail:", "yahoo mail :")
"""What begins a line of advertisement in which a program names itself."""
DEVICES = (
    "iphone", "ipad", "android", "galaxy", "samsung", "outlook", "mail", "spark", "blackberry",
    "huawei", "xiaomi", "smartphone", "my phone", "my mobile", "mobiltelefon", "meinem handy",
    "windows", "avast", "mein gerät", "my device", "telefoon", "téléphone", "telefonen",
)  # fmt: skip
CONFIDENTIAL = (
    "confidential", "privileged", "vertraulich", "confidentiel", "riservat", "confidenzial",
    "confidencia", "vertrouwelijk", "fortrolig", "poufn", "intended solely", "solely intended",
    "intended only for", "ausschließlich für den adressaten", "exclusivement destin",
    "exclusivement à l'intention", "esclusivamente al destinatario", "exclusivamente dirigid",
    "destina-se exclusivamente", "uitsluitend bestemd", "udelukkende bestemt",
    "wyłącznie dla adresata",
)  # fmt: skip
MESSAGE = (
    "e-mail", "email", "message", "nachricht", "courriel", "messaggio", "mensaje", "correo",
    "mensagem", "bericht", "besked", "meddelelse", "wiadomość",
)  # fmt: skip
ADDRESSEE = (
    "intended", "addressee", "recipient", "adressat", "empfänger", "destinataire", "destinatari",
    "destinatár", "geadresseerde", "modtager", "adresat", "erhalten haben",
)  # fmt: skip
