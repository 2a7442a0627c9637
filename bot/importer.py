"""Gives Rasa what stands in `content/`: the names of replies, and for each step the rule that leads to it.

A step of the content is an intent (the payload of a button, or a theme that a message is about) and a reply. Its rule is
always the same, "who asks for this step gets its reply", so it is made here. Rules that do more stand in `data/stories/`
and take the place of the made one.
"""

from __future__ import annotations

from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import Content, load
from bot.settings import PROJECT

STORIES = PROJECT / "data" / "stories"


def intents_with_own_rule() -> set[str]:
    """The intents that a rule in `data/stories/` answers without a condition."""
    written: set[str] = set()
    for path in sorted(STORIES.glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8")).get("rules", []):
            first = rule["steps"][0]
            if "condition" not in rule and "intent" in first:
                written.add(first["intent"])
    return written


class ContentImporter(TrainingDataImporter):
    """An importer of training data, named in config.yml beside Rasa's own importer of files."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        """Load the content; the arguments are Rasa's and not used."""
        self._content: Content = load()

    def get_domain(self) -> Domain:
        """An intent and a reply for each step.

        The replies by name alone: their wordings are read when they are said (bot/nlg.py). Rasa reads the domain with a slow
        reader, four times, whenever it starts.
        """
        names = sorted(name for name, step in self._content.steps.items() if not step.part)
        return Domain.from_dict(
            {
                "intents": names,
                "responses": {f"utter_{name}": [{"text": name}] for name in names},
                "actions": [],
            }
        )

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """For each step without a rule of its own: who asks for it gets its reply."""
        taken = intents_with_own_rule()
        rules = [
            {"rule": f"step {name}", "steps": [{"intent": name}, {"action": f"utter_{name}"}]}
            for name, step in sorted(self._content.steps.items())
            if name not in taken and not step.part
        ]
        reader = YAMLStoryReader(self.get_domain())
        return StoryGraph(reader.read_from_parsed_yaml({"rules": rules}))

    def get_nlu_data(self, language: str | None = "nl") -> TrainingData:
        """No examples: they stand in `data/nlu/`."""
        return TrainingData()

    def get_config(self) -> dict[str, Any]:
        """No configuration: it stands in `config.yml`."""
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        """No configuration file of its own."""
        return None
