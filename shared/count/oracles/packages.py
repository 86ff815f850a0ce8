"""The other programs: one function each, from a profile to what that program says.

Every function gives `Says`, or None where the program cannot decide the profile (it does not offer what the
profile needs, or breaks a tie in a way that the rule does not). Nothing here knows our counter. A package is
imported at its first use, so an absent one costs nothing: `available` says which are there.
"""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from pathlib import Path

SMALL = ("votelib", "pyrankvote", "starvote")
TOOLS = Path(os.environ.get("ORACLES", "target/oracles"))


@dataclass
class Says:
    """`ways`: every set of winners that is right. `first`: the winners where ties go to the first listed.
    `rounds` and `scores`: figures, by candidate."""

    ways: list = field(default_factory=list)
    first: frozenset = None
    rounds: list = None
    scores: dict = None


def available(name):
    """Whether this program can be run here, and is small enough where only those are asked for."""
    if os.environ.get("ORACLES_SMALL") and name not in SMALL:
        return False
    if name == "droop":
        return (TOOLS / "droop/droop/election.py").exists()
    if name == "stv-rs":
        return (TOOLS / "cargo/bin/stv-rs").exists()
    return importlib.util.find_spec(name) is not None


def _one(winners):
    return Says(ways=[frozenset(winners)])


def _ranked(profile, reduce=True):
    """Merged ballots: {groups: count}; counts divided by what they have in common, unless a quota depends on them."""
    merged = {}
    for n, groups in profile.rankings():
        groups = tuple(tuple(sorted(group)) for group in groups)
        if groups:
            merged[groups] = merged.get(groups, 0) + n
    common = gcd(*merged.values()) if merged and reduce else 1
    return {groups: n // common for groups, n in merged.items()}


# droop ------------------------------------------------------------------------------------------------------


def droop(profile, rule, figures=True, **options):
    """Droop by Jonathan Lundell: ties go to the first listed. It wants at least as many ballots as candidates.
    `figures` tells whether those of its rounds are to be compared."""
    sys.path.insert(0, str(TOOLS / "droop"))
    from droop.election import Election
    from droop.profile import ElectionProfile

    if sum(n for n, _ in profile.strict()) < len(profile.names):
        return None
    lines = [f"{len(profile.names)} {profile.seats}"]
    lines += [f"-{c + 1}" for c in sorted(profile.withdrawn)]
    lines += [" ".join([str(n), *("=".join(str(c + 1) for c in g) for g in b), "0"]) for n, b in profile.rankings() if b]
    text = "\n".join([*lines, "0", *(f'"c{c}"' for c in range(len(profile.names))), '"title"']) + "\n"
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    try:
        election = Election(ElectionProfile(data=text), dict(rule=rule, **options))
        election.count()
    finally:
        sys.stdout.close()
        sys.stdout = out
    winners = frozenset(c.cid - 1 for c in election.C.elected())
    rounds = []
    for action in election.erecord["actions"]:
        if action["tag"] in ("begin", "transfer", "iterate"):
            rounds.append({c - 1: Fraction(str(s["vote"])) for c, s in action["cstate"].items() if "vote" in s})
    return Says(first=winners, rounds=rounds if figures else None)


def stv_rs(profile, arithmetic):
    """stv-rs by Guillaume Endignoux: Meek, ties go to the first listed."""
    if not _ranked(profile):
        return None
    letter = "abcdefghijklmnopqrstuvwxyz"
    lines = [f"{len(profile.names)} {profile.seats}", "[nick " + " ".join(letter[: len(profile.names)]) + "]"]
    if profile.withdrawn:
        lines.append("[withdrawn " + " ".join(letter[c] for c in sorted(profile.withdrawn)) + "]")
    lines += [" ".join([str(n), *("=".join(letter[c] for c in g) for g in b), "0"]) for n, b in profile.rankings() if b]
    lines += ["0", *(f'"{letter[c]}"' for c in range(len(profile.names))), '"title"']
    command = [TOOLS / "cargo/bin/stv-rs", "--arithmetic", arithmetic, "meek", "--parallel", "no", "--force-positive-surplus"]
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=60)
    if done.returncode:
        return None
    final = done.stdout[done.stdout.rindex("Count Complete") :]
    winners = [line.split(":")[1].strip() for line in final.splitlines() if line.strip().startswith("Elected:")]
    return Says(first=frozenset(letter.index(name.split(" ")[0].strip(",")) for line in winners for name in line.split(", ")))


# pref_voting ------------------------------------------------------------------------------------------------


def _pref_ranked(profile, reduce=True):
    from pref_voting.profiles_with_ties import ProfileWithTies

    ballots = _ranked(profile, reduce)
    if not ballots:
        return None
    ranks = [{c: at + 1 for at, group in enumerate(groups) for c in group} for groups in ballots]
    return ProfileWithTies(ranks, rcounts=list(ballots.values()), candidates=profile.standing)


def _pref_scored(profile, rows=None):
    from pref_voting.grade_profiles import GradeProfile

    rows = profile.ballots if rows is None else rows
    maps = [{c: v or 0 for c, v in enumerate(row)} for _, row in rows]
    top = max((v for m in maps for v in m.values()), default=0)
    grades = list(range(max(top, 5 if profile.kind == "scores" else 1) + 1))
    return GradeProfile(maps, grades, [n for n, _ in rows], candidates=list(range(len(profile.names)))) if maps else None


def pref_stv(profile, name, **options):
    """Winners where no lot and no order of surpluses matters."""
    from pref_voting import proportional_methods

    election = _pref_ranked(profile, reduce=False)
    return _one(getattr(proportional_methods, name)(election, num_seats=profile.seats, **options)) if election else None


def pref_irv(profile):
    from pref_voting.iterative_methods import instant_runoff_for_truncated_linear_orders as count

    election = _pref_ranked(profile)
    return _one(count(election)) if election else None


def pref_condorcet(profile, name, kind):
    """All winners: undefeated by strongest paths, or by some order of equal pairs."""
    from pref_voting import margin_based_methods as methods

    election = _pref_ranked(profile)
    if not election:
        return None
    election.use_extended_strict_preference()
    options = {}
    if kind == "wv":
        options["strength_function"] = lambda a, b: election.support(a, b) if election.margin(a, b) > 0 else 0
    if name == "ranked_pairs":
        # It also locks pairs that tie, and tries every order of equal ones in full.
        margins = [(a, b) for a in profile.standing for b in profile.standing if a < b]
        if any(election.margin(a, b) == 0 for a, b in margins):
            return None
        strengths = [options.get("strength_function", election.margin)(*(p if election.margin(*p) > 0 else p[::-1])) for p in margins]
        orders = 1
        for strength in set(strengths):
            for k in range(2, strengths.count(strength) + 1):
                orders *= k
        if orders > 24:
            return None
    return Says(ways=[frozenset({c}) for c in getattr(methods, name)(election, **options)])


def pref_borda(profile):
    """Winner sets of the symmetric Borda score, which orders as shared averages do."""
    from pref_voting.scoring_methods import borda

    election = _pref_ranked(profile)
    if not election:
        return None
    election.use_extended_strict_preference()
    return Says(ways=[frozenset({c}) for c in borda(election.margin_graph(), algorithm="marginal")])


def pref_grades(profile, name, rows=None, **options):
    from pref_voting import grade_methods

    election = _pref_scored(profile, rows)
    return Says(ways=[frozenset({c}) for c in getattr(grade_methods, name)(election, **options)]) if election else None


# votelib ----------------------------------------------------------------------------------------------------


def _votelib_votes(profile):
    """Its form of ranked votes."""
    return {
        tuple(g[0] if len(g) == 1 else frozenset(g) for g in groups): n for groups, n in _ranked(profile).items()
    }


def _untied(result):
    """Its list of winners, or None with a tie among them."""
    from votelib.evaluate.core import Tie

    return None if not result or any(isinstance(c, Tie) for c in result) else _one(result)


def votelib_irv(profile):
    from votelib.evaluate.sequential import TransferableVoteSelector

    votes = _votelib_votes(profile)
    return _untied(TransferableVoteSelector().evaluate(votes, 1)) if votes else None


def votelib_condorcet(profile, name, *args):
    from votelib.convert import RankedToCondorcetVotes
    from votelib.evaluate import condorcet

    pairs = RankedToCondorcetVotes().convert(_votelib_votes(profile))
    return _untied(getattr(condorcet, name)(*args).evaluate(pairs, 1)) if pairs else None


def votelib_borda(profile, base):
    """Scores where nothing is shared: strict ballots, unranked get nothing, everyone named by somebody."""
    from votelib.component.rankscore import Borda
    from votelib.convert import RankedToPositionalVotes

    votes = {}
    for n, groups in profile.rankings():
        votes[tuple(g[0] for g in groups)] = votes.get(tuple(g[0] for g in groups), 0) + n
    named = {c for ballot in votes for c in ballot}
    if profile.has_equals() or named != set(profile.standing):
        return None
    return Says(scores=dict(RankedToPositionalVotes(Borda(base)).convert(votes)))


def _approved(profile):
    votes = {}
    for n, row in profile.ballots:
        key = frozenset(c for c, v in enumerate(row) if v)
        votes[key] = votes.get(key, 0) + n
    return votes


def votelib_approval(profile, rule):
    from votelib.evaluate.approval import ProportionalApproval, SequentialProportionalApproval

    votes = _approved(profile)
    if len({c for some in votes for c in some}) < profile.seats:
        return None
    if rule == "pav":
        # It looks only at candidates whom somebody approves.
        named = {c for some in votes for c in some}
        if len(named) < len(profile.names):
            return None
        return _untied(ProportionalApproval().evaluate(votes, profile.seats))
    try:
        return _untied(SequentialProportionalApproval().evaluate(votes, profile.seats))
    except NotImplementedError:
        return None


def votelib_score(profile, rule, blank, rows=None):
    """Its scores and, where they do not tie at the cut, its winners."""
    from votelib.evaluate.cardinal import ScoreVoting

    votes = {}
    for n, row in profile.ballots if rows is None else rows:
        key = frozenset((c, v) for c, v in enumerate(row) if v is not None)
        votes[key] = votes.get(key, 0) + n
    if len({c for vote in votes for c, _ in vote}) < len(profile.names):
        return None
    count = ScoreVoting(rule, unscored_value=0 if blank == "zero" else None)
    return _untied(count.evaluate(votes, profile.seats))


def votelib_star(profile):
    from votelib.evaluate.cardinal import STAR

    votes = {}
    for n, row in profile.ballots:
        key = frozenset((c, v or 0) for c, v in enumerate(row))
        votes[key] = votes.get(key, 0) + n
    return _untied(STAR(unscored_value=0).evaluate(votes, 1))


# pyrankvote, starvote, abcvoting ----------------------------------------------------------------------------


def pyrankvote_irv(profile):
    import pyrankvote

    votes = _ranked(profile)
    if not votes or sum(votes.values()) > 5000:
        return None
    people = {c: pyrankvote.Candidate(f"c{c:02}") for c in profile.standing}
    ballots = [pyrankvote.Ballot([people[g[0]] for g in groups]) for groups, n in votes.items() for _ in range(n)]
    result = pyrankvote.instant_runoff_voting(list(people.values()), ballots)
    return _one(int(str(winner.name)[1:]) for winner in result.get_winners())


def starvote(profile):
    """The winner, or the tied of an unbreakable tie."""
    import starvote as package

    # It takes a candidate called 0 for none.
    ballots = [{f"c{c}": v or 0 for c, v in enumerate(row)} for n, row in profile.ballots for _ in range(n)]
    try:
        winners = package.star_voting(ballots, tiebreaker=None)
    except package.UnbreakableTieError as tie:
        winners = tie.candidates
    return Says(ways=[frozenset({int(c[1:])}) for c in winners])


def abcvoting(profile, rule):
    """Every winning committee."""
    from abcvoting import abcrules
    from abcvoting.preferences import Profile

    election = Profile(num_cand=len(profile.names))
    for approved, n in _approved(profile).items():
        election.add_voter(_weighted(approved, n))
    options = {"algorithm": "brute-force"} if rule == "pav" else {}
    found = abcrules.compute(rule, election, committeesize=profile.seats, resolute=False, **options)
    return Says(ways=[frozenset(some) for some in found])


def _weighted(approved, n):
    from abcvoting.preferences import Voter

    return Voter(approved, weight=n)
