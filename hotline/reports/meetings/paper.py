"""The consultation meeting as paper (协商会议程、纪要): by class, one decision row a ticket."""

from collections.abc import Sequence

from hotline.infra.clock import BEIJING
from hotline.reports.papers import Paper, Section, Table
from hotline.reports.weekly import Column
from hotline.supervision.meetings.board import STANCES, AskedUnit, Board, BoardItem, agenda

CHINESE = "一二三四五六七八九十"
COLUMNS = (
    Column("序号", 4, True),
    Column("工单和诉求", 26),
    Column("区域地址", 11),
    Column("争议焦点", 20),
    Column("单位会前意见", 24),
    Column("热线建议", 13),
    Column("主办", 11, True),
    Column("协办", 11, True),
    Column("时限", 9, True),
    Column("依据和要求", 22),
    Column("督办文号", 9, True),
)


def paper(found: Board) -> Paper:
    meeting = found.meeting
    head = [
        f"会议时间：{meeting.held_at.astimezone(BEIJING):%Y年%m月%d日 %H:%M}" if meeting.held_at else "会议时间：待定",
        f"地点：{meeting.place}" if meeting.place else "",
        f"主持：{meeting.chair}" if meeting.chair else "",
        f"参会：{meeting.attendees}" if meeting.attendees else "",
    ]
    decided = sum(one.decision is not None for one in found.items)
    count = f"本次会商 {len(found.items)} 件（新增 {found.fresh}，结转 {found.carried}），已作决定 {decided} 件。"
    groups = agenda(found)
    sections = [Section("", (*(line for line in head if line), count))]
    for at, (kind, items) in enumerate(groups):
        heading = f"{CHINESE[at] if at < len(CHINESE) else at + 1}、{kind}（{len(items)} 件）"
        sections.append(Section(heading, (), (Table(COLUMNS, tuple(row(one) for one in items)),)))
    if meeting.minutes:
        sections.append(Section("会议纪要", tuple(line for line in meeting.minutes.split("\n") if line.strip())))
    title = found.title.replace("周报", "协商会纪要" if meeting.minutes else "协商会议程")
    frozen = found.frozen_at.astimezone(BEIJING)
    return Paper(
        title=title,
        subtitle=f"名单由{found.frozen_by}于 {frozen:%Y-%m-%d %H:%M} 定稿，SM3 {found.hash[:16]}",
        header=title,
        made_at=frozen,
        across=True,
        sections=tuple(sections),
    )


def row(one: BoardItem) -> tuple[str, ...]:
    decided = one.decision
    told = ("；".join(part for part in (decided.basis, decided.demand) if part).replace("\n", "；")) if decided else ""
    return (
        str(one.number),
        f"{one.ticket_id}\n{one.summary}",
        one.place,
        one.dispute,
        said(one.comments),
        one.proposal,
        decided.lead if decided else "",
        "、".join(decided.assist_names) if decided else "",
        f"{decided.due.astimezone(BEIJING):%Y-%m-%d}" if decided else "",
        told,
        decided.letter or "" if decided else "",
    )


def said(comments: Sequence[AskedUnit]) -> str:
    lines = []
    for one in comments:
        if one.text and one.stance:
            stance = STANCES[one.stance]
            lines.append(f"{one.unit}：{one.text}" if one.text == stance else f"{one.unit}（{stance}）：{one.text}")
        else:
            lines.append(f"{one.unit}：{'逾期未反馈' if one.late else '待反馈'}")
    return "\n".join(lines)
