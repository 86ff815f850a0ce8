#!/usr/bin/env python3
"""audit.py JOURNAL.GIT [CHECKPOINT] [DEVICE] [-]: what a journal says, without the toolkit.

With `-` it compares that with `members audit --json` on its standard input. Of a device that reads the journal for
itself its own request to join counts before any event names it.

Written from journal(5) and rules(7) alone. It asks the rungs on which other people's events, the register, what is
settled, money and counts depend: 1, 2, 4 to 19, 28, 30, 34, 35, 37, 39 to 48, 51, 55, 56, 57, 63, 64, 67, 69, 78, 79. The others
keep people from writing what makes no sense; an event that breaks none but one of these is good here.
"""

import hashlib
import json
import os
import sys
from collections import Counter

import books
import journal
import polls
from journal import Refused, need
from register import State, parts, quorum


def union(sets):
    total = 0
    for bits in sets:
        total |= bits
    return total


class Law(books.Books, polls.Polls):
    """Verdicts and effects of a set of events; sets of events are numbers, each event one bit of them."""

    def __init__(self, events, checkpoint=None, reader=None):
        named = set().union(*(e.names for e in events.values()))
        waiting = [e for e in events.values() if e.kind != "members.join" or e.id in named or e.dev == reader]
        self.held, self.states, self.covered, self.on = {}, {}, {}, {}
        while ready := [e for e in waiting if e.names <= self.held.keys()]:
            waiting = [e for e in waiting if e not in ready]
            for e in ready:
                e.prev, e.bit = self.held.get(e.before), 1 << len(self.held)
                e.chain, e.bits = ([*e.prev.chain, e], e.prev.bits | e.bit) if e.prev else ([e], e.bit)
                self.held[e.id], self.on[e.dev] = e, self.on.get(e.dev, 0) | e.bit
        self.genesis = next(e for e in self.held.values() if e.kind == "members.found")
        for e in self.held.values():
            e.refusal = e.settled = e.effect = 0
            try:
                self.judge(e)
            except Refused as refused:
                e.refusal = refused.args[0]
        self.fold(checkpoint)

    def all(self, ids):
        return [self.held[i] for i in ids]

    def entries(self, chain):
        return [e for e in chain if e.id in self.states]

    def judge(self, e):
        """The ladder; raises the refusal."""
        if e is self.genesis:
            e.knows, e.state = e.id, self.states.setdefault(e.id, State(e))
            return
        prev, named, own = e.prev, self.all(e.names), e.chain[:-1]
        need(2, e.kind != "members.found")
        need(1, e.log == self.genesis.id)
        need(4, not prev or (prev.dev == e.dev and prev.seq == e.seq - 1))
        need(5, not prev or not prev.refusal)
        need(6, not prev or prev.author == e.author)
        need(7, not prev or prev.time <= e.time)
        need(8, not any(x.refusal for x in named))
        need(9, all(x in own for x in named if x.dev == e.dev))
        carried = {x.id for x in named if x.dev != e.dev and (x.id in e.carried or x.id == e.register)}
        witnesses = self.all(set(e.deps) - carried)
        relies = e.register or e.kind in ("credit.receive", "credit.decline", "credit.back", "credit.release")
        if e.kind == "members.entry" and e.one("Motion"):
            moved = self.held[e.one("Motion")]
            relies = relies or moved.one("Change") in ("leave", "move") or moved.one("Was") and moved.one("Keeper")
        need(10, carried <= set(e.deps) and all(x.dev != e.dev for x in self.all(e.deps)))
        need(10, not witnesses or relies)
        need(10, all(w.id in self.states or any(x.state.steward(x.dev) for x in w.chain) for w in witnesses))
        e.tops = [x for x in [prev, *self.all(e.deps)] if x]
        e.knows = e.register or (prev and prev.knows)
        need(11, not e.register or e.register in self.states)
        need(11, not e.register or not prev or prev.knows in self.states[e.register].path[:-1])
        need(12, e.knows and (not e.register or self.entry_settled(self.held[e.register], e.tops)))
        e.state = self.states[e.knows]
        e.handle = e.state.member(e.dev)
        if e.kind != "members.join":
            need(13, e.handle)
            for motion in (x for x in own if x.kind == "members.motion" and x.one("Change") in ("leave", "move")):
                mine = e.kind == "members.approve" and e.one("Motion") == motion.id
                free = motion.id in e.state.refused or mine or e.kind in ("members.entry", "members.follow")
                need(67, free)
            getattr(self, e.kind.replace(".", "_"), lambda *_: None)(e, e.state, own)

    def members_follow(self, e, s, own):
        need(11, e.register)

    def members_approve(self, e, s, own):
        need(14, s.steward(e.dev))
        need(17, self.held[e.one("Motion")].kind == "members.motion")

    def members_succeed(self, e, s, own):
        need(14, s.steward(e.dev))
        need(64, int(e.one("Term")) > s.term)

    def end_of(self, change):
        """The event with which a change ends a chain, and what on it acknowledgements may still cover."""
        if change.one("Change") in ("cut", "suspend", "expel", "rekey"):
            at = self.held[change.one("At").split()[2]]
            return at, at.bits
        if change.one("Change") in ("leave", "move"):
            later = (x.bit for x in self.held.values() if x.dev == change.dev and x.bits & change.bit)
            return change, change.bits | union(later)
        return None, 0

    def approvals(self, entry):
        """The approvals that an entry names; one without a motion is its own."""
        return [entry] if entry.one("Change") else self.all(entry.fields.get("Approval", []))

    def members_entry(self, e, s, own):
        need(16, e.one("After") in self.states)
        after, s, term = self.held[e.one("After")], self.states[e.one("After")], int(e.one("Term", 0))
        last, new = (self.entries(own) or [None])[-1], s.copy()
        handed = after.dev != e.dev and self.states[after.one("After", after.id)].secretary != e.dev
        need(64, not e.one("Term") or term > s.term)
        need(15, e.one("Term") or s.secretary == e.dev)
        need(16, after is last or ((handed or e.one("Term")) and (not last or last.id in s.path)))
        motion, new.path = self.held.get(e.one("Motion") or e.one("Refuses")), [*s.path, e.id]
        need(17, not motion or motion.kind == "members.motion")
        need(18, not motion or motion.id not in s.entered)
        need(63, not motion or motion.id not in s.refused)
        if e.one("Term"):
            asked = self.settlers(e)
            told = [c for c in self.approvals(e) if c.one("Term") == e.one("Term") and c.state.set == asked]
            voices = {c.state.steward(c.dev) for c in told}
            need(19, len(voices) == len(self.approvals(e)) >= quorum(self.states[asked].stewards))
            new.term, new.secretary, new.set = term, e.dev, e.id
        elif e.one("Refuses"):
            new.refused.add(motion.id)
        else:
            self.enter(e, s, new, motion)
        self.states[e.id] = new

    def enter(self, e, s, new, motion):
        """An entry that changes something."""
        change, what, approvals = motion or e, (motion or e).one("Change"), self.approvals(e)
        voices = {s.steward(a.dev) for a in approvals if a is e or a.one("Motion") == motion.id}
        need(19, not motion or (len(voices) == len(approvals) and None not in voices))
        need(19, not s.touches(change) or all(a.state.set == s.set or a is e for a in approvals))
        if what == "admit" and (invitation := self.held.get(self.held[change.one("Request")].one("Invitation"))):
            in_time = e.time <= books.seconds(invitation.one("Expires"))
            good = in_time and s.uses[invitation.id] < int(invitation.one("Uses"))
            voices |= {s.steward(invitation.dev)} if good else set()
            new.uses[invitation.id] += 1
        count, poll = s.needs(change)
        need(19, len(voices - {None}) >= count and (not poll or e.one("Poll")))
        need(19, not e.one("Poll") or self.decides(self.held[e.one("Poll")], motion, poll))
        if what in ("leave", "move") and motion and len(voices) < quorum(s.stewards):
            need(19, any(self.settles(e.tops, k, motion) for k in s.path))
        if what == "opening":
            self.opening(change, s)
        new.entered |= {motion.id} if motion else set()
        new.set = e.id if s.touches(change) else s.set
        new.enact(change, e, self.end_of(change)[0], len(voices - {None}))

    def opening(self, change, s):
        """Balances of other books."""
        need(18, change.one("Source") not in s.files or not change.one("Source"))
        sums = Counter()
        for account, unit, amount in (line.split() for line in change.fields["Opening"]):
            (minor, places), now = parts(amount), s.openings[account, unit]
            need(28, unit in s.units)
            need(29, places == s.units[unit][0])
            need(42, abs(now + minor) <= 2**53 - 1)
            sums[unit] += minor
        need(69, not any(sums.values()))

    def ack(self, e, s, own):
        need(14, s.steward(e.dev))
        agreed = [self.end_of(c) for c in map(self.agreed, own) if c and c.id not in s.refused]
        for dev, seq, name in (line.split() for line in e.fields["Ack"]):
            x = self.held[name]
            need(43, x.dev == dev and x.seq == int(seq))
            need(44, dev != e.dev)
            past = [(y, self.held[i]) for y in own if y.kind == "ack" for i in y.ids("Ack") if self.held[i].dev == dev]
            need(45, all(not x.bit & z.bits or (x is z and y.state.set != s.set) for y, z in past))
            need(46, all(z.bit & x.bits for _, z in past))
            for at, within in agreed:
                beyond = [y for y in x.chain if at and at.dev == dev and not y.bit & within]
                need(47, not beyond or self.entries(beyond))

    def agreed(self, x):
        """The change to which an event agrees, if any."""
        inline = x if x.kind == "members.entry" and x.one("Change") else None
        return self.held[x.one("Motion")] if x.kind == "members.approve" else inline

    def cover(self, top):
        """Of each set and steward: what a chain up to here acknowledges, and by term what of it counts for entries."""
        if top.id in self.covered:
            return self.covered[top.id]
        said, shut, ends, refused = {}, {}, 0, self.states[top.knows].refused
        for x in top.chain:
            s, steward = x.state, x.state.steward(x.dev)
            if steward:
                row = said.setdefault((s.set, steward), [0, {}])
                acked = union([x.bits, *(y.bits for y in self.all(x.ids("Ack")))])
                row[0] |= 0 if s.set in shut else acked & ~ends
                row[1][shut.get(s.set, 0)] = row[1].get(shut.get(s.set, 0), 0) | acked
            change = self.agreed(x)
            if change is x:
                s = self.states[x.one("After")]
                said.setdefault((s.set, s.steward(x.dev)), [0, {}])[0] |= x.bit
            if change and change.id not in refused:
                at, within = self.end_of(change)
                ends |= self.on[at.dev] & ~within if at else 0
                if s.touches(change):
                    shut.setdefault(s.set, 0)
            if x.kind == "members.succeed":
                shut[s.set] = max(int(x.one("Term")), shut.get(s.set, 0))
        return self.covered.setdefault(top.id, said)

    def settles(self, tops, k, x):
        """Whether these chains show that a quorum of a set has acknowledged an event."""
        if k not in self.states or self.states[k].set != k:
            return False
        term = self.states[x.id].term if x.id in self.states else -1
        rows = ((who, row) for top in tops for who, row in self.cover(top).items() if who[0] == k and who[1])
        by = {who for who, (all_, alone) in rows if union([all_, *(b for t, b in alone.items() if t <= term)]) & x.bit}
        return len(by) >= quorum(self.states[k].stewards)

    def settlers(self, entry):
        """The set that may settle an entry."""
        return self.approvals(entry)[0].state.set if entry.one("Term") else self.states[entry.one("After")].set

    def entry_settled(self, entry, tops):
        return entry is self.genesis or self.settles(tops, self.settlers(entry), entry)

    def fold(self, checkpoint):
        """Lines 4 to 7: the settled register, and what else is settled or has effect."""
        valid = [e for e in self.held.values() if not e.refusal]
        tips = [e for e in valid if e.id not in {x.before for x in valid}]
        trusted = self.states[checkpoint or self.genesis.id].path
        settled = [self.states[e.id].path for e in self.entries(valid) if self.entry_settled(e, tips)]
        settled = [path for path in settled if path[-1] in trusted or trusted[-1] in path]
        path = os.path.commonprefix([p for p in settled if not any(p == q[: len(p)] != q for q in settled)])
        self.head = self.states[path[-1]]
        places = [(e.dev, e.seq) for e in valid]
        sets = [i for i in path if self.states[i].set == i]
        for e in valid:
            cut = self.head.cuts.get(e.dev)
            e.settled = e.id in path or bool(cut and cut.bits & e.bit)
            for k, closing in zip(sets, [*self.all(sets[1:]), None]):
                if not e.settled and self.settles(tips, k, e):
                    said = [row for a in self.approvals(closing) for row in self.cover(a).items()] if closing else []
                    e.settled = not closing or any(who[0] == k and row[0] & e.bit for who, row in said)
            forked = any(places.count((x.dev, x.seq)) > 1 for x in e.chain)
            e.effect = e.settled or (e.knows in path and not forked and not (cut and not cut.bits & e.bit))


def main():
    """Prints what `members audit --json` says, too, or where they differ."""
    events, trouble = journal.read(sys.argv[1])
    given = {len(arg): arg for arg in sys.argv[2:]}
    law = Law(events, given.get(64), given.get(27))
    words = {e.id: "settled" if e.settled else "pending" if e.effect else "undone" for e in law.held.values()}
    words.update({e.id: f"refused {e.refusal}" for e in law.held.values() if e.refusal})
    lines = "".join(f"{i} {word}\n" for i, word in sorted(words.items()))
    told = {"events": len(words), "refused": sum(word[0] == "r" for word in words.values()), "tallies": [*law.tallies()],
            "register": law.head.path[-1], "settled": [*words.values()].count("settled"), "balances": [*law.balances()],
            "verdicts": hashlib.sha256(lines.encode()).hexdigest(), "trouble": trouble}
    if "-" in sys.argv:
        said = json.load(sys.stdin)
        told = {key: [here, said.get(key)] for key, here in told.items() if key != "trouble" and said.get(key) != here}
    print(json.dumps(told, indent=2))
    sys.exit("-" in sys.argv and bool(told))


if __name__ == "__main__":
    main()
