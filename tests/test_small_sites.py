"""A site with nothing, one or two of each thing: no page speaks of « 1 villages », of nought, or of what is not there."""

import html
import re

import pytest
from django.contrib.admin import site
from django.urls import reverse
from django.utils import translation

from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import IntroductionFactory, ProjectFileFactory, TaskFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, RateFactory, TelecentreFactory
from tests.factories.villages import CommitteeMemberFactory, HousingFactory, JourneyFactory, VillageFactory
from tests.policies import DESK, EVERYBODY, POLICIES

pytestmark = pytest.mark.django_db

ENDS_IN_S_AND_IS_ONE = {  # the one row of booking limits is called « limites »
    "fr": {"fois", "mois", "plus", "dans", "sans", "très", "sous", "vers", "des", "accès", "limites"},
    "en": {"is", "has", "was", "misses", "does", "less", "plus", "across", "this", "holds", "answers", "joins", "bus", "limits"},
}
NAMES = ["Lavardens", "Montestruc"]
READABLE = {"page", "elsewhere"}
MANY = {"fr": r"[a-zà-ÿœ’'-]+[sx]", "en": r"[a-z'’-]+s"}


def words_of(response) -> str:
    """What a reader sees, drawings and the codes of pages left out."""
    page = re.sub(r"(?s)<(script|style|svg|option|template)\b.*?</\1>", " ", response.content.decode())
    # What a box would find, and how far a list of questions is, may well be nought.
    page = re.sub(r'(?s)<span class="choice__count".*?</span>\s*</span>|<p class="progress__sum">.*?</p>', " ", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " | ", page)))


def meta_of(response) -> str:
    return html.unescape(" ".join(re.findall(r'<meta name="description" content="([^"]*)"', response.content.decode())))


def wrong_plurals(text: str, language: str) -> list[str]:
    singulars = re.findall(rf"(?<![\d,.:/h-])(?<!\d[\s\u202f\u00a0])1[ \u00a0\u202f]({MANY[language]})\b", text, re.IGNORECASE)
    bad = [f"1 {word}" for word in singulars if word.lower() not in ENDS_IN_S_AND_IS_ONE[language]]
    nought = re.findall(r"(?<![\d,.:/h-])(?<!\d[\s\u202f\u00a0])\b0[ \u00a0\u202f]([a-zà-ÿœ]{3,}[^|.]{0,30})", text, re.IGNORECASE)
    return bad + [f"0 {words}" for words in nought]


def build(count: int) -> list[str]:
    """So many of each thing; the addresses of what was made."""
    made = []
    for n in range(count):
        village = VillageFactory(commune__name=NAMES[n], tagline="Un village au bord de l’eau")
        CommitteeMemberFactory(village=village)
        housing = HousingFactory(village=village)
        telecentre = TelecentreFactory()
        desk = DeskFactory(telecentre=telecentre)
        RateFactory(telecentre=telecentre)
        JourneyFactory(village=village, place__telecentre=True, place__commune=telecentre.commune)
        member = MemberFactory(shown=True)
        BookingFactory(desk=desk)
        made += [village.get_absolute_url(), telecentre.get_absolute_url(), reverse("villages:housing", args=[housing.pk])]
        made += [reverse("members:member", args=[member.slug]), reverse("telecentres:week", args=[telecentre.slug])]
    return made


NONE_OR_TWO_IN_ENGLISH = [pytest.param(count, "en", marks=pytest.mark.thorough) for count in (0, 2)]


@pytest.mark.parametrize(("count", "language"), [(0, "fr"), (1, "fr"), (2, "fr"), (1, "en"), *NONE_OR_TWO_IN_ENGLISH])
def test_no_public_page_counts_wrongly(client, count, language):
    with translation.override(language):
        addresses = build(count)
        public = [name for name, policy in POLICIES.items() if not policy.arguments and policy.gets.get("visitor") in READABLE]
        addresses += [reverse(name) for name in public if name not in {"livez", "readyz"}]
        lists = [reverse("villages:villages"), reverse("villages:housings")]
        addresses += [page + query for page in lists for query in ("?q=xyzzy", "?q=aaa&en=toulouse", "?presque=1")]
    assert not found_wrong(client, addresses, language)


EVERY_ROLE_EVERYWHERE = [
    pytest.param(count, language, True, marks=pytest.mark.thorough) for count in (0, 1, 2) for language in ("fr", "en")
]


@pytest.mark.parametrize(("count", "language", "everywhere"), [(0, "fr", False), (1, "fr", False), *EVERY_ROLE_EVERYWHERE])
def test_no_page_of_somebody_signed_in_counts_wrongly(client_of, settings, count, language, everywhere):
    settings.STAFF_MFA_REQUIRED = False
    people = {
        "member": MemberFactory(for_members=True).user,
        "committee": CommitteeMemberFactory(user=UserFactory(), village__commune__name="Simorre").user,
        "host": UserFactory(),
        "adviser": UserFactory(lead=True),
        "administrator": UserFactory(admin=True),
    }
    place = TelecentreFactory()
    place.hosts.add(people["host"])
    with translation.override(language):
        lived = dict.fromkeys(build(count), EVERYBODY)
        if count:
            BookingFactory(member=people["member"].member)
        for _n in range(count):
            file = ProjectFileFactory(supported=True, adviser=people["adviser"])
            TaskFactory(file=file, assignee=people["adviser"])
            IntroductionFactory(sent=True, village=people["committee"].committee_seats.get().village)
            lived[file.get_admin_url()] = DESK
        kept = people["committee"].committee_seats.get().village.slug
        arguments = {"": [], "kept place": [place.slug], "kept village": [kept]}
        for name, policy in POLICIES.items():
            if policy.arguments in arguments and name not in {"livez", "readyz", "account_logout"}:
                lived[reverse(name, args=arguments[policy.arguments])] = policy.gets
        lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in site._registry]
        lived |= {reverse(name): DESK for name in [*lists, "admin:index"]}
    # Who works here reads counts of nought: no task late, no result. What is public says it in words.
    wrong = {}
    for role, user in people.items():
        pages = [address for address, gets in lived.items() if everywhere or is_read_as(role, gets)]
        wrong[role] = found_wrong(client_of(user), pages, language, noughts=False)
    assert not {role: lines for role, lines in wrong.items() if lines}


def is_read_as(role: str, gets: dict[str, str]) -> bool:
    """What is for everybody, a member reads for all who are signed in."""
    return role == "member" if gets["visitor"] in READABLE else gets[role] in READABLE


def found_wrong(client, addresses: list[str], language: str, *, noughts: bool = True) -> str:
    """A line for each page that counts wrongly, with the words."""
    lines = []
    for address in sorted(set(addresses)):
        response = client.get(address, follow=True)
        if response.streaming or "html" not in response.get("Content-Type", "") or response.status_code != 200:
            continue
        wrong = wrong_plurals(words_of(response) + " | " + meta_of(response), language)
        if wrong := [words for words in wrong if noughts or not words.startswith("0")]:
            lines.append(f"{address}: {', '.join(wrong)}")
    return "\n".join(lines)


def test_what_a_wrong_plural_is():
    assert wrong_plurals("Voir les 1 villages", "fr") == ["1 villages"]
    assert wrong_plurals("1 mois, 21 villages, 1 village, 8 h 1 minutes", "fr") == ["1 minutes"]
    assert wrong_plurals("0 village accueillant", "fr") == ["0 village accueillant"]
    assert wrong_plurals("10 villages", "fr") == []


def test_a_place_whose_hours_nobody_wrote_down_is_not_called_closed(client):
    """A new télécentre, saved in the admin before its hours are known."""
    place = TelecentreFactory(slug="lavardens", weekdays=())
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    for name in ("telecentre", "week", "day", "wall"):
        words = words_of(client.get(reverse(f"telecentres:{name}", args=["lavardens"])))
        assert "Les horaires ne sont pas encore connus." in words, name
        assert not re.search(r"\bfermé\b", words, re.IGNORECASE), name


def test_a_village_without_a_committee_says_nothing_of_what_its_committee_can(client):
    village = VillageFactory(commune__name="Lavardens", monthly_capacity=1)
    words = words_of(client.get(village.get_absolute_url()))
    assert "Pas encore de comité d’accueil" in words
    assert "Le village peut accueillir une famille par mois" in words
    assert "Le comité peut" not in words
