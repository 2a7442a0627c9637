"""Predicts the safety reply whatever else is going on: a form, a journey, the fallback.

A rule does not pre-empt an active form; a policy that answers with `is_no_user_prediction` does (design, decision 4).
The reply is an `utter_…`, which needs no action code: when an action fails, Rasa stays silent.
"""

from __future__ import annotations

from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.context import SAFETY
from bot.nlu.teller import BOTH_WAYS, ONLOOKER
from bot.safety import Screening


def safety_reply(screening: Screening, known: set[str]) -> str:
    """The name of the reply to a risk: of its level and kind where there is one, else of its level.

    Args:
        screening: level and kinds, the weightiest kind first.
        known: the replies that exist.
    """
    own = f"utter_safety_{screening.level}_{screening.kinds[0]}" if screening.kinds else ""
    return own if own in known else f"utter_safety_{screening.level}"


def reply_to(data: dict[str, Any], known: set[str]) -> str:
    """The name of the reply to a risk that was seen in a message.

    It is of its level alone when its kind is unsure; of its level to an onlooker when it is between others, and to both ways
    when who does it bears it too.

    Args:
        data: what `SafetyScreen` says of the message.
        known: the replies that exist.
    """
    if data.get("others"):
        return f"utter_safety_{data['level']}_{ONLOOKER}"
    if data.get("both"):
        return f"utter_safety_{data['level']}_{BOTH_WAYS}"
    return safety_reply(Screening(data["level"], () if data.get("unsure") else tuple(data["kinds"])), known)


def replies_to(data: dict[str, Any], known: set[str]) -> list[str]:
    """The names of all replies to a risk, in order.

    Where the bot is unsure, what was heard is taken up first and a short question about danger follows (`first`).

    Args:
        data: what `SafetyScreen` says of the message.
        known: the replies that exist.
    """
    if "reply" in data:
        return [f"utter_{data['reply']}"]
    of_risk = reply_to(data, known)
    said = [f"utter_{data['first']}", f"{of_risk}_na"] if "first" in data else [of_risk]
    return said + ([f"utter_{data['refusal']}"] if "refusal" in data else [])


def next_of(chain: list[str], latest: str | None) -> str:
    """What comes after the latest action; the last of the chain after anything else."""
    return chain[chain.index(latest) + 1] if latest in chain[:-1] else chain[-1]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyPolicy(Policy):
    """After a message with a risk: the safety reply, then listen."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Above Rasa's own policies, whose highest priority is 4."""
        return {"priority": 100, "max_history": 1}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns from nothing; this makes Rasa ask it always."""
        return SupportedData.ML_AND_RULE_DATA

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing to learn."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyPolicy:
        """Nothing to load."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The safety reply right after the message, then a refusal where one is due, then `action_listen`.

        Nothing where the question about the danger was asked before (`asked_before` in bot/nlu/after_danger.py): the talk
        goes on.
        """
        message = tracker.latest_message
        data = (message.parse_data or {}).get(SAFETY) if message else None
        screening = Screening.from_dict(data)
        if screening.level == "none" or not data or data.get("asked"):
            return self._prediction(self._default_predictions(domain))
        said = replies_to(data, set(domain.responses))
        action = next_of([ACTION_LISTEN_NAME, *said, ACTION_LISTEN_NAME], tracker.latest_action_name)
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=True)
