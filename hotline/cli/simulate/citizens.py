"""Who calls in a simulated city: people who do not exist, some of whom call again; and what they said, as rows."""

from dataclasses import dataclass
from random import Random

from hotline.cli.simulate.city import Text
from hotline.cli.simulate.copies import row
from hotline.infra.crypto import FieldCipher
from hotline.infra.words import search_terms
from hotline.intake.form import title_from
from hotline.tickets.petitioner.store import phone_tail

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰建国志红文斌"
PETITIONER = [
    "ticket_id",
    "kind",
    "anonymous",
    "gender",
    "language",
    "elderly",
    "disabled",
    "labels",
    "name",
    "phone",
    "phone_index",
    "phone_tail",
    "name_index",
]
MATTER = [
    "ticket_id",
    "title",
    "content",
    "expected",
    "original_words",
    "address",
    "district_code",
    "grid",
    "place",
    "coordinates",
    "about",
    "about_phone",
    "on_site",
    "enterprise",
    "police",
    "sensitive",
    "importance",
    "channel_detail",
    "tags",
    "queue",
    "terms",
]
PER_CITIZEN = 2
"""Tickets a year for each who calls at all."""
MATTERS = 140
"""Second-level categories, about."""
SIMULATED = "模拟数据"
"""Stands as the source's detail (来源明细) by which everybody sees that this never happened. Not a tag: rules listen to tags."""


@dataclass(frozen=True)
class Citizen:
    name: bytes
    phone: bytes
    phone_index: bytes
    name_index: bytes
    tail: str
    gender: str
    elderly: bool


class Citizens:
    """Everybody who calls in a year, as many as the tickets ask for: a person is made when called for, so a city may be of any size.

    How often somebody calls does not depend on the size: mostly twice a year, one of fifty some nine times more, one of
    five thousand nearly every week, and that one about one matter where there are as many of them as matters (重复诉求)."""

    def __init__(self, seed: int, yearly: int, cipher: FieldCipher) -> None:
        self._seed, self._cipher = seed, cipher
        self.number = max(20, yearly // PER_CITIZEN)
        self._monthly = self.number // 50
        self._weekly = self.number // 5_000

    def calling(self, rng: Random, about: int) -> int | None:
        """The number of the one who says this; `about` tells matters apart. Four of a hundred give no name."""
        turn = rng.random()
        if turn < 0.04:
            return None
        # Who is never off the telephone has one of the last numbers, apart from those who call now and then.
        if turn > 0.996 and self._weekly:
            own = range(about % MATTERS, self._weekly, MATTERS) or range(about % self._weekly, self._weekly)
            return self.number - 1 - rng.choice(own)
        return rng.randrange(self._monthly if turn > 0.90 and self._monthly else self.number)

    def person(self, serial: int) -> Citizen:
        rng, cipher = Random(f"{self._seed}:{serial}"), self._cipher
        name = rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.randint(1, 2)))
        phone = f"199{serial:08d}"
        sealed = cipher.encrypt(name), cipher.encrypt(phone), cipher.blind_index(phone), cipher.blind_index(name)
        return Citizen(*sealed, phone[-4:], rng.choice(("male", "female")), rng.random() < 0.15)


@dataclass(frozen=True)
class Place:
    street: str
    estate: str
    house: int

    @property
    def written(self) -> str:
        return f"{self.street}{self.estate}{self.house}号"


ESTATES = [
    f"{name}{kind}"
    for name in ("幸福", "和平", "建设", "新华", "安居", "春晖", "康宁", "锦绣")
    for kind in ("路", "巷", "小区", "新村", "花园")
]
"""In every street."""


def place(rng: Random, street: str) -> Place | None:
    return Place(street, rng.choice(ESTATES), rng.randint(1, 60)) if street else None


def petitioner_row(number: int, citizen: Citizen | None, cipher: FieldCipher) -> str:
    if citizen is None:
        return row((number, "person", True, None, "", False, False, (), None, None, None, None, None))
    known = (number, "person", False, citizen.gender, "", citizen.elderly, False, (), citizen.name, citizen.phone)
    return row((*known, citizen.phone_index, phone_tail(cipher, number, citizen.tail), citizen.name_index))


class Said:
    """What was said where, as a row without its number; each text and each place is put into words for the search once."""

    def __init__(self) -> None:
        self._terms: dict[str, str] = {}

    def terms(self, told: str) -> str:
        found = self._terms.get(told)
        if found is None:
            found = self._terms[told] = " ".join("'" + w.replace("'", "''") + "'" for w in sorted(search_terms(told)))
        return found

    def row(self, number: int, text: Text, street: str, place: Place | None) -> str:
        terms = self.terms(f"{text.title}\n{text.content}")
        if place:
            terms = f"{terms} {self.terms(place.street)} {self.terms(place.estate)}"
        told = (
            number,
            text.title or title_from(text.content),
            text.content,
            "",
            "",
            place.written if place else "",
            street or None,
            "",
            "",
            "gcj02",
            "",
            "",
            False,
        )
        return row((*told, False, False, False, "", SIMULATED, (), "", terms))
