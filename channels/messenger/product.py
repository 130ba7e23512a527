"""Messenger as a product of Meta: its webhook's object and path."""

from channels.meta.readers import Product

NAME = "messenger"
PATH = "/webhooks/messenger"
PRODUCT = Product(NAME, "page")
