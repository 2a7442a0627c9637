"""The directory on paper: `python -m bot content print`, as a counsellor prints it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content import load
from bot.settings import PROJECT


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """What the command writes."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "content", "print"], cwd=PROJECT, capture_output=True, timeout=120, check=True
    )
    file = tmp_path / "directory.html"
    file.write_bytes(done.stdout)
    return file


async def test_the_printed_page_names_every_line_with_its_source_and_date(browser, printed):
    page = await browser.new_page()
    await page.goto(printed.as_uri())
    await page.emulate_media(media="print")
    text = await page.inner_text("body")
    for line in load().lines.values():
        assert line.name in text
        assert line.source in text
        assert not line.phone or line.phone in text
    pdf = await page.pdf(format="A4")
    await page.close()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
