"""What several processes share, in Redis: conversations, their order, sessions, a secret, and what is being counted."""
