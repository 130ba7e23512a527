"""The main job, told from its beginning to its end."""

from tests.system.processes import PAGE, System, until

GUEST = "70010001"
MEMBER = "70010002"


def test_a_guest_writes_is_asked_answers_and_is_a_contact(system: System) -> None:
    system.start("web", "worker", "clock")

    referral = {
        "source": "CUSTOMER_CHAT_PLUGIN",
        "type": "OPEN_THREAD",
        "is_guest_user": True,
        "referer_uri": "https://shop.example/tents",
    }
    assert system.deliver(system.event(GUEST, referral=referral)).ok
    system.hear(GUEST, "Hello, is the zebra tent in stock?")

    conversation = system.conversation(GUEST)
    assert conversation["account"] == PAGE
    assert conversation["visitor"]["name"].startswith("Unknown visitor ")
    assert (conversation["visitor"]["unknown"], conversation["visitor"]["guest"]) == (True, True)
    assert conversation["contact"] is None
    assert conversation["capture"]["state"] == "scheduled"

    until(lambda: system.graph.sent_to(GUEST))
    [prompt] = [call for call in system.graph.accepted if call.recipient == GUEST]
    replies = [reply["content_type"] for reply in prompt.message["quick_replies"]]
    assert replies == ["user_email", "text"]
    until(lambda: system.capture_state(GUEST) == "asked")

    system.hear(GUEST, "you can write to grace@example.com")

    until(lambda: len(system.graph.sent_to(GUEST)) == 2)
    assert "grace@example.com" in system.graph.sent_to(GUEST)[1]
    conversation = system.conversation(GUEST)
    assert conversation["capture"]["state"] == "captured"
    assert conversation["contact"]["email"] == "grace@example.com"
    assert conversation["contact_assurance"] == "claimed"
    assert [contact["email"] for contact in system.api("/contacts")["contacts"]] == [
        "grace@example.com"
    ]

    assert system.reply(GUEST, "Yes, three of them.").status_code == 201
    until(lambda: system.graph.sent_to(GUEST)[2:] == ["Yes, three of them."])
    until(lambda: system.messages(GUEST)[-1]["delivery"]["state"] == "sent")


def test_an_agent_who_is_quick_silences_the_question(system: System) -> None:
    system.graph.names[MEMBER] = ("Maya", "Olsen")
    system.start("web", "worker", "clock")
    system.hear(MEMBER, "Hello")
    assert system.reply(MEMBER, "Hello Maya").ok
    until(lambda: system.graph.sent_to(MEMBER) == ["Hello Maya"])
    until(lambda: system.conversation(MEMBER)["visitor"]["name"] == "Maya Olsen")

    system.hear(MEMBER, "and another thing")
    until(lambda: len(system.graph.sent_to(MEMBER)) == 2)

    assert system.capture_state(MEMBER) == "asked"
    kinds = [message["kind"] for message in system.messages(MEMBER)]
    assert kinds == ["text", "text", "text", "capture_prompt"]
