"""Checks the definitions themselves against elections with published or independently counted results.

    cases.py DIRECTORY      DIRECTORY holds `cases/*.json` and `ballots/`

Winners are compared in every case that has ballots, and the figures of rounds, pairs, paths and sums wherever the
case gives them. Exit status 1 if any differs.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path

from ballotfile import read
from definitions import Ties, gregory, meek, pairs, points, rounds


def stv(profile, case):
    """The count, and whether its rounds are comparable one by one."""
    params = case["params"]
    quota = "hagenbach-bischoff" if params.get("quota") == "valid/(seats+1)" else "droop"
    count = {
        "scottish-stv": lambda p, t: gregory.count(gregory.scottish("narrow"), p, t),
        "wigm-exact": lambda p, t: gregory.count(gregory.exact(quota), p, t),
        "wigm-prf": lambda p, t: gregory.count(gregory.PRF, p, t),
        "meek-prf": meek.prf,
        "meek": meek.limit,
        "meek-exact": meek.limit,
        "rctab-wigm": lambda p, t: rounds.rctab("hare" if "hare" in str(params).lower() else "droop", p, t),
    }[case["rule"]]
    found = count(profile, Ties())
    wanted = case["expected"]
    yield "winners", profile.called(found.winners), frozenset(wanted["winners"])
    stages = wanted.get("stages") or wanted.get("rounds") or []
    tallies = [{profile.names[c]: Fraction(v) for c, v in stage.items() if v} for stage in found.rounds]
    want = [{n: Fraction(v) for n, v in s.get("votes", s).items() if Fraction(v)} for s in stages]
    if case["rule"] == "wigm-exact":
        # These leave out who is elected or excluded, and show several exclusions as one round.
        yield "rounds", all(any(w.items() <= t.items() for t in tallies) for w in want), True
    elif want and found.rounds:
        both = [_distinct(tallies), _distinct(want)]
        yield "rounds", *(b[: min(map(len, both))] for b in both)
        yield "number of rounds", abs(len(both[0]) - len(both[1])) <= 1, True


def _distinct(tallies):
    """The tallies without repetitions."""
    return [t for at, t in enumerate(tallies) if at == 0 or t != tallies[at - 1]]


def irv(profile, case):
    found, wanted = rounds.instant_runoff(profile, Ties()), case["expected"]
    yield "winner", profile.called(found.winners), {wanted["winner"]}
    got = [{profile.names[c]: v for c, v in r.items()} for r in found.rounds]
    want = [r["votes"] for r in wanted["rounds"]]
    yield "rounds", got, want


def condorcet(profile, case):
    method, wanted = {"schulze": pairs.schulze, "ranked-pairs": pairs.ranked_pairs}[case["method"]], case["expected"]
    for kind in ("wv", "margins"):
        found = method(kind, profile)
        yield f"winners {kind}", profile.called(found.winners), frozenset(wanted[f"winners_{kind}"])
        if f"order_{kind}" in wanted and "order" in found.facts:
            order = [profile.called(group) for group in found.facts["order"]]
            yield f"order {kind}", order, [frozenset(group) for group in wanted[f"order_{kind}"]]
        if f"path_strengths_{kind}" in wanted and "paths" in found.facts:
            paths = {(profile.names[a], profile.names[b]): v for (a, b), v in found.facts["paths"].items()}
            yield f"paths {kind}", paths, _flat(wanted[f"path_strengths_{kind}"])
        if "pairwise" in wanted:
            over = {profile.names[a]: {profile.names[b]: v for b, v in row.items()} for a, row in found.facts["pairwise"].items()}
            yield "pairwise", _flat(over), _flat(wanted["pairwise"])


def _flat(matrix):
    return {(a, b): v for a, row in matrix.items() for b, v in row.items()}


def sums(profile, case):
    """Borda, approval, score and dots."""
    wanted, params = case["expected"], case["params"]
    found = {
        "borda": lambda: points.borda(profile, params["base"], params["unranked"]),
        "approval": lambda: points.approval(profile, case["rule"]),
        "score": lambda: points.score(profile, case["rule"], "zero"),
        "dots": lambda: points.dots(profile, params["budget"]),
    }[case["method"]]()
    committees = {profile.called(some.winners) for some in found}
    if "committees_" + case["rule"] in wanted:
        yield "committees", committees, {frozenset(some) for some in wanted["committees_" + case["rule"]]}
    if "winners" in wanted or "winner" in wanted:
        yield "winners", committees, {frozenset(wanted.get("winners") or [wanted["winner"]])}
    figures = wanted.get("scores") or wanted.get("totals")
    if figures and "scores" in found[0].facts:
        got = {profile.names[c]: v for c, v in found[0].facts["scores"].items()}
        yield "figures", got, {name: Fraction(v) for name, v in figures.items()}


def star(profile, case):
    found, wanted = points.star(profile), case["expected"]
    yield "winner", "tie" if "tie" in found.facts else profile.called(found.winners), (
        "tie" if wanted.get("unbreakable_tie") else {wanted["winner"]}
    )
    yield "totals", {profile.names[c]: v for c, v in found.facts["scores"].items()}, wanted["totals"]
    if "finalists" in wanted and "finalists" in found.facts:
        yield "finalists", profile.called(found.facts["finalists"]), frozenset(wanted["finalists"])


METHODS = {"stv": stv, "irv": irv, "schulze": condorcet, "ranked-pairs": condorcet, "star": star}


def main(directory):
    good = bad = 0
    for file in sorted((directory / "cases").glob("*.json")):
        case = json.loads(file.read_text())
        if not case["ballots"]:
            continue
        profile = read(directory / case["ballots"], case["seats"])
        for what, got, want in METHODS.get(case["method"], sums)(profile, case):
            if got == want:
                good += 1
            else:
                bad += 1
                print(f"{case['id']}: {what}: {got} instead of {want}"[:1500])
    print(f"definitions against published cases: {good} figures agree, {bad} differ")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
