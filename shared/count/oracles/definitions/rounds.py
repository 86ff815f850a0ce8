"""Counts in rounds that are not Gregory's or Meek's: instant runoff, and RCTab's multi-winner rules.

Instant runoff: one lowest out a round, until one has more than half of the votes that continue.
RCTab: the documented behaviour of RCTab 2.0 for "multi-winner allow multiple winners per round", four decimal
places, integer threshold fixed in the first round; Hare rounds up.
"""

from fractions import Fraction
from math import floor

from . import Count


def instant_runoff(profile, ties):
    """Rounds are the tallies of those still in."""
    hopeful, rounds = set(profile.standing), []
    while True:
        votes = {c: 0 for c in hopeful}
        for n, ranking in profile.strict():
            top = next((c for c in ranking if c in hopeful), None)
            if top is not None:
                votes[top] += n
        rounds.append(votes)
        leader = max(votes, key=votes.get)
        if len(hopeful) == 1 or 2 * votes[leader] > sum(votes.values()):
            return Count(frozenset({leader}), rounds)
        low = min(votes.values())
        tied = [c for c in hopeful if votes[c] == low]
        hopeful.remove(tied[0] if len(tied) == 1 else ties.choose(tied))


def rctab(quota, profile, ties):
    """Rounds are the tallies of those still in, and what those elected keep; a last one after all seats are filled."""
    papers = [[n, ranking, Fraction(1), ranking[0]] for n, ranking in profile.strict()]
    valid, seats = sum(p[0] for p in papers), profile.seats
    threshold = -(-valid // seats) if quota == "hare" else valid // (seats + 1) + 1
    hopeful, elected, kept, rounds = set(profile.standing), [], {}, []
    cut = lambda x: Fraction(floor(x * 10**4), 10**4)
    while len(elected) < seats:
        votes = {c: Fraction(0) for c in hopeful}
        for n, _, value, holder in papers:
            if holder in hopeful:
                votes[holder] += n * value
        rounds.append({**votes, **kept})
        left = seats - len(elected)
        won = list(hopeful) if len(hopeful) <= left else [c for c in hopeful if votes[c] >= max(1, threshold)]
        if won:
            out = {c: cut(max(0, votes[c] - threshold) / votes[c]) if votes[c] else Fraction(0) for c in won}
            elected += won
            kept |= {c: min(votes[c], Fraction(threshold)) for c in won}
        else:
            tied = [c for c in hopeful if votes[c] == min(votes.values())]
            out = {tied[0] if len(tied) == 1 else ties.choose(tied): Fraction(1)}
        hopeful -= set(out)
        for paper in papers:
            if paper[3] in out:
                paper[2] = cut(paper[2] * out[paper[3]])
                paper[3] = next((c for c in paper[1] if c in hopeful), None)
    rounds.append({**{c: votes[c] for c in hopeful}, **kept})
    return Count(frozenset(elected), rounds, {"quota": Fraction(threshold), "valid": valid})
