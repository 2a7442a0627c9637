"""Where help is: the directory, whether it is open now, where somebody lives, and what fits. Plain Python, no Rasa."""
