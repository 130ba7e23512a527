"""Every kind of event of Messenger: what it comes to, in any order and however often."""

import json
from collections.abc import Mapping, Sequence

import pytest

from bot.core.wording import texts
from tests.channels.messenger.deliveries import VISITOR, recordings
from tests.events.recordings import recorded
from tests.events.world import World

pytestmark = pytest.mark.timeout(300)
ESCAPED = "Write to ada@example.com <3 https://example.com/ 100% 👨\u200d👧"
ASKED = "; waits; to be asked"
THANKS = texts("en", "en").thanks_without_mail.format(email="ada@example.com")
THANKED = f"> ada@example.com; < {THANKS}; waits; captured; is ada@example.com"
# a message from before, too early for a program to answer it now, and an older one by which the
# conversation exists
BEFORE, LONG_BEFORE = ("text", 100), ("text_with_ad_referral", 200)
# what is in neither table leaves no trace that anybody sees
OF_THE_VISITOR = {
    "attachments_of_odd_shapes": f">  +6{ASKED}",
    "echo_of_a_template": "<  +1",
    "echo_of_another_app": "< Buy now",
    "echo_of_ours": "< Thanks",
    "echo_of_the_inbox": "< We are here",
    "echo_with_ids_exchanged": "< Hello",
    "edit": f"> Hello, ada@example.com here{ASKED}",
    "fallback_of_the_old_kind": f">  +1{ASKED}",
    "fallback_with_title": f"> Here: https://example.com/a +1{ASKED}",
    "image": f">  +1{ASKED}",
    "location": f">  +1{ASKED}",
    "nothing_to_show": f">  +1{ASKED}",
    "postback": f"> Get started{ASKED}",
    "postback_of_the_old_kind": f"> GET_STARTED{ASKED}",
    "postback_with_guest_referral": f"> hi{ASKED}; guest",
    "quick_reply": f"> Opening hours{ASKED}",
    "quick_reply_declining": f"> No thanks{ASKED}",
    "quick_reply_of_another_email": THANKED,
    "quick_reply_of_email": THANKED,
    "quick_reply_without_text": f"> HOURS{ASKED}",
    "reel": f">  +1{ASKED}",
    "referral_of_guest": "guest",
    "standby_and_messaging": f"> ahead; > aside{ASKED}",
    "standby_echo": "< I am one",
    "standby_postback": "> Yes; waits; elsewhere",
    "standby_text": "> Is this a bot?; waits; elsewhere",
    "sticker": f">  +1{ASKED}",
    "sticker_sent_both_ways": f">  +1{ASKED}",
    "template": f">  +1{ASKED}",
    "text": f"> Hello, is anybody there?{ASKED}",
    "text_after_checkbox": f"> Now I write{ASKED}",
    "text_escaped_by_meta": f"> {ESCAPED}{ASKED}",
    "text_sent_late": f"> Sent a while ago{ASKED}",
    "text_with_ad_referral": f"> I saw your ad{ASKED}",
    "text_with_nul_and_lone_surrogate": f"> a�b�c{ASKED}",
    "text_with_number_ids": f"> ids of the old kind{ASKED}",
    "text_with_time_of_entry_only": f"> When was this?{ASKED}",
    "text_without_key": f"> no key at all{ASKED}",
    "three_images_with_text": f"> Look +3{ASKED}",
    "thumbs_up_as_image": f">  +1{ASKED}",
    "two_texts_out_of_order": f"> first; > second{ASKED}",
    "unsupported": f">  +1{ASKED}",
}
OF_OTHERS = {
    "batch_for_two_pages": {
        VISITOR: f"> one{ASKED}",
        "7009": f"> two{ASKED}",
        "7010": f"> three{ASKED}",
    },
    "optin_of_user_ref": {"user_ref:box-77": "guest"},
    "text_from_user_ref": {"user_ref:box-78": f"> I have no id yet{ASKED}; guest"},
}
TABLE = {name: {VISITOR: sight} for name, sight in OF_THE_VISITOR.items()} | OF_OTHERS


class Teller:
    """Delivers recordings, each time of other people."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.number = 0

    async def tell(self, *deliveries: Sequence[tuple[str, float]]) -> dict[str, str]:
        """Post deliveries, and look at whom they were about."""
        self.number += 1
        for delivery in deliveries:
            bodies = [recorded(name, self.number, earlier=earlier) for name, earlier in delivery]
            entries = [entry for body in bodies for entry in body["entry"]]
            whole = {**bodies[0], "entry": entries}
            await self.world.post(json.dumps(whole).encode())
        return await self._look()

    async def _look(self) -> dict[str, str]:
        mark = f"{self.number:04}"
        sights = {
            person.removesuffix(mark): str((await self.world.look(person)).in_any_order())
            for person in self.world.people(mark)
        }
        return {person: sight for person, sight in sights.items() if sight}


async def test_each_comes_to_what_the_table_says_also_when_it_comes_twice(world: World) -> None:
    teller = Teller(world)
    told = {}
    for name in recordings():
        one = (name, 0)
        told[name] = await teller.tell([one])
        twice = [await teller.tell([one], [one]), await teller.tell([one, one])]
        assert twice == [told[name]] * 2, name
    assert {name: seen for name, seen in told.items() if seen} == TABLE


async def test_beside_a_message_order_and_repetition_change_nothing(world: World) -> None:
    teller = Teller(world)
    different: dict[str, Mapping[str, str]] = {}
    for name in recordings():
        if recorded(name, 0)["object"] != "page":
            continue
        one, old, new = (name, 0), LONG_BEFORE, BEFORE
        end = await teller.tell([old], [new], [one])
        for plan in (
            [[old], [one], [new]],
            [[old, new, one]],
            [[one, new, old]],
            [[old], [old], [new], [new], [one], [one]],
            [[old], [one], [new], [old], [one], [new]],
        ):
            other = await teller.tell(*plan)
            if other != end:
                different[f"{name} {plan}"] = {"end": str(end), "other": str(other)}
    assert different == {}
