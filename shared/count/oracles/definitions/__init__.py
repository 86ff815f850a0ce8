"""Slow, exact counters written from the statutes and papers alone: the oracle for every method.

Each module says where its rules come from. A counter that may meet a tie is a function of the profile and a
`Ties` object; `outcomes` runs it once for every way in which the ties can fall.
"""

from dataclasses import dataclass, field


@dataclass
class Count:
    """What a count found. `rounds` are tallies by candidate; `facts` are figures that the rule defines."""

    winners: frozenset
    rounds: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)


class TooManyTies(Exception):
    """More ways for the ties to fall than it is sensible to try."""


class Ties:
    """Breaks ties by the order of candidates, and remembers whether it had to."""

    def __init__(self, backwards=False):
        self.backwards = backwards
        self.met = False

    def choose(self, tied):
        """The one of the tied to whom it happens: elected, transferred or excluded, whichever is at stake."""
        self.met = True
        return (max if self.backwards else min)(tied)


class Script(Ties):
    """Breaks the ties in the ways that `path` says, then always the first; records how many ways there were."""

    def __init__(self, path):
        super().__init__()
        self.path, self.taken = path, []

    def choose(self, tied):
        self.met = True
        options = sorted(tied)
        at = self.path[len(self.taken)] if len(self.taken) < len(self.path) else 0
        self.taken.append((at, len(options)))
        return options[at]


def outcomes(count, profile, most=400):
    """Every Count that some way of breaking the ties gives, and whether there was any tie."""
    path, found, met = [], [], False
    for _ in range(most):
        script = Script(path)
        found.append(count(profile, script))
        met |= script.met
        taken = script.taken
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        if not taken:
            return found, met
        path = [at for at, _ in taken[:-1]] + [taken[-1][0] + 1]
    raise TooManyTies
