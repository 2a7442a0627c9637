"""Organisations' files: a mistake is named with file, line and field, and the bot starts without that one."""

from pathlib import Path

import pytest

from bot.organisations import contrast, load_organisations, read_site


def write(folder: Path, text: str, name: str = "huis-a.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_the_guideline(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_a_good_file_is_read(tmp_path):
    site = read_site(write(tmp_path, 'name: Huis A\ncolours: {main: "#154273", on_main: "#FFFFFF"}\n'))
    assert site.as_json() == {
        "name": "Huis A",
        "colours": {"main": "#154273", "on_main": "#ffffff"},
        "logo": None,
        "exit_url": None,
    }


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('name: A\ncolours:\n  main: "#777777"\n  on_main: "#999999"\n', 2, ["colours", "contrast 1.6", "4.5"]),
        ('name: A\ncolours:\n  main: blauw\n  on_main: "#ffffff"\n', 3, ["colours.main", "blauw", "#rrggbb"]),
        ("name: A\ncolours:\n  main: #154273\n  on_main: '#ffffff'\n", 3, ["colours.main"]),
        ('name: A\ncolours:\n  main: "#154273"\n', 2, ["colours.on_main", "required"]),
        ("# wie\n\nexit_url: https://x.example\n", 3, ["name", "required"]),
        ("name: A\nexit_url: javascript:alert(1)\n", 2, ["exit_url", "https://"]),
        ("name: A\nexit_url: http://x.example\n", 2, ["exit_url", "https://"]),
        ("name: A\nlogo: ../../.env\n", 2, ["logo", "next to this one"]),
        ("name: A\nlogo: weg.svg\n", 2, ["logo", "there is no weg.svg"]),
        ("name: A\nlogo: a.html\n", 2, ["logo", ".svg"]),
        ("name: A\nkleur: blauw\n", 2, ["kleur", "extra fields"]),
        ("name: [\n", 2, ["not valid YAML"]),
        ("- A\n", 1, ["fields are needed"]),
        ("", 1, ["fields are needed"]),
        (f"name: {'x' * 81}\n", 1, ["name", "80"]),
    ],
)
def test_a_mistake_names_file_line_and_field(tmp_path, text, line, says):
    path = write(tmp_path, text)
    sites, mistakes = load_organisations(tmp_path)
    assert sites == {}
    (mistake,) = mistakes
    assert mistake.startswith(f"{path}: line {line}: ")
    for part in says:
        assert part in mistake


def test_a_logo_that_is_too_large_is_refused(tmp_path):
    (tmp_path / "groot.png").write_bytes(b"x" * 50_001)
    write(tmp_path, "name: A\nlogo: groot.png\n")
    assert "50 kB" in load_organisations(tmp_path)[1][0]


def test_a_name_that_cannot_stand_in_an_address_is_refused(tmp_path):
    write(tmp_path, "name: A\n", "Huis A.yml")
    assert "line 1: the name of the file" in load_organisations(tmp_path)[1][0]


def test_a_bad_file_does_not_keep_the_good_ones_out(tmp_path):
    write(tmp_path, "name: A\n", "a.yml")
    write(tmp_path, "naam: B\n", "b.yml")
    sites, mistakes = load_organisations(tmp_path)
    assert list(sites) == ["a"]
    assert len(mistakes) == 1
    assert "naam: extra fields" in mistakes[0]
    assert "name: field required" in mistakes[0]


def test_examples_are_there_only_when_asked_for():
    assert "blauwe-deur" not in load_organisations()[0]
    sites, mistakes = load_organisations(examples=True)
    assert "verzonnen" in sites["blauwe-deur"].organisation.name
    assert mistakes == []
