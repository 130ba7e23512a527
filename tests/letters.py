"""Mails as they come in: what visitors' programs and servers write."""

from email.message import EmailMessage
from email.policy import SMTP

NO_VERDICT = ""


def answer(
    to: str,
    text: str = "Monday is fine.",
    *,
    sender: str = "Ada <ada@example.com>",
    key: str = "a1@example.com",
    verdict: str = "mx.shop.example; dmarc=pass; spf=pass; dkim=pass",
    **headers: str,
) -> bytes:
    """Write an answer as a mail program does; further headers by their names with underscores."""
    message = EmailMessage(policy=SMTP)
    if verdict:
        message["Authentication-Results"] = verdict
    message["From"] = sender
    message["To"] = to
    message["Subject"] = "Re: Our reply"
    message["Message-ID"] = f"<{key}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def raw_answer(to: str, sender_line: bytes, text: bytes = b"Hello") -> bytes:
    """Write an answer whose From line is as it is given."""
    return sender_line + b"\r\nTo: " + to.encode() + b"\r\nMessage-ID: <r@x>\r\n\r\n" + text


def bounce(failed: str, *, key: str = "", reply_to: str = "", status: str = "5.1.1") -> bytes:
    """Write what a mail server writes when it can't deliver."""
    action = "failed" if status.startswith("5") else "delayed"
    return f"""\
From: MAILER-DAEMON@mx.example.com
To: chat@shop.example
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn-{status}@mx.example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {failed}
Action: {action}
Status: {status}

--b1
Content-Type: text/rfc822-headers

From: chat@shop.example
To: {failed}
Reply-To: {reply_to}
Message-ID: <{key}>

--b1--
""".replace("\n", "\r\n").encode()


def complaint(named: str, key: str) -> bytes:
    """Write what a mailbox provider writes when a reader calls our mail unwanted (RFC 5965)."""
    recipient = f"Original-Rcpt-To: <{named}>\n" if named else ""
    return f"""\
From: feedback@isp.example
To: chat@shop.example
Subject: Complaint
Message-ID: <arf-{key}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1.0
{recipient}Version: 1

--b1
Content-Type: text/rfc822-headers

From: chat@shop.example
Message-ID: <{key}>

--b1--
""".replace("\n", "\r\n").encode()
