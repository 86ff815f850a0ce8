"""The register: what it says as of each entry, and what a change makes of it; written from rules(7) alone."""

import copy
import tomllib
from collections import Counter

FLOORS = "cut expel opening reinstate rekey rules secretary suspend".split()


def parts(text):
    """An amount: smallest parts and decimals."""
    whole, _, rest = text.partition(".")
    return int(whole + rest), len(rest)


def limits(text):
    """Lower and upper limit in smallest parts; None is no bound."""
    lower, _, upper = text.removeprefix("-").partition(" to ")
    return parts(lower)[0], parts(upper)[0] if upper and upper != "none" else None


def quorum(stewards):
    return (len(stewards) + (len(stewards) - 1) // 3) // 2 + 1


class State:
    """The register as of an entry."""

    def __init__(self, genesis):
        self.path, self.set, self.term, self.stewards = [genesis.id], genesis.id, 0, [genesis.author]
        self.secretary, self.owner, self.roles = genesis.dev, {genesis.dev: genesis.author}, set()
        self.members = {genesis.author: {"dev": genesis.dev, "kind": None, "how": "active", "confirmed": True}}
        self.accounts, self.units, self.own, self.mandates = {"@commons": genesis.author}, {}, {}, {}
        self.cuts, self.ends, self.entered, self.refused, self.uses = {}, {}, set(), set(), Counter()
        self.openings, self.files = Counter(), set()
        self.open(genesis)
        self.take(genesis.text)

    def copy(self):
        other = copy.copy(self)
        other.__dict__ = {k: v.copy() if hasattr(v, "copy") else v for k, v in self.__dict__.items()}
        return other

    def open(self, event):
        """Balances of other books are added."""
        for account, unit, amount in (line.split() for line in event.fields.get("Opening", [])):
            self.openings[account, unit] += parts(amount)[0]
        self.files = self.files | {event.one("Source")} - {None}

    def take(self, text):
        """The text becomes the rules document."""
        self.document = tomllib.loads(text)
        for code, unit in self.document.get("units", {}).items():
            kinds = {None: unit, **{kind: {**unit, **table} for kind, table in unit.items() if isinstance(table, dict)}}
            bounds = {kind: limits(f"{t['lower']} to {t.get('upper', 'none')}") for kind, t in kinds.items()}
            self.units[code] = parts(unit["lower"])[1], bounds
        names = {"assessor", "teller", "treasurer", *self.document.get("roles", {})}
        self.roles = {(role, handle) for role, handle in self.roles if role in names}

    def member(self, dev):
        """The active member whose present device this is."""
        handle = self.owner.get(dev)
        member = self.members.get(handle, {"dev": None})
        return handle if member["dev"] == dev and member["how"] == "active" else None

    def steward(self, dev):
        return self.member(dev) if self.member(dev) in self.stewards else None

    def touches(self, change):
        """Whether a change ends this set of stewards."""
        what, whose = change.one("Change"), change.one("Handle")
        stops = what in ("suspend", "expel", "leave", "move", "rekey") and whose in self.stewards
        return stops or (what == "role" and change.one("Role") == "steward")

    def needs(self, change):
        """How many stewards must agree, and the threshold of the poll that must have passed, if any."""
        what, few = change.one("Change").removesuffix("-end"), {"secretary": 0, "1 steward": 1}
        default = {"admit": "1 steward", "leave": "secretary", "move": "secretary"}.get(what, "quorum")
        wanted = self.document.get("authority", {}).get(what, default)
        wanted = self.document.get("roles", {}).get(change.one("Role"), {}).get("authority", wanted)
        most = what in FLOORS or self.touches(change) or wanted not in few
        return quorum(self.stewards) if most else few[wanted], wanted.partition("yesno:")[2]

    def end(self, dev, at, account=None):
        """A chain ends, or only the part of an account's books that stands on it."""
        handle = self.owner[dev]
        if not account:
            self.cuts[dev] = at
        mine = [handle, *(a for a, keeper in self.accounts.items() if keeper == handle)]
        for a in [account] if account else mine if self.members[handle]["dev"] == dev else []:
            self.ends[a] = [*self.ends.get(a, []), at]

    def enact(self, change, entry, at, voices):
        """What a change makes of the register; `at` is the event with which it ends a chain."""
        what, handle, one = change.one("Change"), change.one("Handle"), change.one
        member = self.members.get(handle, {"dev": None, "kind": one("As"), "confirmed": voices >= quorum(self.stewards)})
        present, others = member["dev"], [steward for steward in self.stewards if steward != handle]
        if at:
            self.end(at.dev if what == "cut" else present, at)
        if what in ("admit", "reinstate", "move", "rekey"):
            self.members[handle] = {**member, "dev": one("Device"), "how": "active"}
            self.owner[one("Device")] = handle
            self.secretary = one("Device") if self.secretary == present else self.secretary
        elif what in ("suspend", "expel", "leave"):
            self.members[handle] = {**member, "how": "suspended" if what == "suspend" else "gone"}
            self.stewards = others
            self.roles = {(role, h) for role, h in self.roles if h != handle or what == "suspend"}
            holder = self.owner[self.secretary]
            self.accounts = {a: holder if keeper == handle else keeper for a, keeper in self.accounts.items()}
        elif what == "confirm":
            self.members[handle] = {**member, "confirmed": True}
        elif what == "unit":
            kinds, decimals = self.units.get(one("Unit"), (0, {}))[1], parts(one("Limits")[1:].split()[0])[1]
            self.units[one("Unit")] = decimals, {**kinds, None: limits(one("Limits"))}
        elif what == "limit":
            self.own[one("Account"), one("Unit")] = limits(one("Limits")) if one("Limits") else None
        elif what == "role" and one("Role") == "steward":
            self.stewards = [*others, handle] if one("Holds") == "yes" else others
        elif what == "role":
            self.roles = self.roles ^ {(one("Role"), handle)}
        elif what == "rules":
            self.take(change.text)
        elif what == "opening":
            self.open(change)
        elif what == "secretary":
            self.secretary = present
        elif what == "account":
            if one("Was"):
                self.end(change.dev, change, one("Account"))
            self.accounts[one("Account")] = one("Keeper")
        elif what == "mandate":
            self.mandates[entry.id] = change
        elif what == "mandate-end":
            self.mandates.pop(one("Mandate"), None)
