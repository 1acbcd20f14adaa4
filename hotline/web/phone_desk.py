"""The addresses behind the call desk: calls, telephones, commands, and the webhook of any telephone system."""

from hotline.directory.people import Role
from hotline.intake.channels.phone import http as phone
from hotline.intake.channels.phone import playback
from hotline.intake.channels.phone.commands.actions import LEADERS
from hotline.intake.channels.phone.commands.form import CommandBody
from hotline.intake.channels.phone.commands.store import Commanded
from hotline.intake.channels.phone.figures import http as figures
from hotline.intake.channels.phone.low_marks import http as low_marks
from hotline.intake.channels.phone.missed import http as missed
from hotline.intake.channels.phone.view import CallPage, CallView
from hotline.intake.channels.phone.wall.store import PhoneWall
from hotline.web import dialling
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"
TELEPHONE = LEADERS | {Role.AGENT, Role.DISPATCHER, Role.CALLBACK, Role.SECRET_CALLBACK}
"""Who sits at a telephone."""

PHONE_DESK: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{API}/calls",
        phone.listing,
        "通话,从新到旧逐页取;话务员只见本人的",
        answer=CallPage,
        roles=TELEPHONE | {Role.QUALITY},
        query=(
            Query("state", str, "offered、queued、ringing、talking、held、closing 或 ended"),
            Query("outcome", str, "answered、abandoned、overflowed 等"),
            Query("direction", str, "in 呼入,out 外呼"),
            Query("queue", str, "队列"),
            Query("person", int, "接听人(班长和主管可查他人)"),
            Query("from", str, "起始时间,带时区"),
            Query("to", str, "截止时间(不含),带时区"),
            Query("phone", str, "市民号码"),
            Query("open", str, "1:只要未结束的"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 200"),
        ),
    ),
    Endpoint(
        "GET",
        f"{API}/calls/seats",
        phone.telephones,
        "本人的话机状态、示忙原因、电话链路;班长和主管另见全部座席",
        answer=phone.Seats,
        roles=TELEPHONE | {Role.QUALITY},
    ),
    Endpoint(
        "GET",
        f"{API}/calls/targets",
        phone.targets,
        "转接、咨询、三方的去处:已签入的同事(空闲的在前)和紧急号码;单位电话见 /units",
        answer=phone.Targets,
        roles=TELEPHONE,
    ),
    Endpoint(
        "GET",
        f"{API}/calls/wall",
        phone.wall,
        "话务大屏:排队、最长等待、座席状态、今日接通、放弃与溢出、15 秒接通",
        answer=PhoneWall,
        roles=TELEPHONE | {Role.QUALITY, Role.CITY_LEADER},
    ),
    Endpoint(
        "GET",
        f"{API}/calls/figures",
        figures.read,
        "话务指标:接通率、T 秒接通率、平均等待、放弃与溢出、通话与话后、工时利用;分队列、座席或小时",
        answer=figures.PhoneFigures,
        roles=LEADERS | {Role.QUALITY, Role.CITY_LEADER},
        query=(
            Query("from", str, "起始时间,带时区,默认今天零点"),
            Query("to", str, "截止时间(不含),默认现在"),
            Query("group", str, "queue、agent 或 hour,默认 queue"),
            Query("seconds", int, "T 秒接通率的 T,默认 15"),
        ),
    ),
    Endpoint(
        "GET",
        f"{API}/calls/reconciliation",
        figures.reckonings,
        "与电话系统 queue_log 的最近一次对账,逐通列出不一致的",
        answer=figures.Reckonings,
        roles=LEADERS | {Role.QUALITY},
    ),
    Endpoint(
        "POST",
        f"{API}/calls/commands",
        dialling.commands,
        "话机指令:签入签出、示闲示忙、外呼、挂机、保持、转接、监听;同一 key 只执行一次",
        body=CommandBody,
        answer=Commanded,
        roles=TELEPHONE,
    ),
    Endpoint(
        "POST",
        f"{API}/calls/events",
        phone.events,
        "电话系统的事件(带签名),单个、数组或 {events: […]};同一 event_key 重发无妨",
        body=phone.Batch,
        answer=phone.Receipt,
        limit="6000/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/calls/missed",
        missed.waiting,
        "漏接待回拨的市民,等得最久的在前;近七天漏接回拨率",
        answer=missed.MissedList,
        roles=TELEPHONE,
    ),
    Endpoint(
        "POST",
        f"{API}/calls/missed/{{id}}/give_up",
        missed.give_up,
        "回拨两次仍不通,不再回拨",
        answer=missed.GivenUp,
        roles=TELEPHONE,
    ),
    Endpoint(
        "GET",
        f"{API}/calls/low_marks",
        low_marks.listing,
        "低评来电:近 30 天话后按键评 1、2 分的,待核实的等得最久的在前",
        answer=low_marks.LowMarks,
        roles=LEADERS | {Role.QUALITY},
        query=(Query("state", str, "open 待核实(默认)或 looked 已核实"),),
    ),
    Endpoint(
        "POST",
        f"{API}/calls/low_marks/{{id}}",
        low_marks.look,
        "核实低评来电:认定和说明,一次为准;接听人不能核实本人的",
        body=low_marks.MarkLook,
        answer=low_marks.MarkLooked,
        roles=LEADERS | {Role.QUALITY},
    ),
    Endpoint(
        "GET",
        f"{API}/calls/{{id}}/recording",
        playback.play,
        "调听录音,可分段取;每次从头播放都留痕",
        roles=TELEPHONE | {Role.QUALITY},
        query=(Query("again", int, "第几次播放:使浏览器重新取,不用存着的"),),
        statuses=(206, 416),
    ),
    Endpoint(
        "GET",
        f"{API}/calls/{{id}}/recording/heard",
        playback.listeners,
        "谁在何时调听过",
        answer=playback.HeardList,
        roles=LEADERS | {Role.QUALITY, Role.AUDITOR},
    ),
    Endpoint(
        "GET",
        f"{API}/calls/{{id}}",
        phone.one,
        "一通电话:各方、排队经过、转接、关联工单",
        answer=CallView,
        roles=TELEPHONE | {Role.QUALITY},
    ),
)
