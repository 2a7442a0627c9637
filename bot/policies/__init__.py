"""The safety policy, which outranks every other policy and every form."""
