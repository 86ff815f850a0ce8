"""Counts random electorates by `vote count`, by the definitions and by other programs, and compares.

    compare.py --vote PROGRAM [--profiles N] [--first SEED] [--jobs N] [RULE…]
    compare.py --definitions …       the definitions in the counter's place: judges the judges

Prints for each rule and judge how many profiles there were, how many the judge could decide, and how many of
those agree; then each disagreement with its seed and the smallest electorate found that still shows it. Exit
status: 0 all agree, 1 not, 2 nothing compared.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter as Tally
from fractions import Fraction
from multiprocessing import Pool

import packages
from ballotfile import smaller, text
from counter import Broken, Counter, Definition, close
from definitions import TooManyTies
from electorates import electorate
from rules import RULES

DEFINITION = "definition"
FELL = "fell over"
SHOWN = 3  # disagreements shown in full for each rule and judge
PATIENCE = 8  # seconds for making one of them small


def wanted(answer, ways):
    """Why this answer is not right where these are all the right sets of winners; None if it is.

    Without a tie-break the counter stops at the first tie that the rule cannot break, even one that turns out to
    change nothing: then everybody who wins is certain all the same.
    """
    sets = set(ways)
    if answer.complete:
        return None if sets == {answer.certain} else f"winners {sorted(answer.certain)}, not {_sets(sets)}"
    sure = frozenset.intersection(*sets)
    if answer.certain != sure:
        return f"certain are {sorted(sure)} of {_sets(sets)}, not {sorted(answer.certain)}"
    return None


def _sets(sets):
    return " or ".join(str(sorted(some)) for some in sorted(sets, key=sorted))


def rounds_differ(got, want, to_the_end):
    """Where two lists of tallies part, apart from repetitions and from candidates no longer in the count; and, if it
    matters, which is longer: some programs show a transfer or two after the last seat is filled."""
    got, want = _steps(got), _steps(want)
    for at, (ours, theirs) in enumerate(zip(got, want)):
        for c, value in theirs.items():
            value = Fraction(value)
            if c in ours and not close(ours[c], value):
                return f"round {at + 1}: candidate {c} has {ours[c]}, not {value}"
            if c not in ours and value and not any(c not in later for later in got[at:]):
                return f"round {at + 1}: candidate {c} with {value} is missing"
    return f"{len(got)} rounds, not {len(want)}" if to_the_end and len(got) != len(want) else None


def _steps(rounds):
    """Without rounds in which nothing changes for those who are shown."""
    kept = []
    for tally in rounds:
        if not kept or any(kept[-1].get(c, 0) != v for c, v in tally.items() if Fraction(v)):
            kept.append(tally)
    return kept


def facts_differ(answer, truth):
    """The figures that the contract prints against those of the definition."""
    got, want = answer.facts, truth.first.facts
    for key, exact in (("quota", "quota"), ("valid", "valid"), ("invalid", "invalid")):
        if key in got and exact in want and not close(got[key], Fraction(want[exact])):
            return f"{key} is {got[key]}, not {want[exact]}"
    for key, exact in (("scores", "scores"), ("runoff", "runoff"), ("path_strengths", "paths")):
        if key in got and exact in want:
            for at, value in want[exact].items():
                if at not in got[key] or not close(got[key][at], Fraction(value)):
                    return f"{key} of {at} is {got[key].get(at)}, not {value}"
    if "pairwise" in got and "pairwise" in want:
        over = {(a, b): n for a, row in want["pairwise"].items() for b, n in row.items()}
        if got["pairwise"] != over:
            return f"pairwise is {got['pairwise']}, not {over}"
    for key in ("order", "finalists", "condorcet"):
        if key in got and key in want and got[key] != want[key]:
            return f"{key} is {got[key]}, not {want[key]}"
    if "possible_winners" in got and len(truth.ways[0]) == 1:
        possible = frozenset.union(*truth.ways)
        if got["possible_winners"] != possible:
            return f"possible winners are {sorted(got['possible_winners'])}, not {sorted(possible)}"
    return None


class Case:
    """One profile under one rule: what the counter says, asked at most twice."""

    def __init__(self, counter, rule, profile):
        self.counter, self.rule, self.profile = counter, rule, profile
        self.truth = rule.define(profile)
        self.plain = counter.run(rule, profile)
        self._first, self.fallen = None, {}

    def first(self):
        """The answer where ties go to the first listed."""
        if self._first is None:
            self._first = self.counter.run(self.rule, self.profile, "--tie-break", "first-listed")
        return self._first

    def by_definition(self):
        """Why the counter is wrong by the definition, or None."""
        truth, plain = self.truth, self.plain
        fault = None
        for reading in truth.readings or [truth.ways]:
            fault = wanted(plain, reading)
            if not fault:
                break
        answer = self.first() if truth.tied else plain
        if not fault and answer.certain != truth.first.winners:
            fault = f"with ties to the first listed {sorted(answer.certain)}, not {sorted(truth.first.winners)}"
        if not fault and answer.rounds and truth.first.rounds:
            fault = rounds_differ(answer.rounds, truth.first.rounds, True)
        return fault or facts_differ(answer, truth)

    def by(self, judge):
        """(whether the judge can decide, why the counter is wrong by it or None)."""
        if not judge.when(self.truth, self.profile):
            return False, None
        try:
            says = judge.ask(self.profile)
        except Exception as fault:  # a program that falls over decides nothing, but is counted
            says, self.fallen[judge.name] = None, repr(fault)
        if says is None:
            return False, None
        if says.ways:
            return True, wanted(self.plain, says.ways)
        answer = self.first() if self.truth.tied else self.plain
        if says.first is not None and answer.certain != says.first:
            return True, f"winners {sorted(answer.certain)}, not {sorted(says.first)}"
        if says.rounds and answer.rounds:
            return True, rounds_differ(answer.rounds, says.rounds, False)
        if says.scores is not None:
            for c, value in says.scores.items():
                if "scores" in answer.facts and not close(answer.facts["scores"][c], Fraction(value)):
                    return True, f"score of {c} is {answer.facts['scores'][c]}, not {value}"
        return True, None


def judges(rule):
    """Those that can be asked here."""
    return [judge for judge in rule.judges if packages.available(judge.package)]


def verdict(counter, rule, profile, name):
    """(decided, fault) of one judge."""
    try:
        case = Case(counter, rule, profile)
        if name == DEFINITION:
            return True, case.by_definition()
        return case.by(next(j for j in rule.judges if j.name == name))
    except TooManyTies:
        return False, None
    except Broken as fault:
        return True, str(fault)


def shrink(counter, rule, profile, name):
    """The smallest electorate found within some seconds that the two still disagree about."""
    until, found = time.monotonic() + PATIENCE, True
    while found:
        found = False
        for less in smaller(profile):
            if time.monotonic() > until:
                break
            if verdict(counter, rule, less, name)[1]:
                profile, found = less, True
                break
    return profile


def drawn(name, seed):
    """The electorate of this seed for this rule."""
    rule = RULES[name]
    return electorate(seed, rule.kind, withdrawals=rule.ending == "blt", **rule.shape)


WORKER = {}


def start(program, directory):
    WORKER["counter"] = Counter(program, directory) if program else Definition()


def one(job):
    """All judges on one seed: [(judge, decided, fault)]."""
    name, seed = job
    rule, profile = RULES[name], drawn(name, seed)
    try:
        case = Case(WORKER["counter"], rule, profile)
        found = [(DEFINITION, True, case.by_definition())]
    except TooManyTies:
        return name, seed, [(DEFINITION, False, None)]
    except Broken as fault:
        return name, seed, [(DEFINITION, True, str(fault))]
    for judge in judges(rule):
        try:
            found.append((judge.name, *case.by(judge)))
        except Broken as fault:
            found.append((judge.name, True, str(fault)))
    return name, seed, found + [(judge, FELL, fault) for judge, fault in case.fallen.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--vote")
    parser.add_argument("--definitions", action="store_true")
    parser.add_argument("--profiles", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    args = parser.parse_args()
    if bool(args.vote) == args.definitions:
        parser.error("either --vote PROGRAM or --definitions")
    names = [name for name in RULES if not args.rules or any(name.startswith(r) for r in args.rules)]
    seeds = range(args.first, args.first + args.profiles)
    decided, agreed, faults, fallen = Tally(), Tally(), {}, {}
    with tempfile.TemporaryDirectory() as directory:
        with Pool(args.jobs, start, (args.vote, directory)) as pool:
            for name in names:
                for _, seed, found in pool.imap_unordered(one, [(name, seed) for seed in seeds], chunksize=10):
                    for judge, could, fault in found:
                        if could == FELL:
                            fallen.setdefault((name, judge), []).append((seed, fault))
                            continue
                        decided[name, judge] += could
                        agreed[name, judge] += could and not fault
                        if fault:
                            faults.setdefault((name, judge), []).append((seed, fault))
                report(name, len(seeds), decided, agreed, args)
        start(args.vote, directory)
        for (name, judge), list_ in faults.items():
            show(name, judge, sorted(list_))
    for (name, judge), list_ in fallen.items():
        print(f"{name}: {judge} fell over on {len(list_)} profiles, first on seed {list_[0][0]}: {list_[0][1][:200]}")
    total, bad = sum(decided.values()), sum(map(len, faults.values()))
    print(f"{total} comparisons, {total - bad} agree, {bad} differ")
    return 2 if not total else 1 if bad else 0


def report(name, profiles, decided, agreed, args):
    """The lines of the table of one rule."""
    for judge in [DEFINITION, *(j.name for j in judges(RULES[name]))]:
        key = (name, judge)
        if not (args.definitions and judge == DEFINITION):
            print(
                f"{name:28} {judge:12} profiles {profiles:6} comparable {decided[key]:6} "
                f"agreed {agreed[key]:6} differing {decided[key] - agreed[key]:6}",
                flush=True,
            )


def show(name, judge, list_):
    """The first disagreements in full."""
    rule, counter = RULES[name], WORKER["counter"]
    print(f"\n{name}: {judge} disagrees on {len(list_)}: seeds {[seed for seed, _ in list_[:20]]}")
    for seed, fault in list_[:SHOWN]:
        least = shrink(counter, rule, drawn(name, seed), judge)
        ending = rule.ending if rule.kind == "ranked" else f"{rule.kind}.csv"
        print(f"  seed {seed}: {fault}")
        print(f"  shrunk to {least.seats} seats: {verdict(counter, rule, least, judge)[1]}")
        print("    vote count FILE --method", *rule.args, "--seats", least.seats)
        print("".join(f"      {line}\n" for line in text(least, ending).splitlines()))


if __name__ == "__main__":
    sys.exit(main())
