"""STV by Meek's method.

PRF: Proportional Representation Foundation, reference Meek rule: nine places, omega 10^-6.
Limit: Hill, Wichmann and Woodall, "Algorithm 123: Single Transferable Vote by Meek's Method" (1987), carried so
far that rounding decides nothing: what lies within `CLOSE` is treated as equal and tried both ways. A ballot
that gives several candidates the same rank is shared equally among those of them still able to receive.
"""

from fractions import Fraction

from . import Count

CLOSE = 10**12  # in units of 10^-24


def _up(a, b):
    return -(-a // b)


def prf(profile, ties):
    """Steps A to C of the reference rule; rounds are the tallies at the end of each iteration."""
    one, omega = 10**9, 10**3
    keep = {c: one for c in profile.standing}
    ballots = list(profile.strict())
    hopeful, elected, rounds = set(keep), [], [_first(profile, one)]
    while len(hopeful) > profile.seats - len(elected) > 0:
        before, won = None, False
        while True:
            votes = {c: 0 for c in keep if keep[c]}
            for n, ranking in ballots:
                weight = one
                for c in ranking:
                    if keep[c] and weight:
                        kept = _up(weight * keep[c], one)
                        votes[c] += kept * n
                        weight -= kept
            quota = sum(votes.values()) // (profile.seats + 1) + 1
            for c in sorted(hopeful):
                if votes[c] >= quota:
                    hopeful.remove(c)
                    elected.append(c)
                    won = True
            surplus = max(0, sum(votes[c] - quota for c in elected))
            if won or surplus < omega or (before is not None and surplus >= before):
                break
            before = surplus
            for c in elected:
                keep[c] = _up(_up(keep[c] * quota, one) * one, votes[c])
        rounds.append({c: votes.get(c, 0) for c in keep})
        if not won:
            low = min(votes[c] for c in hopeful)
            tied = [c for c in hopeful if votes[c] <= low + surplus]
            gone = tied[0] if len(tied) == 1 else ties.choose(tied)
            hopeful.remove(gone)
            keep[gone] = 0
    if len(elected) < profile.seats:
        elected += sorted(hopeful)
    return Count(frozenset(elected), [{c: Fraction(v, one) for c, v in r.items()} for r in rounds])


def _first(profile, one):
    votes = {c: 0 for c in profile.standing}
    for n, ranking in profile.strict():
        votes[ranking[0]] += n * one
    return votes


def limit(profile, ties):
    """Meek's method at 24 places, iterated until the surplus is under 10^-15 of a vote.

    The fact `skipped` says whether a ballot with equal ranks ever went past a rank all of whose candidates are out:
    Droop and stv-rs lose such a ballot there.
    """
    one, omega = 10**24, 10**9
    keep = {c: one for c in profile.standing}
    ballots, skipped = list(profile.rankings()), False
    hopeful, elected, held_back = set(keep), [], set()
    while len(hopeful) > profile.seats - len(elected) > 0:
        votes, quota = _settle(profile, ballots, keep, elected, one, omega)
        reached = [c for c in sorted(hopeful - held_back) if votes[c] > quota - CLOSE]
        sure = [c for c in reached if votes[c] > quota + CLOSE]
        if sure:
            hopeful -= set(sure)
            elected += sure
            held_back.clear()
        elif reached:
            # On the quota to within what can be told: elected now (1) or not, either may be right.
            if len(elected) < profile.seats and ties.choose([0, 1]) == 1:
                hopeful.remove(reached[0])
                elected.append(reached[0])
            else:
                held_back.add(reached[0])
        else:
            low = min(votes[c] for c in hopeful)
            tied = [c for c in hopeful if votes[c] <= low + CLOSE]
            gone = tied[0] if len(tied) == 1 else ties.choose(tied)
            hopeful.remove(gone)
            keep[gone] = 0
            held_back.clear()
            skipped |= any(_passes(groups, keep) for _, groups in ballots)
    if len(elected) < profile.seats:
        elected += sorted(hopeful)
    return Count(frozenset(elected), facts={"skipped": skipped})


def _passes(groups, keep):
    """Whether this ballot has equal ranks, and a rank without anyone left above another."""
    empty = [not any(keep.get(c) for c in group) for group in groups]
    return any(len(group) > 1 for group in groups) and any(empty[:-1])


def _settle(profile, ballots, keep, elected, one, omega):
    """Keep factors at which each elected candidate has the quota; stops early when someone passes it."""
    while True:
        votes = {c: 0 for c in keep}
        for n, groups in ballots:
            _share(groups, 0, one, n, keep, votes, one)
        quota = sum(votes.values()) // (profile.seats + 1)
        surplus = sum(max(0, votes[c] - quota) for c in elected)
        passed = any(votes[c] > quota + CLOSE for c in keep if keep[c] and c not in elected)
        if passed or surplus <= omega:
            return votes, quota
        for c in elected:
            keep[c] = min(one, _up(keep[c] * quota, votes[c]))


def _share(groups, at, weight, n, keep, votes, one):
    """Gives each candidate of this rank an equal part, and passes on what of that part is not kept."""
    for depth in range(at, len(groups)):
        open_ = [c for c in groups[depth] if keep.get(c)]
        if open_:
            part = weight // len(open_)
            for c in open_:
                kept = part * keep[c] // one
                votes[c] += kept * n
                if part > kept:
                    _share(groups, depth + 1, part - kept, n, keep, votes, one)
            return
