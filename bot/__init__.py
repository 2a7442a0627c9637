"""The chat: one process, one model, two doors (web, Telegram), a window for counsellors."""
