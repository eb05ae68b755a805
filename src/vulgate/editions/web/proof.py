"""The proof page: how much of the book is proven, and what is not."""

from collections import Counter
from typing import Final

from vulgate.editions.web.badges import verdicts
from vulgate.editions.web.context import Context, home
from vulgate.editions.web.text import escape, inline, link
from vulgate.model import blocks as b
from vulgate.model.proofs import Coverage, Share
from vulgate.verify.prove import coverage

_HEAD: Final = "<tr><th>Chapter</th><th class=r>Examples</th><th class=r>Facts</th><th class=r>Rules</th></tr>"


def proof_page(context: Context) -> str:
    """Tables by chapter and by reason, and all that fails or is not run."""
    book = context.book
    covered = coverage(book)
    total = sum(covered.values(), Coverage())
    rows = "".join(
        f"<tr><td>{link(chapter.id, inline(chapter.title))}</td>{_cells(covered[chapter.id])}</tr>"
        for chapter in book.chapters
    )
    parts = [
        "<p>An example is proven when it ran on every version that the book names for it and did what the book says; ",
    ]
    parts.append(
        "a fact by its proof, or by what it cites; a rule when its examples show the fault and its detector finds it.</p>"
    )
    parts.append("<div class=scroll tabindex=0 role=group aria-label='Proven by chapter'><table>")
    parts.append(f"<thead>{_HEAD}</thead><tbody>{rows}</tbody><tfoot><tr><th>The book</th>{_cells(total)}</tr></tfoot>")
    parts.append("</table></div>\n")
    parts.append(_remarks(total))
    parts += [_listed(context, status, title) for status, title in _LISTS]
    parts.append(_unproven(context))
    return "".join(parts)


_LISTS: Final = ((b.Status.FAILED, "What fails"), (b.Status.SKIPPED, "What is not run"))


def _cells(covered: Coverage) -> str:
    return "".join(f"<td class=r>{_share(share)}</td>" for share in (covered.examples, covered.facts, covered.rules))


def _share(share: Share) -> str:
    """How many of how many; a share is never rounded up to a whole that it is not."""
    if not share.total:
        return "–"
    return f"{share.covered} of {share.total} <span class=share>{int(share.ratio * 100)} %</span>"


def _remarks(total: Coverage) -> str:
    told = {
        "facts whose proof holds": total.proofs,
        "rules with a detector": total.detectors,
        "examples that are only parsed": total.static,
        "examples proven on some versions only": total.partly,
        "in languages that are not run": total.unread,
    }
    items = "".join(f"<li>{count} {name}</li>" for name, count in told.items() if count)
    return f"<ul>{items}</ul>\n" if items else ""


def _listed(context: Context, status: b.Status, title: str) -> str:
    """All code, facts and rules with a status, each with its reason."""
    items = [
        f"<li>{link(block.id, inline(context.name(home(context.book, block).id)))}: {escape(_reason(block, status))}</li>"
        for block in context.book.blocks
        if block.is_authored and block.status is status
    ]
    return f"<h2>{title}</h2><ul>{''.join(items)}</ul>\n" if items else ""


def _reason(block: b.AnyBlock, status: b.Status) -> str:
    if isinstance(block, b.Example) and block.fence.skip:
        return block.fence.skip
    found = [verdict for verdict in block.verdicts if verdict.status is status]
    return verdicts(found) or str(status)


def _unproven(context: Context) -> str:
    """How many claims of each kind nobody has shown to hold, by the reason that the compiler knows."""
    reasons = Counter(block.detail or block.reason for block in context.book.of_kind(b.Uncertainty))
    if not reasons:
        return ""
    items = "".join(f"<li>{escape(reason)} <b>{count}</b></li>" for reason, count in reasons.most_common(20))
    return f"<h2>What is uncertain</h2><ul>{items}</ul>\n"
