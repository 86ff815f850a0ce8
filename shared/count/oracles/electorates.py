"""Random electorates for the differential tests: the same seed gives the same electorate everywhere.

    electorates.py KIND COUNT DIRECTORY [SEED]     KIND: ranked, equal, scores, approvals, dots

Each electorate follows one model, chosen by its seed:
  impartial  every ranking equally likely
  spatial    voters and candidates in a plane, in blocs; nearer is better
  skewed     popular candidates come first (Plackett-Luce), ballots truncated
  patterns   a handful of distinct ballots with large counts
  mirrored   each ballot comes with relabelled twins, so nearly everything ties
  tiny       one to seven ballots
and may have empty ballots, withdrawn candidates, equal ranks where the method allows them, and names
that are not plain ASCII.
"""

import random
import sys
from pathlib import Path

from ballotfile import Profile, text

MODELS = ("impartial", "spatial", "skewed", "patterns", "mirrored", "tiny")
ASCII = "Ann Bob Cem Dot Eve Fay Gus Hal Ivo Jan Kim Lou".split()
OTHER = ["Åsa", "Ben Okri", "Çem", "D. Wu", "Élan", "Fu-Fu", "Gül", "H 2", "Ìyá", "Jürg", "K.K.", "Łoś"]


def electorate(seed, kind, largest=8, seats=None, equals=False, withdrawals=True):
    """The electorate of this seed. `largest` bounds the candidates, `seats` fixes the seats."""
    rng = random.Random(f"{seed}/{kind}/{largest}/{equals}")
    model = rng.choice(MODELS)
    size = rng.randint(2, largest)
    names = tuple((OTHER if rng.random() < 0.1 else ASCII)[:size])
    places = seats or min(rng.choice((1, 1, 2, 2, 3, 3, 4, 5)), size)
    if places == size and rng.random() < 0.8:
        places = max(1, size - 1)
    rankings = _rankings(rng, model, size)
    if kind != "ranked":
        return Profile(kind, names, places, _marks(rng, kind, size, rankings), model=model)
    ballots = _tallied(rng, model, [_shape(rng, r, equals) for r in rankings])
    gone = frozenset()
    if withdrawals and size > 2 and rng.random() < 0.15:
        gone = frozenset(rng.sample(range(size), rng.randint(1, size - 2)))
        places = min(places, size - len(gone))
    return Profile("ranked", names, places, ballots, gone, model=model)


def _rankings(rng, model, size):
    """Complete rankings, one for each ballot or, in `patterns`, one for each pattern."""
    full = lambda: rng.sample(range(size), size)
    if model == "impartial":
        return [full() for _ in range(rng.randint(5, 80))]
    if model == "tiny":
        return [full() for _ in range(rng.randint(1, 7))]
    if model == "patterns":
        return [full() for _ in range(rng.randint(2, 6))]
    if model == "spatial":
        return _spatial(rng, size)
    if model == "skewed":
        return _skewed(rng, size)
    return _mirrored(rng, size, full)


def _spatial(rng, size):
    blocs = [(rng.random(), rng.random()) for _ in range(rng.randint(1, 4))]
    near = lambda spread: tuple(rng.gauss(x, spread) for x in rng.choice(blocs))
    stands = [near(0.25) for _ in range(size)]
    rankings = []
    for _ in range(rng.randint(8, 100)):
        x, y = near(0.15)
        rankings.append(sorted(range(size), key=lambda c: (stands[c][0] - x) ** 2 + (stands[c][1] - y) ** 2))
    return rankings


def _skewed(rng, size):
    weights = [1 / (c + 1) for c in range(size)]
    rng.shuffle(weights)
    rankings = []
    for _ in range(rng.randint(8, 100)):
        order = sorted(range(size), key=lambda c: rng.expovariate(weights[c]))
        rankings.append(order[: rng.randint(1, size)])
    return rankings


def _mirrored(rng, size, full):
    turn = full()
    rankings = []
    for _ in range(rng.randint(1, 8)):
        ballot = full()[: rng.randint(1, size)]
        for _ in range(rng.choice((1, 2, size))):
            rankings.append(ballot)
            ballot = [turn[c] for c in ballot]
    return rankings


def _shape(rng, ranking, equals):
    """A ballot out of a ranking: cut short, joined, or empty."""
    if rng.random() < 0.03:
        return ()
    if rng.random() < 0.4:
        ranking = ranking[: rng.randint(1, len(ranking))]
    groups = [[c] for c in ranking]
    if equals and rng.random() < 0.5:
        while len(groups) > 1 and rng.random() < 0.6:
            at = rng.randrange(len(groups) - 1)
            groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return tuple(tuple(group) for group in groups)


def _tallied(rng, model, ballots):
    """The ballots with their counts; now and then a very large electorate."""
    scale = rng.choice((1, 1, 1, 7, 1000)) if model == "patterns" else 1
    top = 30 if model == "patterns" else 1
    return tuple((rng.randint(1, top) * scale, ballot) for ballot in ballots)


def _marks(rng, kind, size, rankings):
    """Scores, approvals or dots that follow the rankings."""
    rows = []
    for ranking in rankings:
        place = {c: at for at, c in enumerate(ranking)}
        if kind == "approvals":
            cut = rng.randint(0, len(ranking))
            row = tuple(int(place.get(c, size) < cut) for c in range(size))
        elif kind == "scores":
            mood = rng.randint(3, 5) if rng.random() < 0.9 else 2
            row = tuple(max(0, mood - place[c]) if c in place else None for c in range(size))
            row = tuple(None if v == 0 and rng.random() < 0.5 else v for v in row)
        else:
            left, row = rng.choice((10, 10, 10, 12)), [None] * size
            for c in ranking:
                row[c] = rng.randint(0, left)
                left -= row[c]
            row = tuple(row)
        rows.append((rng.choice((1, 1, 1, 2, 9)), row))
    if rng.random() < 0.3:
        rows.append((rng.randint(1, 3), (None,) * size if kind != "approvals" else (0,) * size))
    return tuple(rows)


ENDINGS = {"ranked": "blt", "equal": "ranks"}

if __name__ == "__main__":
    kind, count, directory = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    directory.mkdir(parents=True, exist_ok=True)
    ending = ENDINGS.get(kind, f"{kind}.csv")
    for seed in range(first, first + count):
        ranked = kind in ENDINGS
        made = electorate(seed, "ranked" if ranked else kind, equals=kind == "equal", withdrawals=kind != "equal")
        (directory / f"{kind}-{seed}.{ending}").write_text(text(made, ending))
