"""An electorate: candidates, seats and ballots, with the file formats that `vote count` reads.

A ranked ballot is a count and a tuple of groups of candidate numbers, best first; a scored ballot is
a count and one number or None for each candidate. Names come only at the edge, when files are written.
"""

import csv
import io
from dataclasses import dataclass, field, replace
from itertools import groupby


@dataclass(frozen=True)
class Profile:
    """One electorate. `kind` is `ranked`, `scores`, `approvals` or `dots`."""

    kind: str
    names: tuple
    seats: int
    ballots: tuple
    withdrawn: frozenset = frozenset()
    options: dict = field(default_factory=dict)
    model: str = ""

    @property
    def standing(self):
        """The numbers of the candidates who have not withdrawn, in the order of the file."""
        return [c for c in range(len(self.names)) if c not in self.withdrawn]

    def rankings(self):
        """(count, groups) of each ballot without the withdrawn; empty ones stay."""
        for count, groups in self.ballots:
            kept = (tuple(c for c in group if c not in self.withdrawn) for group in groups)
            yield count, tuple(group for group in kept if group)

    def strict(self):
        """(count, candidates in order) of each ballot that names someone standing."""
        for count, groups in self.rankings():
            if groups:
                yield count, [c for group in groups for c in group]

    def has_equals(self):
        """Whether a ballot gives two candidates the same rank."""
        return self.kind == "ranked" and any(len(g) > 1 for _, groups in self.ballots for g in groups)

    def called(self, numbers):
        """The names of these candidates."""
        return frozenset(self.names[c] for c in numbers)


def blt(profile):
    """The text of a `.blt` file."""
    lines = [f"{len(profile.names)} {profile.seats}"]
    lines += [f"-{c + 1}" for c in sorted(profile.withdrawn)]
    for count, groups in profile.ballots:
        ranks = ["=".join(str(c + 1) for c in group) for group in groups]
        lines.append(" ".join([str(count), *ranks, "0"]))
    lines += ["0", *(f'"{name}"' for name in profile.names), '"Random electorate"']
    return "\n".join(lines) + "\n"


def ranks(profile):
    """The text of a `.ranks` file."""
    lines = ["candidates: " + "; ".join(profile.names)]
    for count, groups in profile.ballots:
        lines.append(f"{count}: " + " > ".join(" = ".join(profile.names[c] for c in g) for g in groups))
    return "\n".join(lines) + "\n"


def table(profile):
    """The text of a `.scores.csv`, `.approvals.csv` or `.dots.csv` file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["count", *profile.names])
    for count, row in profile.ballots:
        writer.writerow([count, *("" if v is None else v for v in row)])
    return out.getvalue()


def text(profile, ending):
    """The file of this electorate in the format of `ending`."""
    return {"blt": blt, "ranks": ranks}.get(ending, table)(profile)


def read(path, seats):
    """Reads one of the formats above. Only for files that are known to be well formed."""
    content = path.read_text()
    if path.suffix == ".blt":
        return _read_blt(content, seats)
    if path.suffix == ".ranks":
        return _read_ranks(content, seats)
    rows = list(csv.reader(io.StringIO(content)))
    cells = lambda row: tuple(None if v == "" else int(v) for v in row)
    ballots = tuple((int(row[0]), cells(row[1:])) for row in rows[1:] if row)
    return Profile(path.name.split(".")[-2], tuple(rows[0][1:]), seats, ballots)


def _read_blt(content, seats):
    lines = [line.split("#")[0].strip() if '"' not in line else line.strip() for line in content.splitlines()]
    lines = [line for line in lines if line]
    size = int(lines[0].split()[0])
    ballots, withdrawn, at = [], set(), 1
    while lines[at] != "0":
        words = lines[at].split()
        at += 1
        if words[0].startswith("-"):
            withdrawn |= {-int(word) - 1 for word in words}
            continue
        groups = (tuple(int(c) - 1 for c in word.split("=")) for word in words[1:-1])
        ballots.append((int(words[0]), tuple(groups)))
    names = tuple(line.strip('"') for line in lines[at + 1 : at + 1 + size])
    return Profile("ranked", names, seats, tuple(ballots), frozenset(withdrawn))


def _read_ranks(content, seats):
    lines = [line.strip() for line in content.splitlines() if line.strip() and not line.startswith("#")]
    names = tuple(name.strip() for name in lines[0].split(":", 1)[1].split(";"))
    ballots = []
    for line in lines[1:]:
        count, ranking = line.split(":", 1)
        groups = [g.strip() for g in ranking.split(">") if g.strip()]
        numbers = tuple(tuple(names.index(n.strip()) for n in g.split("=")) for g in groups)
        ballots.append((int(count), numbers))
    return Profile("ranked", names, seats, tuple(ballots))


def smaller(profile):
    """Electorates a step smaller: for shrinking one that two counters disagree on."""
    for at, (count, ballot) in enumerate(profile.ballots):
        rest = profile.ballots[:at] + profile.ballots[at + 1 :]
        if rest:
            yield replace(profile, ballots=rest)
        for fewer in {1, count // 2, count - 1}:
            if 0 < fewer < count:
                yield replace(profile, ballots=profile.ballots[:at] + ((fewer, ballot),) + profile.ballots[at + 1 :])
        if profile.kind == "ranked" and ballot:
            yield replace(profile, ballots=profile.ballots[:at] + ((count, ballot[:-1]),) + profile.ballots[at + 1 :])
    for gone in range(len(profile.names)):
        if len(profile.names) > 2 and len(profile.standing) > max(profile.seats, 1):
            yield _without(profile, gone)
    if profile.seats > 1:
        yield replace(profile, seats=profile.seats - 1)


def _without(profile, gone):
    """The same electorate without one candidate."""
    keep = [c for c in range(len(profile.names)) if c != gone]
    number = {c: i for i, c in enumerate(keep)}
    if profile.kind == "ranked":
        cut = lambda ballot: tuple(g for g in (tuple(number[c] for c in g if c != gone) for g in ballot) if g)
    else:
        cut = lambda ballot: tuple(ballot[c] for c in keep)
    merged = groupby(sorted(((cut(b), n) for n, b in profile.ballots), key=repr), key=lambda pair: pair[0])
    ballots = tuple((sum(n for _, n in same), ballot) for ballot, same in merged)
    withdrawn = frozenset(number[c] for c in profile.withdrawn if c != gone)
    return replace(profile, names=tuple(profile.names[c] for c in keep), ballots=ballots, withdrawn=withdrawn)
