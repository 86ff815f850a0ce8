"""Methods that compare candidates two by two.

Schulze: M. Schulze, "The Schulze Method of Voting" (2018), section 2, with winning votes or margins.
Ranked pairs: T. N. Tideman (1987), where equally strong pairs are taken in every order (so the winners are all
who win under some order). Unranked is below every ranked, and equal among themselves. A pair that ties is no
defeat. A weak or strict relation, never a float.
"""

from . import Count


def pairwise(profile):
    """How many ballots put the one above the other."""
    over = {a: {b: 0 for b in profile.standing if b != a} for a in profile.standing}
    for n, groups in profile.rankings():
        rank = {c: at for at, group in enumerate(groups) for c in group}
        for a in over:
            for b in over[a]:
                if rank.get(a, len(groups)) < rank.get(b, len(groups)):
                    over[a][b] += n
    return over


def _strength(over, kind):
    """The strength of each defeat; no entry where there is none."""
    return {
        (a, b): over[a][b] if kind == "wv" else over[a][b] - over[b][a]
        for a in over
        for b in over[a]
        if over[a][b] > over[b][a]
    }


def schulze(kind, profile):
    """Strongest paths by widening them one candidate at a time."""
    over = pairwise(profile)
    defeats = _strength(over, kind)
    path = {(a, b): defeats.get((a, b), 0) for a in over for b in over if a != b}
    for via in over:
        for a in over:
            for b in over:
                if len({a, b, via}) == 3:
                    path[a, b] = max(path[a, b], min(path[a, via], path[via, b]))
    beaten = lambda c, among: any(path[d, c] > path[c, d] for d in among if d != c)
    order, left = [], set(over)
    while left:
        best = {c for c in left if not beaten(c, left)}
        order.append(best)
        left -= best
    facts = {"pairwise": over, "paths": path, "order": order, "condorcet": _condorcet(over)}
    return Count(frozenset(order[0]), facts=facts)


def _condorcet(over):
    """Who beats each other candidate, or None."""
    return next((a for a in over if all(over[a][b] > over[b][a] for b in over[a])), None)


def ranked_pairs(kind, profile):
    """Locks defeats from strong to weak, in every order of equal ones, skipping those that close a circle.

    The fact `first` is who wins if equal ones go by the winner's place, then by the loser's from the end.
    """
    over = pairwise(profile)
    defeats = _strength(over, kind)
    levels = [sorted(p for p in defeats if defeats[p] == s) for s in sorted(set(defeats.values()), reverse=True)]
    nothing = tuple(0 for _ in profile.names)
    states, first = {nothing}, nothing
    for level in levels:
        for a, b in sorted(level, key=lambda pair: (pair[0], -pair[1])):
            if not _leads(first, b, a):
                first = _lock(first, a, b)
        states = {end for state in states for end in _every_order(state, frozenset(level))}
    unbeaten = lambda state: {c for c in over if not any(_leads(state, a, c) for a in over)}
    winners = {c for state in states for c in unbeaten(state)}
    return Count(frozenset(winners), facts={"pairwise": over, "condorcet": _condorcet(over), "first": min(unbeaten(first))})


def _every_order(locked, waiting):
    """Where the locked defeats lead after each order of the waiting ones."""
    seen, todo, ends = set(), [(locked, waiting)], set()
    while todo:
        locked, waiting = todo.pop()
        # One that closes a circle is skipped; one that leads nowhere new changes nothing.
        waiting = frozenset(p for p in waiting if not _leads(locked, p[1], p[0]) and not _leads(locked, *p))
        if (locked, waiting) in seen:
            continue
        seen.add((locked, waiting))
        if not waiting:
            ends.add(locked)
        todo += [(_lock(locked, *p), waiting - {p}) for p in waiting]
    return ends


def _leads(locked, start, end):
    """Whether locked defeats lead from the one to the other."""
    return bool(locked[start] >> end & 1)


def _lock(locked, winner, loser):
    """Whom each leads to, as bits, once this defeat is locked too."""
    more = locked[loser] | 1 << loser
    return tuple(to | more if c == winner or to >> winner & 1 else to for c, to in enumerate(locked))
