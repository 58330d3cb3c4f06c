"""What may not be seen cannot be found, counted, filtered by or guessed."""

import random
import unicodedata

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.html import escape

from members.enums import MemberStatus, Visibility
from members.models import SHOWN_FIELDS, Member, User
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.villages import CommuneFactory, VillageFactory

pytestmark = pytest.mark.django_db

DIRECTORY = reverse("members:members")


def names(response) -> list[str]:
    return [person.name for person in response.context["people"]]


def make(name: str = "Inès Daubas", **facts) -> Member:
    first, _, last = name.partition(" ")
    return MemberFactory(user__first_name=first, user__last_name=last, **facts)


# ---- Who sees what ----------------------------------------------------------------------------------------------------

VIEWERS = {
    "visitor": lambda: AnonymousUser(),
    "account without membership": lambda: UserFactory(),
    "former member": lambda: MemberFactory(status=MemberStatus.FORMER).user,
    "closed account of a member": lambda: MemberFactory(user__is_active=False).user,
    "member": lambda: MemberFactory().user,
    "adviser": lambda: UserFactory(adviser=True),
    "lead": lambda: UserFactory(lead=True),
    "administrator": lambda: UserFactory(admin=True),
}
SEES_MEMBERS_ONLY = {"member", "adviser", "lead", "administrator"}


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("field", SHOWN_FIELDS)
@pytest.mark.parametrize("level", Visibility)
def test_a_field_is_seen_by_those_its_owner_chose(viewer, field, level):
    shown = MemberFactory(**{"shown": True, f"{field}_visibility": level})
    allowed = level == Visibility.PUBLIC or (level == Visibility.MEMBERS and viewer in SEES_MEMBERS_ONLY)
    found = Member.objects.shown_to(VIEWERS[viewer]()).filter(pk=shown.pk).first()
    if field == "name":
        assert (found is not None) == allowed
    else:
        assert getattr(found, f"sees_{field}") == allowed


@pytest.mark.parametrize("facts", [{"status": MemberStatus.FORMER}, {"user__is_active": False}])
def test_a_member_who_left_is_not_in_the_directory(facts):
    MemberFactory(shown=True, **facts)
    stayed = MemberFactory(shown=True)
    assert list(Member.objects.shown_to(UserFactory(admin=True))) == [stayed]


# ---- Against a plain reading of the rules -----------------------------------------------------------------------------

FIRST = ["Zoé", "Élodie", "Paul", "Jean-Pierre", "Anaïs"]
LAST = ["Lafargue", "Œuvrard", "D’Août", "Le Clerc", "Éstève"]
COMMUNES = ["Lectoure", "La Romieu", "L’Isle-Jourdain", "Éauze", "Saint-Clar"]
ACTIVITIES = ["Traductrice", "Développeuse web", "Monteur vidéo", "Rédacteur à Éauze"]
SKILLS = ["C++", "Relecture", "Montage vidéo", "Lectoure", "Anglais juridique"]
BIOS = ["", "Je traduis à Lectoure.", "Cœur de métier : la vidéo", "Ancien de l’Isle-Jourdain"]
WORDS = [
    "zoe",
    "OEUVRARD",
    "éle",
    "lectoure",
    "isle-jourdain",
    "l’isle",
    "saint clar",
    "c++",
    "video",
    "eauze",
    "c",
    "%",
    "_",
    "à",
    "-",
]


def plain(text: str) -> str:
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)).lower()


def spaced(text: str) -> str:
    return " ".join("".join(sign if sign.isascii() and sign.isalnum() else " " for sign in plain(text)).split())


def is_name_like(word: str) -> bool:
    return any(sign.isalnum() for sign in word) and all(sign.isalnum() or sign in "’'.-_" for sign in word)


def expected(members: list[Member], levels: set[str], asked: dict[str, str]) -> list[int]:
    """The directory as one would do it by hand, member by member."""

    def matches(member: Member) -> bool:
        sees = {field: getattr(member, f"{field}_visibility") in levels for field in SHOWN_FIELDS}
        if member.status != MemberStatus.ACTIVE or not sees["name"]:
            return False
        name, commune = spaced(f"{member.user.last_name} {member.user.first_name}"), spaced(member.commune.name)
        skills = plain(", ".join(member.skills))
        texts = [plain(member.activity), *([plain(member.bio), skills] if sees["bio"] else [])]
        words = asked["q"].split()
        its_name = sees["commune"] and spaced(asked["q"]) == commune
        for word in [] if its_name else [word for word in words if spaced(word)] or words:
            in_names = is_name_like(word) and (spaced(word) in name or (sees["commune"] and spaced(word) in commune))
            if not in_names and not any(plain(word) in text for text in texts):
                return False
        if plain(asked["activity"]) not in plain(member.activity):
            return False
        begins = spaced(asked["commune"])
        if asked["commune"] and not (sees["commune"] and begins and commune.startswith(begins)):
            return False
        return not asked["skill"] or (sees["bio"] and plain(asked["skill"]) in skills)

    found = filter(matches, members)
    return [member.pk for member in sorted(found, key=lambda it: (spaced(f"{it.user.last_name} {it.user.first_name}"), it.pk))]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (0, *range(2, 12)))])
def test_the_directory_answers_as_a_plain_reading_of_the_rules(client, seed):
    chance = random.Random(seed)
    communes = [CommuneFactory(name=name) for name in COMMUNES]
    members = [
        MemberFactory(
            user__first_name=chance.choice(FIRST),
            user__last_name=chance.choice(LAST),
            commune=chance.choice(communes),
            activity=chance.choice(ACTIVITIES),
            skills=chance.sample(SKILLS, chance.randrange(3)),
            bio=chance.choice(BIOS),
            status=chance.choice([MemberStatus.ACTIVE] * 5 + [MemberStatus.FORMER]),
            **{f"{field}_visibility": chance.choice(list(Visibility)) for field in SHOWN_FIELDS},
        )
        for _ in range(24)
    ]
    viewers = [(None, {"public"}), (MemberFactory().user, {"public", "members"})]
    pks = {member.slug: member.pk for member in members}
    for _ in range(25):
        viewer, levels = chance.choice(viewers)
        asked = {
            "q": " ".join(chance.sample(WORDS, chance.choice([0, 1, 1, 2]))),
            "activity": chance.choice(["", "", "video", "TRAD"]),
            "commune": chance.choice(["", "", "lec", "l isle", "ÉAUZE", "-"]),
            "skill": chance.choice(["", "", "C++", "vidéo", "lectoure"]),
        }
        client.force_login(viewer) if viewer else client.logout()
        response = client.get(DIRECTORY, asked)
        right = expected(members, levels, asked)
        if right or not response.context["people"]:
            assert [pks[person.slug] for person in response.context["people"]] == right, asked
        else:
            assert response.context["form"].resembling  # said, and tested with slips of the finger
        assert response.context["page"].paginator.count == len(response.context["people"])


# ---- The page ---------------------------------------------------------------------------------------------------------


def test_a_hidden_commune_is_neither_shown_nor_found_nor_counted(client):
    make(shown=True, commune=CommuneFactory(name="Marciac"), commune_visibility=Visibility.MEMBERS)
    assert "Marciac" not in client.get(DIRECTORY).content.decode()
    for asked in ({"commune": "Marciac"}, {"q": "Marciac"}):
        response = client.get(DIRECTORY, asked)
        assert names(response) == []
        assert response.context["page"].paginator.count == 0
    client.force_login(MemberFactory().user)
    assert names(client.get(DIRECTORY, {"commune": "Marciac"})) == ["Inès Daubas"]


def test_hidden_skills_and_texts_are_not_found(client):
    make(shown=True, skills=["Soudure"], bio="Je soude.", bio_visibility=Visibility.NOBODY)
    for asked in ({"skill": "soudure"}, {"q": "soudure"}, {"q": "soude"}):
        assert names(client.get(DIRECTORY, asked)) == []


def test_an_e_mail_address_is_never_searched_even_where_it_is_shown(client):
    shown = make(shown=True, user__email="ines@lomagne.example")
    assert names(client.get(DIRECTORY, {"q": "lomagne"})) == []
    assert names(client.get(DIRECTORY, {"q": shown.user.last_name})) == [str(shown)]


def test_accents_come_in_french_order(client):
    for name in ("Paul Zuber", "Léa Éstève", "Léa Estang", "Ana Œuvrard", "Ana Oddos"):
        make(name, shown=True)
    assert names(client.get(DIRECTORY)) == ["Léa Estang", "Léa Éstève", "Ana Oddos", "Ana Œuvrard", "Paul Zuber"]


def test_somebody_without_a_name_is_not_named_by_their_address(client):
    make("", shown=True, email_visibility=Visibility.NOBODY, user__email="secret@example.org")
    page = client.get(DIRECTORY).content.decode()
    assert "secret" not in page
    assert "Un membre" in page


@pytest.mark.parametrize("asked", ["page=0", "page=999999", "page=abc", "q=" + "x" * 5000, "commune=" + "é" * 101])
def test_an_odd_question_gets_the_page(client, asked):
    make(shown=True)
    assert client.get(f"{DIRECTORY}?{asked}").status_code == 200


def test_a_question_too_long_is_said_so_beside_its_field_and_kept(client):
    response = client.get(DIRECTORY, {"skill": "s" * 41})
    assert "s" * 41 in response.content.decode()
    assert response.context["form"].errors["skill"]


def make_many(count: int) -> None:
    commune = CommuneFactory()
    users = User.objects.bulk_create(User(email=f"many{n}@example.org", last_name=f"Roux {n}") for n in range(count))
    Member.objects.bulk_create(MemberFactory.build(user=user, shown=True, commune=commune) for user in users)


@pytest.mark.parametrize("count", [2, 200])
def test_the_directory_costs_the_same_for_2_and_for_200(client, django_assert_num_queries, count):
    make_many(count)
    with django_assert_num_queries(2):  # how many, and this page of them
        client.get(DIRECTORY)
    client.force_login(MemberFactory().user)
    # Session, account, membership; whether the communes changed, and once after a change the communes; how many, and this page.
    with django_assert_num_queries(7):
        client.get(DIRECTORY, {"q": "commune", "skill": ""})


@pytest.mark.parametrize("count", [2, 200])
def test_the_team_reads_the_directory_for_two_queries_more(client, django_assert_num_queries, count):
    make_many(count)
    client.force_login(UserFactory(adviser=True))
    with django_assert_num_queries(7):  # as above, the groups and the second step
        client.get(DIRECTORY)


# ---- One member -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "status_of"), [("public", (200, 200)), ("members", (404, 200)), ("nobody", (404, 404))])
def test_a_member_whose_name_is_hidden_has_no_page(client, level, status_of):
    url = make(shown=True, name_visibility=level).get_absolute_url()
    visitor = client.get(url).status_code
    client.force_login(MemberFactory().user)
    assert (visitor, client.get(url).status_code) == status_of


def test_a_page_holds_nothing_that_is_hidden(client):
    hidden = {f"{field}_visibility": Visibility.MEMBERS for field in SHOWN_FIELDS if field != "name"}
    facts = {
        "commune": CommuneFactory(name="Mirande"),
        "bio": "Un secret",
        "skills": ["Soudure"],
        "website": "https://site.example",
        "phone": "+33562010203",
        "photo": "members/face.jpg",
        "user__email": "ines@mail.example",
    }
    shown = make(shown=True, **hidden, **facts)
    secrets = ["Mirande", "secret", "Soudure", "site.example", "5620102", "photo/", "mail.example"]
    page = client.get(shown.get_absolute_url()).content.decode()
    assert [secret for secret in secrets if secret in page] == []
    client.force_login(MemberFactory().user)
    page = client.get(shown.get_absolute_url()).content.decode()
    assert [secret for secret in secrets if secret in page] == secrets


def test_a_member_of_a_partner_village_and_of_another_commune_both_have_a_page(client):
    for commune in (VillageFactory().commune, CommuneFactory()):
        assert client.get(make(shown=True, commune=commune).get_absolute_url()).status_code == 200


def test_text_that_looks_like_html_stays_text(client):
    shown = make(shown=True, bio="<script>alert(1)</script>", skills=["<b>gras</b>"], activity="<i>moi</i>")
    page = client.get(shown.get_absolute_url()).content.decode()
    for text in ("<script>alert", "<b>gras", "<i>moi"):
        assert text not in page
        assert escape(text) in page


def test_roles_and_relations_cost_one_query_each(django_assert_num_queries):
    user = User.objects.get(pk=MemberFactory().user.pk)
    with django_assert_num_queries(4):  # groups, membership, places kept, second step
        for _ in range(2):
            assert [user.is_lead, user.is_adviser, user.is_member, user.keeps_a_place, user.has_second_step] == [
                False, False, True, False, False,
            ]  # fmt: skip
