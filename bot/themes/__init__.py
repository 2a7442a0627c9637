"""The 43 themes that a message can be about."""

from __future__ import annotations

from typing import Any

THEMES = (
    "explain_change", "what_is_violence", "own_behaviour_doubt", "remorse", "minimise_deny", "blame_partner",
    "ambivalence", "motivation_change_talk", "commitment_plan", "relapse", "anger_tension", "time_out_technique",
    "jealousy_control", "alcohol_drugs", "stress_money_work", "own_childhood_trauma", "children_effects",
    "fatherhood_parenting", "breakup_contact", "contact_ban_huisverbod", "police_justice", "custody",
    "find_help_nearby",
    "what_help_exists", "waiting_list", "cost_of_help", "peer_group", "peer_expert",
    "shame_fear_of_judgement", "partner_role_couples_talk", "gender_woman_as_perpetrator", "honour_culture",
    "loneliness", "sexual_boundaries", "digital_control", "privacy_anonymity", "delete_data", "who_are_you_bot",
    "talk_to_human", "stop_goodbye", "thanks", "smalltalk", "out_of_scope",
)  # fmt: skip

ASKING = frozenset({
    "explain_change", "what_is_violence", "time_out_technique", "find_help_nearby",
    "what_help_exists", "waiting_list", "cost_of_help", "peer_group", "peer_expert",
    "privacy_anonymity", "delete_data", "who_are_you_bot", "talk_to_human", "stop_goodbye", "thanks",
})  # fmt: skip
"""Themes in which a person asks for something or ends, and does not answer a question."""


def theme_of(parse_data: dict[str, Any]) -> tuple[str, float]:
    """What a parsed message is about, whatever its risk and below the fallback threshold too.

    Args:
        parse_data: what Rasa's NLU said of the message.

    Returns:
        The best of the 43 themes and the classifier's confidence in it.
    """
    for guess in parse_data.get("intent_ranking", []):
        if guess["name"] in THEMES:
            return guess["name"], float(guess["confidence"])
    return "out_of_scope", 0.0
