"""What a training found, as the page a person reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hotline.classify.measures import ClassFigures, CurvePoint, Figures, share_error
from hotline.classify.quality import Checked

TARGETS = {"category": "诉求分类", "kind": "诉求类型", "unit": "承办单位", "late": "超期风险"}


TITLED, UNTITLED = "titled", "untitled"
KINDS = {TITLED: "有标题的", UNTITLED: "无标题的"}


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of the held-back part; `str()` prints them."""

    target: str
    rows: int
    by_time: bool
    held: Figures
    macro_f1_error: float
    classes: list[ClassFigures]
    coverage: list[CurvePoint]
    checked: Checked
    seconds: float = 0.0
    out: str = ""
    fingerprint: str = ""
    kinds: Mapping[str, Figures] = field(default_factory=dict)
    """By kind of input, where it has thresholds of its own."""

    @property
    def accuracy_error(self) -> float:
        return share_error(self.held.accuracy, self.held.n)

    def __str__(self) -> str:
        return "\n".join([*_summary(self), "", *_classes(self), "", *_coverage(self)])


def _summary(report: Report) -> Iterator[str]:
    held = report.held
    way = "按时间靠后的五分之一" if report.by_time else "五份轮流(近似重复的在同一份)"
    yield f"{TARGETS.get(report.target, report.target)}模型:共 {report.rows} 行,{way}共 {held.n} 行留作检验,检验时没有参与学习"
    yield f"  准确率      {held.accuracy:.4f} ± {report.accuracy_error:.4f}"
    yield f"  宏平均 F1   {held.macro_f1:.4f} ± {report.macro_f1_error:.4f}"
    yield f"  前三命中    {held.top3:.4f}"
    yield f"  校准误差    {held.ece:.4f}"
    if held.auc is not None:
        yield f"  AUC         {held.auc:.4f}"
    yield from _automatic(held)
    for kind, found in report.kinds.items():
        yield f"  其中{KINDS[kind]} {found.n} 行:准确率 {found.accuracy:.4f},宏平均 F1 {found.macro_f1:.4f},校准误差 {found.ece:.4f}"
        yield from _automatic(found)
    yield f"  用时        {report.seconds:.1f} 秒;模型 {report.fingerprint} 存于 {report.out}(以全部数据训练)"


def _automatic(found: Figures) -> Iterator[str]:
    for level, automatic in found.auto.items():
        yield (
            f"  自动部分    要求精度 {level}:覆盖 {automatic.share:.1%},实得精度 {automatic.precision:.4f}"
            if automatic.share
            else f"  自动部分    要求精度 {level}:数据不足以保证,全部由人工决定"
        )


def _classes(report: Report) -> Iterator[str]:
    yield "各类(检验部分):精确率 召回率 F1 行数"
    for one in sorted(report.classes, key=lambda one: -one.n):
        yield f"  {one.precision:.3f}  {one.recall:.3f}  {one.f1:.3f}  {one.n:5d}  {one.label}"


def _coverage(report: Report) -> Iterator[str]:
    yield "覆盖率—精度(最有把握的在前):覆盖率 精度 95% 区间"
    for one in report.coverage:
        yield f"  {one.share:6.1%}  {one.precision:.4f}  {one.low:.4f}–{one.high:.4f}"
