"""Every rule under test: how to call `vote count`, what defines it, and which programs can judge it.

A judge is a name, the package that it needs, what it says of a profile, and when it may be asked: it is passed
the definition's own answer, and is left out (and the profile not counted as comparable) where it is known to part
ways for reasons of its own. `shared/design/vote.md` has the reasons.
"""

from dataclasses import dataclass, field, replace

import packages as p
from definitions import Count, Ties, gregory, meek, outcomes, pairs, points, rounds


@dataclass
class Truth:
    """The definition's answer: winners under every fall of the ties, and the count with ties to the first listed.
    `readings`: the ways by each reading of the rule, if there are several."""

    ways: list
    tied: bool
    first: Count
    readings: list = None


@dataclass
class Judge:
    name: str
    package: str
    ask: object
    when: object = lambda truth, profile: not truth.tied


@dataclass
class Rule:
    """`kind` and `shape` say which electorates; `args` what to add to `vote count FILE --method METHOD`."""

    args: list
    kind: str
    define: object
    judges: list = field(default_factory=list)
    shape: dict = field(default_factory=dict)
    ending: str = "blt"


def always(truth, profile):
    return True


def unique(truth, profile):
    return len(set(truth.ways)) == 1


def by_ties(count, *more):
    """The truth of a count that may meet ties; `more` are other readings of the same rule."""

    def define(profile):
        readings, tied = [], False
        for reading in (count, *more):
            found, met = outcomes(reading, profile)
            readings.append([one.winners for one in found])
            tied |= met
        ways = sum(readings, [])
        return Truth(ways, tied or len(set(ways)) > 1, count(profile, Ties()), readings)

    return define


def by_sets(count):
    """The truth of a count that gives every winning set itself."""

    def define(profile):
        found = count(profile)
        found = found if isinstance(found, list) else [found]
        if len(found) == 1 and len(found[0].winners) > profile.seats:
            found = [replace(found[0], winners=frozenset({c})) for c in found[0].winners]
        first = found[0]
        if "first" in first.facts:
            first = replace(first, winners=frozenset({first.facts["first"]}))
        return Truth([one.winners for one in found], len(found) > 1, first)

    return define


def star(profile):
    """An unbreakable tie leaves those in it, whether for a place in the runoff or in it."""
    found = points.star(profile)
    first = points.star(profile, Ties())
    return Truth([frozenset({c}) for c in found.winners], len(found.winners) > 1, first)


def gregory_by(rules, *more):
    return by_ties(*(lambda profile, ties, r=r: gregory.count(r, profile, ties) for r in (rules, *more)))


def no_queue(truth, profile):
    """It settles all surpluses of a round before it looks for winners."""
    return not truth.tied and not truth.first.facts["queue"]


def not_exact(truth, profile):
    """With exact numbers it asks for more than the quota."""
    return not truth.tied and not truth.first.facts["exactly"]


def none_lost(truth, profile):
    """They lose a ballot with equal ranks at a rank all of whose candidates are out."""
    return not truth.tied and not truth.first.facts["skipped"]


def plain_star(truth, profile):
    return truth.first.facts["plain"]


EQUAL = {"equals": True}
ONE = {"seats": 1}
# It shows only so many places of exact numbers; its generic Meek excludes sure losers early.
DROOP_RATIONAL = {"arithmetic": "rational", "figures": False}


def _wigm(quota, *judges):
    return Rule(["stv", "--rule", "wigm", "--quota", quota], "ranked", gregory_by(gregory.exact(quota)), list(judges))


def _condorcet(method, kind, define, judges):
    rule = by_sets(lambda profile: define(kind, profile))
    return Rule([method, "--rule", kind], "ranked", rule, judges, {**ONE, **EQUAL, "largest": 6 if method != "schulze" else 8}, "ranks")


def _borda(base, unranked, judges):
    rule = by_sets(lambda profile: points.borda(profile, base, unranked))
    args = ["borda", "--base", str(base), "--unranked", unranked]
    return Rule(args, "ranked", rule, judges, {**EQUAL}, "ranks")


def _approval(rule, *judges):
    judges = [Judge("abcvoting", "abcvoting", lambda q: p.abcvoting(q, rule), always), *judges]
    return Rule(["approval", "--rule", rule], "approvals", by_sets(lambda q: points.approval(q, rule)), judges)


def _score(rule, blank):
    args = ["score", "--rule", rule, *(["--blank", blank] if rule == "mean" else [])]
    judges = [Judge("votelib", "votelib", lambda q: p.votelib_score(q, rule, blank), unique)]
    if rule == "sum":
        judges.append(Judge("pref_voting", "pref_voting", lambda q: p.pref_grades(q, "score_voting"), lambda t, q: q.seats == 1))
    return Rule(args, "scores", by_sets(lambda q: points.score(q, rule, blank)), judges)


def _within(profile, budget):
    return [(n, row) for n, row in profile.ballots if sum(v or 0 for v in row) <= budget]


DROOP_MEEK = {"arithmetic": "guarded", "precision": 18, "figures": False}
BORDA = Judge("pref_voting", "pref_voting", p.pref_borda, lambda t, q: q.seats == 1)

RULES = {
    "stv-scottish": Rule(
        ["stv", "--rule", "scottish"],
        "ranked",
        gregory_by(gregory.scottish("narrow"), gregory.scottish("alone")),
        [
            Judge("droop", "droop", lambda q: p.droop(q, "scotland"), lambda t, q: not t.tied),
            Judge("pref_voting", "pref_voting", lambda q: p.pref_stv(q, "stv_scottish")),
        ],
    ),
    "stv-wigm-prf": Rule(
        ["stv", "--rule", "wigm-prf"],
        "ranked",
        gregory_by(gregory.PRF),
        [Judge("droop", "droop", lambda q: p.droop(q, "wigm-prf"), always)],
    ),
    "stv-meek-prf": Rule(
        ["stv", "--rule", "meek-prf"],
        "ranked",
        by_ties(meek.prf),
        [
            Judge("droop", "droop", lambda q: p.droop(q, "meek-prf"), always),
            Judge("stv-rs", "stv-rs", lambda q: p.stv_rs(q, "fixed9"), always),
        ],
    ),
    "stv-meek": Rule(
        ["stv", "--rule", "meek"],
        "ranked",
        by_ties(meek.limit),
        [
            Judge("droop", "droop", lambda q: p.droop(q, "meek", **DROOP_MEEK), none_lost),
            Judge("stv-rs", "stv-rs", lambda q: p.stv_rs(q, "approx"), none_lost),
            Judge("pref_voting", "pref_voting", lambda q: p.pref_stv(q, "stv_meek")),
        ],
        {**EQUAL, "largest": 6},
    ),
    "stv-wigm-droop": _wigm(
        "droop",
        Judge("droop", "droop", lambda q: p.droop(q, "wigm", integer_quota=True, **DROOP_RATIONAL), not_exact),
        Judge("pref_voting", "pref_voting", lambda q: p.pref_stv(q, "stv_wig", quota_rule="droop"), no_queue),
    ),
    "stv-wigm-hagenbach-bischoff": _wigm(
        "hagenbach-bischoff",
        Judge("droop", "droop", lambda q: p.droop(q, "wigm", **DROOP_RATIONAL), not_exact),
        Judge("pref_voting", "pref_voting", lambda q: p.pref_stv(q, "stv_wig"), no_queue),
    ),
    "stv-wigm-hare": _wigm("hare"),
    "stv-wigm-imperiali": _wigm("imperiali"),
    "stv-rctab-droop": Rule(["stv", "--rule", "rctab"], "ranked", by_ties(lambda q, t: rounds.rctab("droop", q, t))),
    "stv-rctab-hare": Rule(
        ["stv", "--rule", "rctab", "--quota", "hare"], "ranked", by_ties(lambda q, t: rounds.rctab("hare", q, t))
    ),
    "irv": Rule(
        ["irv"],
        "ranked",
        by_ties(rounds.instant_runoff),
        [
            Judge("votelib", "votelib", p.votelib_irv),
            Judge("pyrankvote", "pyrankvote", p.pyrankvote_irv),
            Judge("pref_voting", "pref_voting", p.pref_irv),
        ],
        ONE,
    ),
    "schulze-wv": _condorcet(
        "schulze",
        "wv",
        pairs.schulze,
        [
            Judge("pref_voting", "pref_voting", lambda q: p.pref_condorcet(q, "beat_path", "wv"), always),
            Judge("votelib", "votelib", lambda q: p.votelib_condorcet(q, "Schulze"), unique),
        ],
    ),
    "schulze-margins": _condorcet(
        "schulze",
        "margins",
        pairs.schulze,
        [Judge("pref_voting", "pref_voting", lambda q: p.pref_condorcet(q, "beat_path", "margins"), always)],
    ),
    "ranked-pairs-wv": _condorcet(
        "ranked-pairs",
        "wv",
        pairs.ranked_pairs,
        [
            Judge("pref_voting", "pref_voting", lambda q: p.pref_condorcet(q, "ranked_pairs", "wv"), always),
            Judge("votelib", "votelib", lambda q: p.votelib_condorcet(q, "RankedPairs", "winning_votes"), unique),
        ],
    ),
    "ranked-pairs-margins": _condorcet(
        "ranked-pairs",
        "margins",
        pairs.ranked_pairs,
        [
            Judge("pref_voting", "pref_voting", lambda q: p.pref_condorcet(q, "ranked_pairs", "margins"), always),
            Judge("votelib", "votelib", lambda q: p.votelib_condorcet(q, "RankedPairs", "margins"), unique),
        ],
    ),
    "borda-0-average": _borda(0, "average", [BORDA]),
    "borda-1-average": _borda(1, "average", [BORDA]),
    "borda-0-zero": _borda(0, "zero", [Judge("votelib", "votelib", lambda q: p.votelib_borda(q, 0), always)]),
    "borda-1-zero": _borda(1, "zero", [Judge("votelib", "votelib", lambda q: p.votelib_borda(q, 1), always)]),
    "approval-av": _approval(
        "av", Judge("pref_voting", "pref_voting", lambda q: p.pref_grades(q, "approval"), lambda t, q: q.seats == 1)
    ),
    "approval-sav": _approval("sav"),
    "approval-pav": _approval("pav", Judge("votelib", "votelib", lambda q: p.votelib_approval(q, "pav"), unique)),
    "approval-seqpav": _approval("seqpav", Judge("votelib", "votelib", lambda q: p.votelib_approval(q, "seqpav"), unique)),
    "score-sum": _score("sum", "zero"),
    "score-mean-zero": _score("mean", "zero"),
    "score-mean-skip": _score("mean", "skip"),
    "star": Rule(
        ["star"],
        "scores",
        star,
        [
            Judge("starvote", "starvote", p.starvote, always),
            Judge("votelib", "votelib", p.votelib_star, plain_star),
            Judge("pref_voting", "pref_voting", lambda q: p.pref_grades(q, "star"), plain_star),
        ],
        ONE,
    ),
    "dots": Rule(
        ["dots", "--budget", "10"],
        "dots",
        by_sets(lambda q: points.dots(q, 10)),
        [
            Judge("votelib", "votelib", lambda q: p.votelib_score(q, "sum", "zero", _within(q, 10)), unique),
            Judge("pref_voting", "pref_voting", lambda q: p.pref_grades(q, "score_voting", _within(q, 10)), lambda t, q: q.seats == 1),
        ],
    ),
}
