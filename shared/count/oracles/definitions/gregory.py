"""STV by the weighted inclusive Gregory method, in three rule sets.

Scottish: Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52.
PRF: Proportional Representation Foundation, reference WIGM rule, single defeats.
Exact: the same transfers in rationals, with a choice of quota.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from . import Count


def _cut(value, places):
    """Ignores what is beyond so many decimal places; None keeps all."""
    return value if places is None else Fraction(floor(value * 10**places), 10**places)


QUOTAS = {
    "droop": lambda valid, seats: Fraction(valid // (seats + 1) + 1),
    "hare": lambda valid, seats: Fraction(valid, seats),
    "hagenbach-bischoff": lambda valid, seats: Fraction(valid, seats + 1),
    "imperiali": lambda valid, seats: Fraction(valid, seats + 2),
}


@dataclass
class Rules:
    """`quota(valid, seats)`; `value(value, surplus, votes)` of a paper passed on; which stages break a tie."""

    quota: object
    value: object
    earlier: str = "none"


def scottish(reading):
    """Rule 48(3): one calculation to five places. `reading` of rules 49(2) and 51(2), see `_by_stages`."""
    return Rules(QUOTAS["droop"], lambda v, s, n: _cut(v * s / n, 5), reading)


PRF = Rules(
    lambda valid, seats: _cut(Fraction(valid, seats + 1), 4) + Fraction(1, 10**4),
    lambda v, s, n: _cut(_cut(v * s, 4) / n, 4),
)


def exact(quota):
    """Nothing is rounded."""
    return Rules(QUOTAS[quota], lambda v, s, n: v * s / n)


class _Paper:
    """So many equal papers, their value, and at whose place on the ranking they are."""

    def __init__(self, count, ranking):
        self.count, self.ranking, self.value, self.at = count, ranking, Fraction(1), 0

    @property
    def holder(self):
        return self.ranking[self.at] if self.at < len(self.ranking) else None


def count(rules, profile, ties):
    """Counts by these rules; rounds are the tallies after each stage.

    The facts say whether two surpluses ever waited (`queue`) and whether someone reached the quota `exactly`:
    rule sets of other programs part ways there.
    """
    papers = [_Paper(n, r) for n, r in profile.strict()]
    valid = sum(p.count for p in papers)
    quota = rules.quota(valid, profile.seats)
    votes = {c: Fraction(0) for c in profile.standing}
    hopeful, elected, pending, stages = set(votes), [], [], []
    facts = {"quota": quota, "valid": valid, "queue": False, "exactly": False}
    for paper in papers:
        votes[paper.holder] += paper.count

    def elect():
        full = [c for c in hopeful if votes[c] >= quota]
        facts["exactly"] |= any(votes[c] == quota for c in full)
        while full and len(elected) < profile.seats:
            best = [c for c in full if votes[c] == max(votes[c] for c in full)]
            over = len(best) > profile.seats - len(elected)
            chosen = ties.choose(best) if over else best[0]
            full.remove(chosen)
            hopeful.remove(chosen)
            elected.append(chosen)
            pending.append(chosen)

    def pass_on(source, value):
        for paper in papers:
            if paper.holder == source:
                paper.value = value(paper.value)
                while paper.holder is not None and paper.holder not in hopeful:
                    paper.at += 1
                if paper.holder is not None:
                    votes[paper.holder] += paper.value * paper.count

    while True:
        stages.append(dict(votes))
        elect()
        left = profile.seats - len(elected)
        if left <= 0 or len(hopeful) <= left:
            break
        pending[:] = [c for c in pending if votes[c] > quota]
        facts["queue"] |= len(pending) > 1
        if pending:
            top = max(votes[c] for c in pending)
            source = _one([c for c in pending if votes[c] == top], max, stages, rules, ties)
            pending.remove(source)
            surplus, held = votes[source] - quota, votes[source]
            pass_on(source, lambda v: rules.value(v, surplus, held))
            votes[source] = quota
        else:
            low = min(votes[c] for c in hopeful)
            source = _one([c for c in hopeful if votes[c] == low], min, stages, rules, ties)
            hopeful.remove(source)
            pass_on(source, lambda v: v)
            votes[source] = Fraction(0)
    if len(elected) < profile.seats:
        elected += sorted(hopeful)
    return Count(frozenset(elected), stages, facts)


def _one(tied, best, stages, rules, ties):
    """The candidate whose turn it is."""
    if len(tied) > 1 and rules.earlier != "none":
        tied = _by_stages(tied, best, stages[:-1], rules.earlier)
    return tied[0] if len(tied) == 1 else ties.choose(tied)


def _by_stages(tied, best, stages, reading):
    """Looks back from the most recent stage. Where three or more tie, the statute can be read as dropping those
    who are ahead stage by stage (`narrow`) or as asking for a stage that leaves one alone (`alone`)."""
    for stage in reversed(stages):
        extreme = best(stage[c] for c in tied)
        left = [c for c in tied if stage[c] == extreme]
        if len(left) == 1:
            return left
        if reading == "narrow":
            tied = left
    return tied
