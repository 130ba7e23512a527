"""A program's mail is told from a person's, and a person's is never taken for a program's."""

import pytest

from bot.mail.inbound import read_mail
from tests.letters import answer

TO = "reply+0123456789abcdef0123456789abcdef@shop.example"
ANSWERS_US = {"In_Reply_To": "<1@shop.example>"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Auto_Submitted": "Auto-Notified; owner-email=x@y"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Away"},
        {"X_Autoresponder": "vacation"},
        {"X_Autoreply_From": "ada@example.com"},
        {"X_Auto_Response_Suppress": "All"},
        {"Precedence": "bulk"},
        {"Precedence": "Junk"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"},
        {"X_Whosthere": "1"},
    ],
)
def test_a_header_that_says_so_makes_a_mail_automatic(headers: dict[str, str]) -> None:
    raw = answer(TO)
    for name, value in {**headers, **ANSWERS_US}.items():
        raw = f"{name.replace('_', '-')}: {value}\r\n".encode() + raw
    assert read_mail(raw).is_automatic


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.example.com", "Post <postmaster@x.example>"])
def test_a_program_is_known_by_its_address(sender: str) -> None:
    assert read_mail(answer(TO, sender=sender)).is_automatic


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": "No; because"},
        {"X_Auto_Response_Suppress": "None"},
        {"X_Auto_Response_Suppress": "DR, OOF"},
        {"X_Autoreply": "no"},
        {"List_Id": "<firm.example>", **ANSWERS_US},
        {"List_Unsubscribe": "<mailto:x@firm.example>", **ANSWERS_US},
        {"Precedence": "list", **ANSWERS_US},
        {"Precedence": "first-class"},
    ],
)
def test_what_a_company_puts_on_a_persons_answer_makes_it_no_automatic_one(
    headers: dict[str, str],
) -> None:
    assert not read_mail(answer(TO, **headers)).is_automatic


@pytest.mark.parametrize("header", ["List_Id", "List_Unsubscribe", "List_Post"])
def test_a_mail_to_all_of_a_list_is_automatic(header: str) -> None:
    assert read_mail(answer(TO, **{header: "<list.example>"})).is_automatic


def with_subject(subject: str) -> bytes:
    return answer(TO).replace(b"Subject: Re: Our reply", f"Subject: {subject}".encode())


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Our reply to you", "Out of office", "Auto-reply - Our reply",
        "[Auto Reply] Our reply", "OUT OF THE OFFICE (until Monday)",
        "Automatische Antwort: Unsere Antwort", "Abwesenheitsnotiz: Re: Unsere Antwort",
        "=?utf-8?q?R=C3=A9ponse_automatique_=3A_Notre_r=C3=A9ponse?=",
        "Risposta automatica: La nostra risposta", "Fuori ufficio",
        "=?utf-8?q?Respuesta_autom=C3=A1tica=3A_Nuestra?=", "Fuera de la oficina: Nuestra",
        "=?utf-8?q?Resposta_autom=C3=A1tica=3A_A_nossa?=",
        "Automatisch antwoord: Ons antwoord", "Afwezigheidsbericht",
        "Automatisk svar: Our reply", "Autosvar: Our reply",
        "=?utf-8?q?Automatyczna_odpowied=C5=BA=3A_Our?=",
    ],
)  # fmt: skip
def test_an_absence_notice_is_known_by_its_subject_as_the_last_resort(subject: str) -> None:
    assert read_mail(with_subject(subject)).is_automatic


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: Our reply", "AW: Abwesenheitsnotiz", "Automatic replying machines",
        "Out of office chairs?", "Automatically sent twice", "Risposta", "Our reply to you", "",
    ],
)  # fmt: skip
def test_a_persons_subject_makes_no_mail_automatic(subject: str) -> None:
    assert not read_mail(with_subject(subject)).is_automatic
