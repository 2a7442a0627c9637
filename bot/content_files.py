"""Reads a YAML file of `content/` into a model; a mistake names the file, the line and the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, Extra, ValidationError


class ContentError(ValueError):
    """A content file that cannot be used; the message names the file and what is wrong."""


class Strict(BaseModel):
    """A model in which an unknown field is a mistake."""

    class Config:
        """Pydantic's settings."""

        extra = Extra.forbid
        frozen = True


Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path) -> Any:
    """What stands in a YAML file.

    Raises:
        ContentError: it is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ContentError(f"{path}: line {mark.line + 1 if mark else 1}: not valid YAML: {problem}") from error


def parse(path: Path, model: type[Model]) -> Model:
    """A YAML file as a model.

    Raises:
        ContentError: it is not YAML, or a field is missing, unknown or wrong; the message has one line for each mistake.
    """
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise ContentError(f"{path}: line 1: fields are needed, such as name: …")
    try:
        return model.parse_obj(data)
    except ValidationError as error:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        found = []
        for mistake in error.errors():
            place = tuple(p for p in mistake["loc"] if p != "__root__")
            field = ".".join(map(str, place))
            found.append(f"{path}: line {line_of(node, place)}: {field}: {mistake['msg']}")
        raise ContentError("\n".join(found)) from error


def line_in(path: Path, field: str) -> int:
    """The line on which a field stands in a YAML file that can be read; counted from 1."""
    return line_of(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), (field,))


def line_of(node: yaml.Node | None, field: tuple[int | str, ...]) -> int:
    """The line on which a field stands, or of what is around it when it is missing; counted from 1.

    Args:
        node: the file, as `yaml.compose` reads it.
        field: the way to it: names of fields, and places in lists.
    """
    line = node.start_mark.line + 1 if node else 1
    for part in field:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
