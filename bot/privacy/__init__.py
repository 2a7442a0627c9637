"""Forgetting: pseudonyms, conversations that expire, logs that hold no text."""
