"""Methods that add up: Borda, approval in four forms, score, STAR, dots.

Borda: a place among n is worth n to 1 (base 1) or n-1 to 0 (base 0); equals share the average; the unranked
share what is left, or get nothing.
Approval: AV and SAV by sums; PAV by trying every committee (Thiele 1895); seqPAV one seat at a time.
STAR: Equal Vote Coalition: two finalists by score, then who is preferred on more ballots. Ties for finalist by
preferences among the tied, then top scores; ties of the runoff by score, then top scores; else unbreakable.
"""

from fractions import Fraction
from itertools import combinations

from . import Count


def _ordered(scores):
    """Candidates in groups of equal scores, best first."""
    return [{c for c in scores if scores[c] == s} for s in sorted(set(scores.values()), reverse=True)]


def top(scores, seats, facts=None):
    """Every set of `seats` candidates such that no one outside has more than one inside."""
    inside, order = set(), _ordered(scores)
    facts = {"scores": scores, "order": order, **(facts or {})}
    for group in order:
        if len(inside) + len(group) > seats:
            rest = combinations(sorted(group), seats - len(inside))
            return [Count(frozenset(inside | set(some)), facts=facts) for some in rest]
        inside |= group
    return [Count(frozenset(inside), facts=facts)]


def borda(profile, base, unranked):
    """Exact points of each candidate."""
    size = len(profile.standing)
    points = {c: Fraction(0) for c in profile.standing}
    for n, groups in profile.rankings():
        named = {c for group in groups for c in group}
        rest = [c for c in points if c not in named]
        at = 0
        for group in [*groups, rest] if unranked == "average" and rest else groups:
            share = Fraction(sum(size - 1 - p + base for p in range(at, at + len(group))), len(group))
            for c in group:
                points[c] += n * share
            at += len(group)
    return top(points, profile.seats)


def approval(profile, rule):
    """All winning committees; the one that falls to the first listed is the first."""
    ballots = [(n, frozenset(c for c, v in enumerate(row) if v)) for n, row in profile.ballots]
    names = range(len(profile.names))
    if rule == "av":
        return top({c: sum(n for n, b in ballots if c in b) for c in names}, profile.seats)
    if rule == "sav":
        return top({c: sum((Fraction(n, len(b)) for n, b in ballots if c in b), Fraction(0)) for c in names}, profile.seats)
    if rule == "pav":
        worth = lambda committee: sum(n * _harmonic(len(b & committee)) for n, b in ballots)
        values = {frozenset(some): worth(frozenset(some)) for some in combinations(names, profile.seats)}
        best = max(values.values())
        return [Count(some, facts={"pav": best}) for some in values if values[some] == best]
    first = frozenset(_one_by_one(ballots, names, profile.seats, lambda best: best[:1]).pop())
    every = _one_by_one(ballots, names, profile.seats, lambda best: best)
    return [Count(first), *(Count(some) for some in every - {first})]


def _harmonic(k):
    return sum((Fraction(1, i) for i in range(1, k + 1)), Fraction(0))


def _one_by_one(ballots, names, seats, among):
    """The committees that sequential PAV can lead to, where `among` says which of the best are tried."""
    committees = {frozenset()}
    for _ in range(seats):
        longer = set()
        for some in committees:
            gain = {c: sum(Fraction(n, len(b & some) + 1) for n, b in ballots if c in b) for c in names if c not in some}
            longer |= {some | {c} for c in among([c for c in gain if gain[c] == max(gain.values())])}
        committees = longer
    return committees


def score(profile, rule, blank):
    """Sums, or means of the scores given (`skip`) or of all ballots (`zero`)."""
    sums = {c: sum(n * (row[c] or 0) for n, row in profile.ballots) for c in range(len(profile.names))}
    if rule == "sum":
        return top(sums, profile.seats)
    given = {c: sum(n for n, row in profile.ballots if blank == "zero" or row[c] is not None) for c in sums}
    return top({c: Fraction(sums[c], given[c]) if given[c] else Fraction(0) for c in sums}, profile.seats)


def dots(profile, budget):
    """Sums of the ballots within budget."""
    kept = [(n, row) for n, row in profile.ballots if sum(v or 0 for v in row) <= budget]
    invalid = sum(n for n, _ in profile.ballots) - sum(n for n, _ in kept)
    sums = {c: sum(n * (row[c] or 0) for n, row in kept) for c in range(len(profile.names))}
    return top(sums, profile.seats, {"invalid": invalid})


def star(profile, ties=None, ceiling=5):
    """The finalists and winner. An unbreakable tie gives every candidate who is in it, or goes to whom `ties` says.
    `plain`: no tie at all."""
    rows = [(n, tuple(v or 0 for v in row)) for n, row in profile.ballots]
    names = range(len(profile.names))
    totals = {c: sum(n * row[c] for n, row in rows) for c in names}
    tops = {c: sum(n for n, row in rows if row[c] == ceiling) for c in names}
    prefer = lambda a, b: sum(n for n, row in rows if row[a] > row[b])
    finalists = []
    for group in _ordered(totals):
        if len(finalists) < 2:
            finalists, tied = _finalists(finalists, group, prefer, tops)
            while ties and len(finalists) < 2 and tied:
                finalists = finalists + [ties.choose([c for c in tied if c not in finalists])]
            if tied and len(finalists) < 2:
                return Count(frozenset(tied), facts={"scores": totals, "tie": "finalists", "plain": False})
    a, b = finalists
    runoff = {a: prefer(a, b), b: prefer(b, a)}
    plain = runoff[a] != runoff[b] and sum(totals[c] >= min(totals[a], totals[b]) for c in names) == 2
    facts = {"scores": totals, "finalists": {a, b}, "runoff": runoff, "plain": plain}
    for figures in (runoff, totals, tops):
        if figures[a] != figures[b]:
            return Count(frozenset({a if figures[a] > figures[b] else b}), facts=facts)
    tied = {ties.choose([a, b])} if ties else {a, b}
    return Count(frozenset(tied), facts={**facts, "tie": "runoff"})


def _finalists(chosen, group, prefer, tops):
    """Takes from the group as many as are still needed. (finalists, tied)."""
    needed = 2 - len(chosen)
    if len(group) <= needed:
        return chosen + sorted(group), None
    wins = {c: sum(prefer(c, d) for d in group if d != c) for c in group}
    for figures in (wins, tops):
        for best in _ordered({c: figures[c] for c in group}):
            if len(best) > 2 - len(chosen):
                group = best
                break
            chosen = chosen + sorted(best)
            if len(chosen) == 2:
                return chosen, None
    return chosen, group
