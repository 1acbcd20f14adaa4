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


def people(rng: Random, number: int, cipher: FieldCipher) -> list[Citizen]:
    found = []
    for serial in range(number):
        name = rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.randint(1, 2)))
        phone = f"199{serial:08d}"
        sealed = cipher.encrypt(name), cipher.encrypt(phone), cipher.blind_index(phone), cipher.blind_index(name)
        found.append(Citizen(*sealed, phone[-4:], rng.choice(("male", "female")), rng.random() < 0.15))
    return found


def petitioner_row(number: int, citizen: Citizen | None, cipher: FieldCipher) -> str:
    if citizen is None:
        return row((number, "person", True, None, "", False, False, (), None, None, None, None, None))
    known = (number, "person", False, citizen.gender, "", citizen.elderly, False, (), citizen.name, citizen.phone)
    return row((*known, citizen.phone_index, phone_tail(cipher, number, citizen.tail), citizen.name_index))


class Said:
    """What was said where, as a row without its number; each is put into words for the search once."""

    def __init__(self) -> None:
        self._terms: dict[tuple[str, str], str] = {}

    def row(self, number: int, text: Text, street: str, name: str, house: int) -> str:
        place = f"{name}幸福路{house}号" if name else ""
        terms = self._terms.get((text.title, name))
        if terms is None:
            words = sorted(search_terms(f"{text.title}\n{text.content}\n{name}幸福路"))
            terms = self._terms[text.title, name] = " ".join("'" + w.replace("'", "''") + "'" for w in words)
        told = (
            number,
            text.title or title_from(text.content),
            text.content,
            "",
            "",
            place,
            street or None,
            "",
            "",
            "gcj02",
            "",
            "",
            False,
        )
        return row((*told, False, False, False, "", SIMULATED, (), "", terms))
