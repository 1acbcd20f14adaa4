"""The addresses behind the agent desk: one's settings, categories and regions to choose from, who is calling."""

from hotline.directory.people import Role
from hotline.directory.preferences import http as preferences
from hotline.directory.preferences.store import Preference
from hotline.intake.callers import http as callers
from hotline.intake.callers.card import CallerCard
from hotline.web import categories, regions
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query

API = "/api/v1"

PREFERENCES = (
    Endpoint(
        "GET",
        f"{API}/me/preferences/{{name}}",
        preferences.read,
        "本人的一项设置;没有存过时 value 为 null",
        answer=Preference,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "PUT",
        f"{API}/me/preferences/{{name}}",
        preferences.keep,
        "保存本人的一项设置,最多 64 KB;value 为 null 时清除",
        body=preferences.PreferenceBody,
        answer=Preference,
        roles=ANYONE_SIGNED_IN,
    ),
)

CHOICES = (
    Endpoint(
        "GET",
        f"{API}/categories",
        categories.listing,
        "诉求分类,上级在前;带 q 时按名称、全称、代码、常用词或拼音首字母检索",
        answer=categories.CategoryList,
        roles=ANYONE_SIGNED_IN,
        query=(Query("q", str, "检索词"),),
    ),
    Endpoint(
        "GET",
        f"{API}/regions/search",
        regions.search,
        "按名称、俗称或拼音首字母查找区划,可多词(雁栖 桃花),给出全路径",
        answer=regions.FoundRegions,
        roles=ANYONE_SIGNED_IN,
        query=(Query("q", str, "检索词"), Query("within", str, "只在此区划内查找")),
    ),
)

ANSWER_CALLS = frozenset({Role.AGENT, Role.SHIFT_LEADER, Role.DISPATCHER, Role.SUPERVISOR, Role.CENTRE_LEADER})
CALLERS = (
    Endpoint(
        "POST",
        f"{API}/callers/search",
        callers.card,
        "来电卡片:此号码的人、在办和以往的诉求、答应过的事、以往的不满",
        body=callers.Calling,
        answer=CallerCard,
        roles=ANSWER_CALLS,
    ),
)

AGENT_DESK: tuple[Endpoint, ...] = (*PREFERENCES, *CHOICES, *CALLERS)
