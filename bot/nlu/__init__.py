"""Graph components for Rasa: Dutch language, chat spelling, sentence encoder, answers to the last question, safety."""
