"""What supervisors and leaders ask for: the live wall, the measures and what stands behind them, the week and the month."""

from hotline.callback.checks import http as checks
from hotline.callback.checks.store import AnswerFinding
from hotline.directory.people import Role as R
from hotline.insight import http as insight
from hotline.insight.actions import FREEZERS, MonthKpi
from hotline.insight.calls import http as call_figures
from hotline.insight.calls.measures import CallKpi
from hotline.insight.measures import Kpi
from hotline.insight.outlook import http as expecting
from hotline.insight.wall import Wall
from hotline.reports import http as reports
from hotline.reports.monthly import http as bulletins
from hotline.reports.monthly.actions import BulletinWords
from hotline.reports.monthly.bulletin import Bulletin
from hotline.reports.monthly.words import Passage
from hotline.reports.papers import Paper
from hotline.supervision.following import http as following
from hotline.supervision.following.followed import LastWeek
from hotline.supervision.weeklist import WeekList
from hotline.web.endpoint import Endpoint, Query
from hotline.web.pressing import PRESSING

API = "/api/v1"
LEADERS = frozenset({R.SUPERVISOR, R.SUPERVISION, R.CENTRE_LEADER, R.CITY_LEADER})
LOOKERS = frozenset({R.SUPERVISOR, R.SUPERVISION, R.CENTRE_LEADER, R.QUALITY})
"""Who looks into answers that may not have been free: those of the centre who made none of the calls."""
SPAN = (Query("from", str, "起始日期,默认当月一日"), Query("to", str, "截止日期(含),默认今天"))
PAPER = (Query("format", str, "json、xlsx、docx 或 pdf"), Query("public", str, "1:公开版,不含工单编号和个人信息"))
GROUP = Query("group", str, "unit、district、channel、category、campaign 或 month")
CALL_GROUP = Query("group", str, "queue、agent、day 或 month")
BEHIND_WHAT = (
    Query("part", str, "numerator、denominator、missed(未达)或 excluded(不计入)"),
    Query("group", str, "分组方式;不带则为全市"),
    Query("key", str, "表中一行的 key;不带则为未归入任何组的"),
    Query("cursor", str, "上一页的 next_cursor"),
    Query("limit", int, "每页条数,最多 200"),
)

LEADING = (
    Endpoint(
        "GET",
        f"{API}/reports/difficult",
        reports.difficult,
        "疑难工单周报;已定稿的周次给出定稿时的内容",
        answer=WeekList,
        roles=LEADERS,
        query=(Query("week", str, "如 2026-W47,默认本周"), Query("format", str, "json、xlsx、docx 或 pdf")),
    ),
    Endpoint(
        "POST",
        f"{API}/reports/difficult/{{week}}/freeze",
        reports.freeze_difficult,
        "疑难工单周报定稿,一周一次",
        body=reports.FreezeBody,
        answer=WeekList,
        status=201,
        roles=LEADERS,
    ),
    *PRESSING,
    Endpoint(
        "GET",
        f"{API}/supervision/wall",
        insight.live_wall,
        "督办台:各环节待办、今日数字、各单位临期超期、各区县在办",
        answer=Wall,
        roles=LEADERS,
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/outlook",
        expecting.outlook,
        "超期风险:在办且尚未超期的主办任务,最可能超期的在前",
        answer=expecting.Outlook,
        roles=LEADERS,
        query=(Query("limit", int, "最多多少件,默认 50"), Query("ticket", int, "只看一件工单的")),
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/instructions",
        following.instructions,
        "领导批示:交给了谁,反馈了什么",
        answer=following.Instructions,
        roles=LEADERS,
        query=(Query("ticket", int, "只看一件工单的"), Query("days", int, "最近多少天,默认 90")),
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/findings",
        checks.findings,
        "回访核查:可能不是诉求人本意的评价,逐条由人核实",
        answer=checks.AnswerFindings,
        roles=LOOKERS,
        query=(
            Query("state", str, "open(待核实,默认)或 decided(已核实)"),
            Query("sign", str, "只看一种迹象"),
            Query("unit", int, "只看一个单位"),
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/supervision/findings/{{id}}",
        checks.decide,
        "核实一条:属实(upheld)或无异常(dismissed),写明经过;不得由原回访人员核实",
        body=checks.Verdict,
        answer=AnswerFinding,
        roles=LOOKERS,
    ),
    Endpoint(
        "GET",
        f"{API}/reports/difficult/{{week}}/followed",
        following.last_week,
        "上周疑难事项的进展,与本周对照的四个数,以及两周事项的批示",
        answer=LastWeek,
        roles=LEADERS,
    ),
    Endpoint(
        "GET",
        f"{API}/reports/monthly",
        reports.bulletin,
        "月通报;考核数据已冻结的取最新一版",
        answer=Bulletin,
        roles=LEADERS,
        query=(Query("month", str, "如 2026-10,默认本月"), *PAPER),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/monthly/{{month}}/words",
        bulletins.words,
        "月通报里由人写的典型案例和下月预判,附可取用的预判文字",
        answer=BulletinWords,
        roles=bulletins.WRITERS,
    ),
    Endpoint(
        "PUT",
        f"{API}/reports/monthly/{{month}}/words/{{part}}",
        bulletins.write,
        "写月通报的典型案例(cases)或下月预判(outlook);他人已改过的答 409,附现在的文字",
        body=bulletins.WordsBody,
        answer=Passage,
        roles=bulletins.WRITERS,
    ),
    Endpoint(
        "GET",
        f"{API}/reports/daily",
        reports.day,
        "日报:一天的受理、紧急突发、异常上升、办理回访和超期",
        answer=Paper,
        roles=LEADERS,
        query=(Query("date", str, "如 2026-11-23,默认今天"), *PAPER),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/kpi",
        insight.table,
        "考核指标,各率附分子、分母和不计入数;附环比和同比",
        answer=Kpi,
        roles=LEADERS,
        query=(*SPAN, GROUP),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/kpi/calls",
        call_figures.table,
        "话务指标:接通、呼损、等待、通话与整理时长、工时利用、人均接听、话务满意,各附分子、分母和不计入数,逐行附环比和同比",
        answer=CallKpi,
        roles=LEADERS,
        query=(*SPAN, CALL_GROUP),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/kpi/calls/behind",
        call_figures.behind,
        "一个话务数字背后的通话(号码一律打码),或座席每天各种状态的时长",
        answer=call_figures.CallBehindPage,
        roles=LEADERS,
        query=(
            *SPAN,
            Query("measure", str, "指标,如 answer_rate"),
            *BEHIND_WHAT,
        ),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/kpi/calls/months/{{month}}",
        call_figures.month,
        "一个月冻结的话务指标,默认最新一版;与工单指标一起冻结",
        answer=call_figures.CallMonth,
        roles=LEADERS,
        query=(Query("revision", int, "第几版"), CALL_GROUP),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/kpi/tickets",
        insight.behind,
        "一个数字背后的工单",
        answer=insight.BehindPage,
        roles=LEADERS,
        query=(
            *SPAN,
            Query("measure", str, "指标,如 satisfied"),
            *BEHIND_WHAT,
        ),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/kpi/months/{{month}}",
        insight.month,
        "一个月冻结的考核数据,默认最新一版",
        answer=MonthKpi,
        roles=LEADERS,
        query=(Query("revision", int, "第几版"), GROUP),
    ),
    Endpoint(
        "POST",
        f"{API}/reports/kpi/months/{{month}}/freeze",
        insight.freeze,
        "冻结一个月的考核数据;申诉期满后方可,再次冻结须写明理由",
        body=insight.FreezeMonth,
        answer=MonthKpi,
        status=201,
        roles=FREEZERS,
    ),
)
