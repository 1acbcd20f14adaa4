"""On what grounds a ticket counts in no rate (不合理诉求; docs/rules.md B.6, the eight of 临沂), and a rating is appealed."""

EXCLUSION: dict[str, str] = {
    "elsewhere": "超出本行政区域",
    "legal_way": "应通过法定程序或信访途径解决",
    "unlawful": "不符合法律法规和政策规定",
    "secret": "涉及国家秘密、个人隐私或违背公序良俗",
    "untrue": "反映情况不属实",
    "beyond_reason": "明显超出合理范围",
    "heard": "已经听证认定",
    "malicious": "恶意投诉或以个人目的反复纠缠",
}

APPEAL: dict[str, str] = {
    "misrated": "误评：诉求人点错或说的是别的事",
    "malicious": "恶意差评",
    "lawful": "依法依规不能满足",
    "not_ours": "不属本单位原因",
    "other": "其他",
}
