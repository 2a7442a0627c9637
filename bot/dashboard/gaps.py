"""What the bot has to say and to learn from for a theme, so that a counsellor can ask for better. Only what editors wrote."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.content import project_content, with_usual_words
from bot.settings import PROJECT

EXAMPLES = PROJECT / "data" / "nlu"


@dataclass(frozen=True)
class Material:
    """What exists for a theme.

    Attributes:
        file: where the replies stand, below `content/`.
        replies: the wordings, help lines filled in.
        buttons: what one can choose after it.
        examples: made-up messages, by writer.
        examples_file: where those stand, below the project.
    """

    file: str
    replies: tuple[str, ...]
    buttons: tuple[str, ...]
    examples: dict[str, tuple[str, ...]]
    examples_file: str

    @property
    def example_count(self) -> int:
        """How many examples there are."""
        return sum(len(lines) for lines in self.examples.values())


@lru_cache(maxsize=64)
def material(theme: str) -> Material:
    """The replies and examples of one of the 43 themes."""
    content = project_content()
    step = content.steps.get(theme)
    path = EXAMPLES / f"{theme}.yml"
    examples: dict[str, tuple[str, ...]] = {}
    if path.is_file():
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            writer = (block.get("metadata") or {}).get("writer", "")
            lines = tuple(line.removeprefix("- ").strip() for line in block["examples"].splitlines() if line.strip())
            examples[writer] = examples.get(writer, ()) + lines
    return Material(
        file=f"content/{content.origin[theme]}" if step else "",
        replies=tuple(content.fill(with_usual_words(text)) for text in step.variations) if step else (),
        buttons=tuple(button.title for button in step.buttons) if step else (),
        examples=examples,
        examples_file=str(path.relative_to(PROJECT)),
    )
