"""Which rows of a catalogue file can be taken in, and what is wrong with the rest."""

from collections.abc import Iterable
from datetime import date, datetime

from hotline.classify.labels import Tree
from hotline.directory.loading.rows import SEPARATORS, Judged, Known, Row, Wrong, judged, text
from hotline.directory.units import Directory, Unit
from hotline.routing.catalogue import DISTRICT, STREET, Entry
from hotline.routing.editing.entries import form_faults

COLUMNS = ("category", "region", "lead", "assist", "basis", "clear", "valid_from")
LOCAL = {DISTRICT: DISTRICT, STREET: STREET, "属地区县": DISTRICT, "属地街镇": STREET}
CLEAR = {"是": True, "否": False}
Key = tuple[str, str | None, date]


def key_of(entry: Entry) -> Key:
    return entry.category, entry.region, entry.valid_from


def content(entry: Entry) -> tuple[object, ...]:
    return entry.lead, entry.assist, entry.basis, entry.clear


def judge_catalogue(rows: Iterable[Row], known: Iterable[Entry], directory: Directory, tree: Tree) -> Judged[Entry]:
    """Entries in the order in which they come into force."""
    there = {key_of(entry): entry for entry in known}

    def judge(row: Row) -> Entry:
        entry = _entry(row, directory, tree)
        before = there.setdefault(key_of(entry), entry)
        if before is entry:
            return entry
        if content(before) == content(entry):
            raise Known
        raise Wrong(
            f"分类 {entry.category} 在 {entry.region or '全市'} 自 {entry.valid_from} 起已有另一条,请换一个生效日期或在系统里修改。"
        )

    found = judged(rows, judge)
    found.good.sort(key=lambda entry: entry.valid_from)
    return found


def _entry(row: Row, directory: Directory, tree: Tree) -> Entry:
    category, region, basis, clear = (text(row, column) for column in ("category", "region", "basis", "clear"))
    if category not in tree:
        raise Wrong(f"没有分类 {category or '(空)'},请核对分类代码。")
    if region and region not in directory.regions:
        raise Wrong(f"没有区划 {region},请先导入区划。")
    if clear not in CLEAR:
        raise Wrong(f"“是否明确”只能填 是 或 否,现为“{clear}”。")
    assists = [part.strip() for part in SEPARATORS.split(text(row, "assist")) if part.strip()]
    entry = Entry(
        id=0,
        category=category,
        region=region or None,
        lead=_lead(text(row, "lead"), directory),
        assist=tuple(dict.fromkeys(_named(called, directory).code for called in assists)),
        basis=basis,
        clear=CLEAR[clear],
        valid_from=_day(row),
        source="imported",
    )
    for _, fault in form_faults(entry):
        raise Wrong(fault)
    return entry


def _lead(called: str, directory: Directory) -> str:
    return LOCAL.get(called) or _named(called, directory).code


def _named(called: str, directory: Directory) -> Unit:
    unit = directory.resolve(called) if called else None
    if unit is None or not unit.active:
        raise Wrong(f"承办单位“{called}”没有登记、已停用或不止一个,请填单位代码,或填 district、street 表示属地。")
    return unit


def _day(row: Row) -> date:
    given = row.get("valid_from")
    if isinstance(given, datetime):  # a date cell of a spreadsheet
        return given.date()
    try:
        return date.fromisoformat(text(row, "valid_from"))
    except ValueError:
        raise Wrong(f"生效日期“{text(row, 'valid_from')}”应形如 2026-01-01。") from None
