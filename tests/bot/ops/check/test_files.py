"""What a check says of where files are kept."""

from tests.bot.ops.check.conftest import Check, about


def test_a_store_is_tried_out(check: Check, bucket_url: str) -> None:
    assert about("files", check()) == ["ok: Files of up to 10 MB are kept in the database."]
    words = "ok: Files of up to 5 MB are kept in the store that FILES_URL names."
    assert about("files", check(FILES_URL=bucket_url, FILES_MAX_MB="5")) == [words]
    [wrong] = about("files", check(FILES_URL=bucket_url.replace("a-key", "nobody")))
    assert wrong.startswith("broken: The store that FILES_URL names can't be reached, or")
