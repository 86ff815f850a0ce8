"""`vote count` as the contract describes it: runs it on a profile, and reads its answer in candidate numbers."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ballotfile import text


class Broken(Exception):
    """The counter failed, or printed what the contract does not allow."""


@dataclass
class Answer:
    """What a counter answered. `certain`: who is elected whatever happens; `complete`: whether that is all;
    `among`: who is in a tie that remains."""

    certain: frozenset
    complete: bool
    among: frozenset = None
    rounds: list = None
    facts: dict = field(default_factory=dict)


def figure(value):
    """A number of the contract, and how far it may be from the true one: `a/b` and integers are exact."""
    if isinstance(value, str) and "." in value:
        return Fraction(value), Fraction(1, 10 ** len(value.split(".")[1]))
    return Fraction(value), Fraction(0)


def close(got, want):
    """Whether a printed number is this one, or this one cut or rounded to the places printed."""
    value, step = figure(got)
    return value == want or abs(value - want) < step


class Counter:
    """The program under test. Each process of a pool has its own."""

    def __init__(self, program, directory):
        self.program, self.file = str(program), Path(directory) / f"electorate-{os.getpid()}"

    def run(self, rule, profile, *more):
        """The answer on this profile; `more` are further arguments."""
        ending = rule.ending if profile.kind == "ranked" else f"{profile.kind}.csv"
        file = self.file.with_name(f"{self.file.name}.{ending}")
        file.write_text(text(profile, ending))
        method, *options = rule.args
        command = [self.program, "count", str(file), "--method", method, *options, "--seats", str(profile.seats), *more, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode not in (0, 1):
            raise Broken(f"exit {done.returncode}: {done.stderr.strip()[:300]}")
        try:
            answer = json.loads(done.stdout)
            return self.read(answer, done.returncode, profile)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise Broken(f"unreadable answer ({fault!r}): {done.stdout[:300]} {done.stderr[:300]}") from fault

    def read(self, answer, code, profile):
        """Names to numbers."""
        number = {name: c for c, name in enumerate(profile.names)}
        numbers = lambda names: frozenset(number[name] for name in names)
        winners = numbers(answer["winners"])
        if list(answer["winners"]) != sorted(answer["winners"]):
            raise Broken(f"winners not in alphabetical order: {answer['winners']}")
        if len(winners) > profile.seats:
            raise Broken(f"{len(winners)} winners for {profile.seats} seats")
        tie = answer.get("tie")
        if code == 1 and not tie:
            raise Broken("exit 1 without a tie")
        if code == 0 and tie and tie.get("resolved_by") is None:
            raise Broken("exit 0 with a tie that nothing resolved")
        among = numbers(tie["among"]) if tie and code == 1 else None
        by_number = lambda row: {number[name]: value for name, value in row.items()}
        rounds = [by_number(r["tally"]) for r in answer["rounds"]] if answer.get("rounds") else None
        facts = {key: answer[key] for key in ("quota", "ballots", "valid", "invalid") if key in answer}
        for key in ("scores", "runoff"):
            if key in answer:
                facts[key] = by_number(answer[key])
        for key in ("pairwise", "path_strengths"):
            if key in answer:
                facts[key] = {(number[a], number[b]): v for a, row in answer[key].items() for b, v in row.items()}
        for key in ("finalists", "possible_winners"):
            if key in answer:
                facts[key] = numbers(answer[key])
        if "order" in answer:
            facts["order"] = [numbers(group) for group in answer["order"]]
        if "condorcet_winner" in answer:
            name = answer["condorcet_winner"]
            facts["condorcet"] = None if name is None else number[name]
        return Answer(winners, code == 0, among, rounds, facts)


class Definition:
    """The definition in the place of the counter: shows whether the judges agree with it."""

    def run(self, rule, profile, *more):
        truth = rule.define(profile)
        sure = frozenset.intersection(*truth.ways)
        if more:
            return Answer(truth.first.winners, True, rounds=truth.first.rounds)
        some = frozenset.union(*truth.ways) - sure
        return Answer(sure, not some, some or None)
