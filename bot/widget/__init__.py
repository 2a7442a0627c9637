"""The chat on a website: one file for other sites, and the page that shows it."""
