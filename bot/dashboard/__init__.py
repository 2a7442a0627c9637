"""The counsellors' overview: a server of its own that reads published numbers and nothing else."""
