import pytest

from sohosolo.demo.chance import Dice
from sohosolo.demo.people import Person, Population

HER = Person("Nadia", "Ferrand", feminine=True)
HIM = Person("Karim", "Sanz", feminine=False)


@pytest.mark.parametrize(
    ("text", "of_her", "of_him"),
    [
        ("arrivé{e} de {town}", "arrivée de Lyon", "arrivé de Lyon"),
        ("maraîch{er|ère}", "maraîchère", "maraîcher"),
        ("ancien{|ne} fact{eur|rice}", "ancienne factrice", "ancien facteur"),
        ("{Il} viendra quand {il} pourra", "Elle viendra quand elle pourra", "Il viendra quand il pourra"),
    ],
)
def test_french_agrees_with_the_person(text, of_her, of_him):
    assert HER.agree(text, town="Lyon") == of_her
    assert HIM.agree(text, town="Lyon") == of_him


def test_nobody_is_drawn_twice_and_known_people_never():
    origins = [{"weight": 1, "f": ["Nadia", "Inès"], "m": ["Nadia", "Inès"], "last": ["Ferrand", "Sanz"]}]
    population = Population(origins=origins, domain="demo.example.org", dice=Dice(1, "test"), taken=["Nadia Ferrand"])
    drawn = {population.draw().name for _ in range(3)}
    assert drawn == {"Nadia Sanz", "Inès Ferrand", "Inès Sanz"}


def test_an_address_is_written_without_accents():
    population = Population(origins=[], domain="demo.example.org", dice=Dice(1, "test"), taken=[])
    assert population.address("Maïté Da Costa") == "maite.da-costa@demo.example.org"


def test_dice_of_one_part_do_not_move_those_of_another():
    assert [Dice(7, "members").random() for _ in range(2)] == [Dice(7, "members").random()] * 2
    assert Dice(7, "members").random() != Dice(7, "bookings").random() != Dice(8, "bookings").random()


def test_the_heavier_comes_first_more_often():
    dice = Dice(1, "test")
    first = [dice.at_once(["light", "heavy"], [1, 9])[0] for _ in range(400)]
    assert 330 < first.count("heavy") < 390
