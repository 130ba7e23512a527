"""What Messenger's deliveries are called, and where they come."""

from channels.meta.readers import Product

NAME = "messenger"
PATH = "/webhooks/messenger"
PRODUCT = Product(NAME, "page")
