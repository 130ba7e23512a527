"""The connections to the database."""

from bot.storage.engine import Database


def test_a_database_host_that_vanishes_is_given_up_within_seconds(postgres_server: str) -> None:
    database = Database(postgres_server)
    with database.read() as connection:
        driver = connection.connection.driver_connection
        assert driver
        chosen = driver.info.get_parameters()
    database.close()
    assert int(chosen["tcp_user_timeout"]) <= 10_000
    idle, probes = int(chosen["keepalives_idle"]), int(chosen["keepalives_count"])
    assert idle + probes * int(chosen["keepalives_interval"]) <= 15
