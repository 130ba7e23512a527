"""Files that visitors and agents sent, where they lie, and who may read them."""
