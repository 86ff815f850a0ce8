"""Polls: whose ballot speaks, and what comes out; written from rules(7) alone."""

from collections import Counter
from fractions import Fraction

from books import seconds, share
from journal import need

ANSWERS = "Yes No Agree Disagree Block Abstain".split()


def threshold(text):
    """What a poll says: whether more is needed, the share, of what."""
    part, _, of = text.split()
    return part[1] != "=", Fraction(part.lstrip(">=")), of


class Polls:
    """What concerns polls; mixed into the law."""

    def poll(self, e):
        poll = self.held[e.one("Poll")]
        need(48, poll.kind == "vote.open")
        return poll

    def electorate(self, poll):
        """Each member who votes, with so many votes."""
        rules = poll.state.document.get("membership", {})
        active = {h: m["kind"] or "person" for h, m in poll.state.members.items() if m["how"] == "active"}
        kinds, voters = rules.get("voting", active.values()), poll.fields.get("Voter", active)
        voting = {h: kind for h, kind in active.items() if kind in kinds and h in voters}
        return {h: int(rules.get("votes", {}).get(kind, 1)) for h, kind in voting.items()}

    def vote_cast(self, e, s, own):
        need(51, e.time <= seconds(self.held.get(e.one("Extended"), self.poll(e)).one("Closes")))

    vote_record = vote_extend = vote_page = lambda self, e, s, own: self.poll(e)

    def bears(self, x, poll):
        """Whether an event is a ballot, record, contest or proxy of a poll."""
        if x.kind == "vote.proxy":
            return x.one("For") in ("all", f"poll {poll.id}", f"topic {poll.one('Topic')}")
        x = self.held[x.one("Record")] if x.kind == "vote.contest" else x
        return x.kind in ("vote.cast", "vote.record") and x.one("Poll") == poll.id

    def vote_close(self, e, s, own):
        poll, book = self.poll(e), self.book(s, e.handle, own)
        ends = [x for x in book if x.kind == "vote.extend" and x.one("Poll") == poll.id]
        until = seconds([poll, *ends][-1].one("Closes"))
        listed = {b for page in self.all(e.fields.get("Page", [])) for b in self.all(page.fields["Ballot"])}
        tops = [top for x in book for top in [x, *self.all(x.ids("Ack"))]]
        seen = {x for top in tops for x in top.chain if self.bears(x, poll)}
        need(56, all(x in listed or (x.kind == "vote.proxy" and x.time > until) for x in seen))
        votes = dict(self.votes(poll, [x for x in listed if x.time <= until]))
        need(55, e.time >= until or all(votes.values()))
        need(57, self.result(poll, votes).items() <= {key: value[0] for key, value in e.fields.items()}.items())

    def votes(self, poll, listed):
        """The ballot that speaks for each member who has one."""
        own, recorded, proxies, order = {}, {}, {}, [*self.states[poll.knows].owner, *self.on]
        for x in sorted(listed, key=lambda x: (order.index(x.dev), x.seq, x.id)):
            if x.kind == "vote.cast":
                own[x.handle] = x
            elif x.kind == "vote.proxy":
                proxies.setdefault(x.handle, {})[x.one("For").split()[0]] = x.one("To")
        contested = {x.one("Record") for x in listed if x.kind == "vote.contest"}
        for x in sorted(listed, key=lambda x: (x.time, x.id)):
            if x.kind == "vote.record" and x.id not in contested:
                recorded[x.one("Voter")] = x
        speaks, electorate = {**recorded, **own}, self.electorate(poll)
        for member in electorate:
            voice, passed = member, set()
            while voice in electorate and voice not in speaks and voice not in passed:
                passed.add(voice)
                scopes = proxies.get(voice, {})
                voice = next((scopes[scope] for scope in ("poll", "topic", "all") if scope in scopes), None)
            yield member, speaks[voice] if voice in electorate and voice not in passed and voice in speaks else None

    def result(self, poll, votes):
        """Fields of a close: by yes and no and by consent all, of other methods how many have voted; not what
        comes of it where notice is asked for."""
        votes, weights, said = {m: b for m, b in votes.items() if b}, self.electorate(poll), Counter()
        for member, ballot in votes.items():
            said[ballot.one("Choice")] += weights[member]
        voted, all_ = sum(weights[member] for member in votes), sum(weights.values())
        names = {"yesno": ["yes", "no"], "consent": ["agree", "disagree", "block"]}.get(poll.one("Method"), [])
        if not names:
            return {"Electorate": str(all_), "Voted": str(voted)}
        passed = voted >= Fraction(poll.one("Quorum")) * all_ and said[names[0]] > 0
        passed = passed and said["block"] < int(poll.one("Blocks", 1))
        for more, least, of in map(threshold, poll.fields.get("Threshold", [])):
            least *= sum(said[name] for name in names) if of == "cast" else all_
            passed = passed and (said[names[0]] > least if more else said[names[0]] >= least)
        counts = {name.capitalize(): str(said[name]) for name in [*names, "abstain"]}
        result = {} if poll.one("Notice") else {"Result": "passed" if passed else "failed"}
        return {"Electorate": str(all_), **result, **counts}

    def decides(self, close, motion, wanted):
        """Whether a count fits an entry that needs a poll with this threshold, or none."""
        poll = self.held.get(close.one("Poll"))
        of = "electorate" if wanted.endswith("-of-all") else "cast"
        asked = (wanted[:1] == ">" != wanted[:2][-1:], share(wanted.removesuffix("-of-all").lstrip(">=") or "0"), of)
        told = map(threshold, poll.fields.get("Threshold", [])) if close.kind == "vote.close" else []
        passed = close.one("Result") == "passed" and poll.one("Motion") == motion.id and not poll.fields.get("Voter")
        return passed and (not wanted or asked in told)

    def tallies(self):
        """What came out of each poll that is counted."""
        counts = [e for e in self.held.values() if e.kind == "vote.close" and e.effect]
        first = {e.one("Poll"): e for e in sorted(counts, key=lambda e: (e.seq, e.id), reverse=True)}
        for poll, e in sorted(first.items()):
            told = {"poll": poll, "close": e.id, "result": e.one("Result"), "electorate": int(e.one("Electorate"))}
            answers = {k.lower(): int(v) for k, [v, *_] in e.fields.items() if k in ANSWERS}
            chosen = {"winners": e.fields.get("Winner", []), "tied": e.fields.get("Tied", [])}
            told |= answers or {k: [int(n) for n in v] for k, v in chosen.items()}
            yield told | {"voted": int(e.one("Voted", sum(answers.values())))}
