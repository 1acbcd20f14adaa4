"""A person's search words as a query over jieba words. Two-character words are found as well as long ones."""

from hotline.infra.words import search_terms


def tsquery(text: str) -> str | None:
    """All words must occur; the quoting is PostgreSQL's own. None when nothing of the text can be searched."""
    terms = search_terms(text)[:20]
    return " & ".join("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in terms) or None


def escaped(prefix: str) -> str:
    """A LIKE pattern for texts that begin with `prefix`, whatever is in it."""
    return prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
