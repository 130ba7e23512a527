import pytest

from config.name_servers import NameServer, read_name_server


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", NameServer("192.0.2.53", 53)),
        ("192.0.2.53:5353", NameServer("192.0.2.53", 5353)),
        ("2001:db8::53", NameServer("2001:db8::53", 53)),
        ("[2001:db8::53]", NameServer("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", NameServer("2001:db8::53", 5353)),
    ],
)
def test_a_name_server_is_an_address_and_perhaps_a_port(text: str, server: NameServer) -> None:
    assert read_name_server(text) == server
