"""How FILES_URL is read."""

import pytest

from config.file_store import ObjectStore, read_store_url


@pytest.mark.parametrize(
    ("url", "endpoint", "region"),
    [
        ("s3://k:s%2F@s3.example/bucket", "https://s3.example", "us-east-1"),
        ("s3://k:s%2F@127.0.0.1:9000/bucket", "http://127.0.0.1:9000", "us-east-1"),
        ("s3+http://k:s%2F@minio:9000/bucket/", "http://minio:9000", "us-east-1"),
        (
            "s3://k:s%2F@s3.eu-central-1.amazonaws.com/bucket",
            "https://s3.eu-central-1.amazonaws.com",
            "eu-central-1",
        ),
        ("s3://k:s%2F@s3.example/bucket?region=fr-par", "https://s3.example", "fr-par"),
    ],
)
def test_an_address_of_a_store_is_read(url: str, endpoint: str, region: str) -> None:
    store = ObjectStore(endpoint, "bucket", region, "k", "s/")
    assert read_store_url(url) == store
    assert "s/" not in repr(store)
