"""Custom actions: thin, over plain functions. They run inside the bot's process, and under `rasa run actions` too."""
