"""The file that other sites load: small, complete, with nothing of elsewhere in it."""

import gzip
import json
import re
import shutil

import pytest

from bot.content import ContentError, load, project_content
from bot.content_check import check
from bot.settings import CONTENT
from bot.widget.files import SCRIPT, STYLE, make_script, read_widget_content

MOST_BYTES = 15 * 1024


@pytest.fixture(scope="module")
def script() -> str:
    content = project_content()
    return make_script(content, read_widget_content(content)).decode("ascii")


def test_it_is_at_most_fifteen_kilobytes_packed(script):
    size = len(gzip.compress(script.encode(), 9))
    print(f"\nwidget.js: {len(script)} bytes, {size} packed")
    assert size <= MOST_BYTES


def test_every_text_it_asks_for_is_in_the_content_and_none_is_left_over():
    asked = set(re.findall(r"\bTEXT\.([a-z_]+)", SCRIPT.read_text(encoding="utf-8")))
    assert asked == set(read_widget_content(project_content()).chat)


def test_no_sentence_stands_in_the_code():
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', SCRIPT.read_text(encoding="utf-8"))
    sentences = [s for s in strings if re.search(r"[a-z] [a-z]+ [a-z]", s) and s != "nofollow noreferrer noopener"]
    assert sentences == []


def test_the_numbers_of_the_directory_are_in_it_as_they_are_dialled(script):
    data = json.loads(re.search(r"const CONTENT = (\{.*\});", script).group(1))
    lines = load().lines.values()
    assert {line.phone for line in lines if line.phone} <= set(data["phones"])
    assert [line["tel"] for line in data["lines"]] == ["tel:112", "tel:08002000", "tel:113"]
    assert {line["more"] for line in data["lines"]} == {"dag en nacht, gratis"}
    assert "[[" not in script


def test_it_keeps_nothing_and_runs_nothing_that_a_strict_policy_forbids():
    code = SCRIPT.read_text(encoding="utf-8")
    for word in (
        "localStorage", "sessionStorage", "indexedDB", ".cookie", "innerHTML", "outerHTML", "insertAdjacentHTML",
        "document.write", "eval(", "new Function", "import(", "@font-face", "https://", "http://",
    ):  # fmt: skip
        assert word not in code + STYLE.read_text(encoding="utf-8"), word


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("line: noodnummer", "line: bestaat_niet", "bestaat_niet"),
        ("[[veilig_thuis.phone]]", "[[onbekend.phone]]", "onbekend"),
        ("chat:\n", "chat: [\n", "YAML"),
        ("reviewed_by: null", "reviewed_bi: null", "reviewed_bi"),
    ],
)
def test_a_mistake_in_the_texts_is_named_with_its_file(tmp_path, old, new, says):
    text = (CONTENT / "widget.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "widget.yml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        read_widget_content(project_content(), tmp_path)
    assert says in str(error.value)
    assert "widget.yml" in str(error.value)


def test_the_check_reads_the_texts_of_the_chat_and_the_organisations(tmp_path):
    root = tmp_path / "content"
    shutil.copytree(CONTENT, root)
    texts = root / "widget.yml"
    texts.write_text(
        texts.read_text(encoding="utf-8").replace('send: "Stuur"', 'send: "Bel 0800-1234"'), encoding="utf-8"
    )
    (root / "organisations" / "huis.yml").write_text("naam: x\n", encoding="utf-8")
    errors = "\n".join(check(root).errors)
    assert "widget.yml: chat.send: number '0800-1234' is typed out" in errors
    assert "huis.yml: line 1: naam" in errors
