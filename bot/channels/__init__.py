"""The doors: thin input and output channels. A message is screened here first, and never left without an answer."""
