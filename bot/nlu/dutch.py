"""The Dutch language pipeline: nl_core_news_sm where it is installed, a built-in one where it is not.

Both give words and lemmas; neither gives meaning (nl_core_news_sm has no word vectors). The built-in one takes the lemma
from `simplemma` (docs/decisions/0003-dutch-pipeline.md).
"""

# spaCy reads the annotations of a factory at run time, so they are not postponed here.
from importlib.util import find_spec
from typing import Any

import simplemma
import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from spacy.language import Language
from spacy.tokens import Doc

OFFICIAL = "nl_core_news_sm"
BUILT_IN = "ingebouwd-nl"


def pipeline_in_use() -> str:
    """The name of the Dutch pipeline of this installation."""
    return OFFICIAL if find_spec(OFFICIAL) else BUILT_IN


class Lemmas:
    """A spaCy component that gives each word its lemma."""

    def __call__(self, doc: Doc) -> Doc:
        """Set the lemma of each token."""
        for token in doc:
            token.lemma_ = simplemma.lemmatize(token.text, lang="nl")
        return doc


@Language.factory("hulpchat_lemmas")
def _create_lemmas(nlp: Language, name: str) -> Lemmas:
    return Lemmas()


def built_in_pipeline() -> Language:
    """A Dutch pipeline that needs no downloaded model."""
    nlp = spacy.blank("nl")
    nlp.add_pipe("hulpchat_lemmas")
    return nlp


_MODEL_LOADER = [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER]


@DefaultV1Recipe.register(_MODEL_LOADER, is_trainable=False, model_from="DutchPipeline")
class DutchPipeline(SpacyNLP):
    """Rasa's `SpacyNLP` with the pipeline of this installation; the name differs, so Rasa trains again on a change."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DutchPipeline":
        """Load the pipeline in use."""
        name = pipeline_in_use()
        model = cls.load_model(OFFICIAL) if name == OFFICIAL else SpacyModel(built_in_pipeline(), BUILT_IN)
        return cls(model, {**cls.get_default_config(), **config})

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Train again when the other pipeline is in use."""
        return pipeline_in_use()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DutchTokenizer(SpacyTokenizer):
    """Rasa's spaCy tokenizer, fed by `DutchPipeline`."""
