"""The overview over real HTTP: who may see what, signing in, notes, exports."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from bot.dashboard.accounts import AccountError, Accounts
from bot.dashboard.sessions import TRIES, Browsers, SignedIn, Tries
from bot.settings import PROJECT
from bot.themes.demo import fill
from bot.themes.store import Group
from tests.conftest import free_port

PASSWORD = "een-lang-wachtwoord"
GROUPS = {Group("web"): 90, Group("web", "noord"): 150, Group("web", "zuid"): 120}


class Overview:
    def __init__(self, folder: Path) -> None:
        self.themes_db = folder / "themes.db"
        self.address = f"http://127.0.0.1:{free_port()}"
        self.accounts = Accounts(folder / "accounts.db")
        self.environment = {
            **os.environ,
            "THEMES_DB": str(self.themes_db),
            "DASHBOARD_PORT": self.address.rsplit(":", 1)[1],
        }
        self.log = folder / "log.txt"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "overview"], cwd=PROJECT, env=self.environment,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.address}/aanmelden")
                return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail(self.log.read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def visitor(self, address: str = "10.0.0.1") -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"X-Forwarded-For": address}, follow_redirects=True)

    def signed_in(self, name: str, password: str = PASSWORD) -> httpx.Client:
        visitor = self.visitor()
        assert sign_in(visitor, name, password).status_code == 200
        return visitor


def sign_in(visitor: httpx.Client, name: str, password: str) -> httpx.Response:
    page = visitor.get("/aanmelden").text
    return visitor.post("/aanmelden", data={"naam": name, "wachtwoord": password, "token": token(page)})


def token(page: str) -> str:
    return re.search(r'name="token" value="([^"]+)"', page).group(1)


@pytest.fixture(scope="module")
def overview(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overview")
    made = Overview(folder)
    fill(made.themes_db, GROUPS, weeks=30)
    accounts = pytest.MonkeyPatch()
    accounts.setattr("bot.dashboard.accounts.counted", lambda: frozenset({"noord", "zuid"}))
    made.accounts.add("beheer", "coordinator", password=PASSWORD)
    made.accounts.add("els", "counsellor", "noord", password=PASSWORD)
    made.accounts.add("weg", "coordinator", password=PASSWORD)
    accounts.undo()
    made.start()
    yield made
    made.stop()


PAGES = ("/", "/onderwerpen", "/gesprekken", "/niet-begrepen", "/niet-begrepen/remorse", "/op-papier", "/aantekeningen",
         "/uitleg", "/aanmeldingen", "/cijfers.csv", "/cijfers.json")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_without_signing_in_there_is_nothing_to_see(overview, path):
    visitor = httpx.Client(base_url=overview.address)
    answer = visitor.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"] == "/aanmelden"
    assert answer.text == ""


@pytest.mark.parametrize("path", PAGES)
def test_a_coordinator_sees_every_page(overview, path):
    assert overview.signed_in("beheer").get(path).status_code == 200


def test_a_counsellor_sees_the_own_organisation_only_whatever_is_asked(overview):
    els = overview.signed_in("els")
    for query in ("", "?organisatie=zuid", "?organisatie=-", "?organisatie="):
        lines = els.get(f"/cijfers.csv{query}").text.splitlines()[1:]
        assert lines
        assert {line.split(",")[3] for line in lines} == {"noord"}
    assert "zuid" not in els.get("/").text
    assert els.get("/aanmeldingen").status_code == 403


def test_cookies_cannot_be_read_by_scripts_or_sent_by_other_sites(overview):
    visitor = overview.visitor()
    visitor.headers["X-Forwarded-Proto"] = "https"
    visitor.follow_redirects = False
    page = visitor.get("/aanmelden")
    visitor.cookies.set("formulier", page.cookies["formulier"])
    answer = visitor.post("/aanmelden", data={"naam": "beheer", "wachtwoord": PASSWORD, "token": token(page.text)})
    for cookie in answer.headers.get_list("set-cookie"):
        assert {"HttpOnly", "SameSite=Strict", "Secure"} <= {part.strip() for part in cookie.split(";")}


def test_a_form_of_another_site_changes_nothing(overview):
    beheer = overview.signed_in("beheer")
    assert beheer.post("/aantekeningen", data={"week": "2026-W40", "tekst": "x", "token": "y"}).status_code == 403
    assert beheer.post("/afmelden", data={}).status_code == 403
    assert overview.visitor().post("/aanmelden", data={"naam": "beheer", "wachtwoord": PASSWORD}).status_code == 403


def test_signing_out_ends_the_session_on_the_server(overview):
    beheer = overview.signed_in("beheer")
    kept = dict(beheer.cookies)
    beheer.post("/afmelden", data={"token": token(beheer.get("/").text)})
    again = httpx.Client(base_url=overview.address, cookies=kept)
    assert again.get("/").status_code == 302


def test_a_new_password_or_removal_ends_open_sessions(overview):
    visitor = overview.signed_in("weg")
    new = overview.accounts.reset("weg")
    assert "Aanmelden" in visitor.get("/").text
    visitor = overview.signed_in("weg", new)
    overview.accounts.remove("weg")
    assert "Aanmelden" in visitor.get("/").text


def test_a_wrong_password_and_an_unknown_name_read_the_same(overview):
    answers = [sign_in(overview.visitor("10.0.0.2"), name, "fout-fout-fout") for name in ("els", "bestaatniet")]
    assert {a.status_code for a in answers} == {403}
    assert len({re.sub(r'value="[^"]*"', "", a.text) for a in answers}) == 1


def test_who_guesses_is_stopped_and_locks_nobody_else_out(overview):
    els = overview.signed_in("els")
    for _ in range(TRIES + 1):
        last = sign_in(overview.visitor("10.9.9.9"), "els", "fout-fout-fout")
    assert last.status_code == 429
    assert sign_in(overview.visitor("10.0.0.3"), "els", PASSWORD).status_code == 200, "from another address"
    els.headers["X-Forwarded-For"] = "10.9.9.9"
    els.cookies.delete("aangemeld")
    assert sign_in(els, "els", PASSWORD).status_code == 200, "from a browser that is known, at the same address"


def test_sign_ins_are_listed_without_what_was_typed_as_an_unknown_name(overview):
    sign_in(overview.visitor("10.0.0.4"), "mijn-geheime-wachtwoord", "x")
    page = overview.signed_in("beheer").get("/aanmeldingen").text
    assert "gelukt" in page
    assert "onbekende naam" in page
    assert "mijn-geheime-wachtwoord" not in page


def test_a_note_is_seen_with_its_week_as_text_and_only_its_writer_can_remove_it(overview):
    els, beheer = overview.signed_in("els"), overview.signed_in("beheer")
    page = els.get("/aantekeningen").text
    sent = {"week": "2026-W40", "tekst": "<b>campagne</b> langs de weg", "token": token(page)}
    page = els.post("/aantekeningen", data=sent).text
    assert "&lt;b&gt;campagne&lt;/b&gt; langs de weg" in page
    number = re.search(r'name="nummer" value="(\d+)"', page).group(1)
    beheer.post("/aantekeningen/weg", data={"nummer": number, "token": token(beheer.get("/").text)})
    assert "langs de weg" in beheer.get("/aantekeningen").text
    els.post("/aantekeningen/weg", data={"nummer": number, "token": token(page)})
    assert "langs de weg" not in els.get("/aantekeningen").text


@pytest.mark.parametrize(
    "data",
    [{"week": "morgen", "tekst": "x"}, {"week": "2026-W40", "tekst": ""}, {"week": "2026-W40", "tekst": "x" * 201}],
)
def test_a_note_that_cannot_be_is_said(overview, data):
    els = overview.signed_in("els")
    answer = els.post("/aantekeningen", data={**data, "token": token(els.get("/aantekeningen").text)})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "query",
    ["van=gisteren", "tot=2026-W99", "van=2026-W40&tot=2026-W30", "per=uur", "kanaal=fax", "organisatie=niemand",
     "van=0001-W01&tot=9999-W52", "organisatie='%20OR%201=1--"],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said(overview, query):
    answer = overview.signed_in("beheer").get(f"/?{query}")
    assert answer.status_code == 400
    assert 'class="problem"' in answer.text


def test_a_choice_without_a_whole_month_says_what_to_do(overview):
    assert "Nog niets te tonen" in overview.signed_in("beheer").get("/?van=2026-W30&tot=2026-W31&per=month").text


def test_pages_load_nothing_from_elsewhere_and_no_script(overview):
    beheer = overview.signed_in("beheer")
    for path in PAGES[:9]:
        answer = beheer.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_the_page_for_a_theme_shows_what_editors_wrote(overview):
    page = overview.signed_in("els").get("/niet-begrepen/remorse").text
    assert "content/replies/thema_verandering.yml" in page
    assert "data/nlu/remorse.yml" in page
    assert overview.signed_in("els").get("/niet-begrepen/..%2f..%2fetc").status_code == 404


def test_before_the_first_period_is_over_the_page_explains_itself(tmp_path):
    empty = Overview(tmp_path)
    empty.accounts.add("beheer", "coordinator", password=PASSWORD)
    empty.start()
    try:
        page = empty.signed_in("beheer").get("/").text
        assert "Nog niets te tonen" in page
    finally:
        empty.stop()


def test_accounts_need_a_plain_name_and_a_known_organisation(tmp_path):
    accounts = Accounts(tmp_path / "accounts.db")
    for name, role, organisation in (
        ("A b", "coordinator", ""),
        ("els", "counsellor", "x"),
        ("jan", "coordinator", "x"),
    ):
        with pytest.raises(AccountError):
            accounts.add(name, role, organisation)
    accounts.add("jan", "coordinator")
    with pytest.raises(AccountError, match="already"):
        accounts.add("jan", "coordinator")
    for change in (accounts.reset, accounts.remove):
        with pytest.raises(AccountError, match="no account"):
            change("piet")


def test_passwords_are_kept_as_argon2_only(tmp_path):
    accounts = Accounts(tmp_path / "accounts.db")
    made = accounts.add("jan", "coordinator")
    held = (tmp_path / "accounts.db").read_bytes()
    assert made.encode() not in held
    assert b"$argon2id$" in held
    assert accounts.check("jan", made) and not accounts.check("jan", made + "x") and not accounts.check("piet", made)


def test_sessions_end_after_idling_and_after_a_day_of_work(tmp_path):
    now = [0.0]
    accounts = Accounts(tmp_path / "accounts.db")
    accounts.add("jan", "coordinator")
    sessions = SignedIn(lambda: now[0])
    value = sessions.begin(accounts.find("jan"))
    now[0] = 44 * 60
    assert sessions.find(value)
    now[0] = 90 * 60
    assert sessions.find(value) is None
    value = sessions.begin(accounts.find("jan"))
    for _ in range(40):
        now[0] += 20 * 60
        found = sessions.find(value)
    assert found is None


def test_a_browser_is_known_for_the_name_that_signed_in_only():
    browsers = Browsers(b"x" * 32)
    cookie = browsers.cookie("els")
    assert browsers.known("els", cookie)
    assert browsers.known("jan", cookie) is None
    assert browsers.known("els", "vals.vals") is None


def test_strangers_together_cannot_keep_a_known_browser_out():
    tries = Tries(lambda: 0.0)
    while tries.take("els", "1.2.3.4", None) or tries.take("x", str(id(object())), None):
        pass
    assert tries.take("els", "1.2.3.4", "known browser")
