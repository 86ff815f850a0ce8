"""The books of accounts, and what accounts hold in the end; written from rules(7) alone."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

from journal import need
from register import parts

PERIODS = dict(second=1, minute=60, hour=3600, day=86400, week=604800, month=2592000, year=31536000)


def seconds(text):
    return int(datetime.fromisoformat(text).timestamp())


def share(text):
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def legs(pay):
    """Account and amount in smallest parts of each leg."""
    more = [line.split()[::-1] for line in pay.fields.get("Leg", []) + pay.fields.get("Contribution", [])]
    return [(account, parts(amount)[0]) for account, amount in [(pay.one("To"), pay.one("Amount")), *more]]


class Books:
    """What concerns accounts; mixed into the law."""

    def items(self, e):
        """What a receipt or a decline takes: the field, the event named, the payment and the leg."""
        for key, line in ((key, line) for key in ("Leg", "Return", "Back") for line in e.fields.get(key, [])):
            event = self.held[line.split()[0]]
            need(39, event.kind == ("credit.decline" if key == "Return" else "credit.pay"))
            pay, n = (event.one("Leg") if key == "Return" else line).split()
            need(39, int(n) < len(legs(self.held[pay])))
            yield key, event, self.held[pay], int(n)

    def there(self, s, account):
        return account in s.accounts or s.members.get(account, {"how": "gone"})["how"] != "gone"

    def keeps(self, e, s, account):
        need(30, self.there(s, account))
        need(34, s.members[s.accounts.get(account, account)]["dev"] == e.dev)

    def book(self, s, account, own):
        """The events of an account's books, in their order."""
        chains = [*(end.chain for end in s.ends.get(account, [])), own]
        return list({x.id: x for chain in chains for x in chain}.values())

    def moves(self, book, account, unit):
        """Each movement of an account: the event, the amount, the other account, the payment, the leg."""
        for x in book:
            if x.kind == "credit.pay" and (x.one("From"), x.one("Unit")) == (account, unit):
                yield from ((x, -amount, to, x, n) for n, (to, amount) in enumerate(legs(x)))
            for key, _, pay, n in self.items(x) if x.kind == "credit.receive" else []:
                (to, amount), payer = legs(pay)[n], pay.one("From")
                if (to if key == "Leg" else payer, pay.one("Unit")) == (account, unit):
                    yield x, amount, payer if key == "Leg" else to, pay, n

    def balance(self, s, book, account, unit):
        return s.openings[account, unit] + sum(amount for _, amount, *_ in self.moves(book, account, unit))

    def bounds(self, s, account, unit):
        """Lower and upper limit, without what backs the account."""
        if s.own.get((account, unit)) or account[0] == "@":
            return s.own.get((account, unit)) or (0, None)
        bounds = s.units[unit][1]
        lower, upper = bounds.get(s.members[account]["kind"], bounds[None])
        return (lower if s.members[account]["confirmed"] else 0), upper

    def lower(self, s, book, account, unit, now):
        """The lower limit, with what backs it."""
        base, terms = self.bounds(s, account, unit)[0], s.document.get("backing", {}).get(unit)
        if not terms or account[0] == "@" or s.own.get((account, unit)) or not s.members[account]["confirmed"]:
            return base
        backs = [x for x in book if x.kind == "credit.back" and x.one("Account") == account]
        used, worth, came = self.all({i for x in backs for i in x.ids("Attestation")}), 0, Counter()
        for pledge in {a.one("Pledge") for a in used} - {x.one("Pledge") for x in book if x.kind == "credit.unpledge"}:
            asset = s.document.get("assets", {}).get(self.held[pledge].one("Asset"), {})
            use = max((a for a in used if a.one("Pledge") == pledge), key=lambda a: (a.time, a.id))
            if asset.get("unit") == unit and seconds(use.one("Expires")) > now:
                rate = Fraction(asset["price"]) * share(asset["advance"]) * 10 ** s.units[unit][0]
                worth += floor(Fraction(use.one("Quantity")) * rate)
        if "factor" in terms:
            count, period = terms["window"].split()
            moves = list(self.moves(book, account, unit))
            back = {(pay, n) for x, _, _, pay, n in moves if x is not pay and pay.one("From") == account}
            for x, amount, other, pay, n in moves:
                given = x is pay and pay.one("Refund") and (pay, n) not in back
                if x.time > now - int(count) * PERIODS[period.rstrip("s")] and (given or pay.one("From") != account):
                    came[other] += amount
            came, most = [max(amount, 0) for amount in came.values()], terms["counterparty"]
            most = floor(share(most) * sum(came)) if {*"/%"} & {*most} else parts(most)[0]
            worth += floor(share(terms["factor"]) * sum(min(amount, most) for amount in came))
        return max(base, min(parts(terms["cap"])[0], base + worth))

    def credit_pay(self, e, s, own):
        account, unit, one = e.one("From"), e.one("Unit"), e.one
        self.keeps(e, s, account)
        need(35, account[0] != "@" or one("Mandate") or one("Refund"))
        need(28, unit in s.units)
        need(30, all(self.there(s, to) for to, _ in legs(e)))
        need(78, not one("Delivered") or one("Delivered").split()[1] in s.document.get("assets", {}))
        book, total = self.book(s, account, own), sum(amount for _, amount in legs(e))
        need(37, total <= self.balance(s, book, account, unit) + self.lower(s, book, account, unit, e.time))
        caps = {} if account[0] == "@" or one("Refund") else s.document.get("caps", {}).get(unit, {})
        paid = [x for x in book if x.kind == "credit.pay" and (x.one("From"), x.one("Unit")) == (account, unit) and not x.one("Refund")]
        for period, most in caps.items():
            lately = sum(amount for x in paid if x.time > e.time - PERIODS[period] for _, amount in legs(x))
            need(79, lately + total <= parts(most)[0])

    def credit_receive(self, e, s, own):
        touched = []
        for key, event, pay, n in self.items(e):
            account = legs(pay)[n][0] if key == "Leg" else pay.one("From")
            self.keeps(e, s, account)
            book = self.book(s, account, own)
            took = [i for x in book if x.kind in ("credit.receive", "credit.decline") for i in self.items(x)]
            need(41, not any((p, m) == (pay, n) and (k == "Leg") == (key == "Leg") for k, _, p, m in took))
            need(40, key == "Back" or self.shown(e, event))
            touched += [(book, account, pay.one("Unit"))] if key == "Leg" and e.kind == "credit.receive" else []
        for book, account, unit in touched:
            upper = self.bounds(s, account, unit)[1]
            need(42, upper is None or self.balance(s, [*book, e], account, unit) <= upper)

    credit_decline = credit_receive

    def shown(self, e, event):
        """Whether an event and its own chain show that another is settled."""
        cut = e.state.cuts.get(event.dev)
        sets = {who[0] for top in e.tops for who in self.cover(top)}
        return bool(cut and cut.bits & event.bit) or any(self.settles(e.tops, k, event) for k in sets)

    def balances(self):
        """Line 8: what each account holds, and what is on its way to and from it."""
        rows = {key: [amount, 0, 0] for key, amount in self.head.openings.items()}
        takes = [x for x in self.held.values() if x.effect and x.kind in ("credit.receive", "credit.decline")]
        took = {(key, event.id, pay.id, n): x for x in takes for key, event, pay, n in self.items(x)}
        for pay in (x for x in self.held.values() if x.effect and x.kind == "credit.pay"):
            for n, (to, amount) in enumerate(legs(pay)):
                payer, payee = (rows.setdefault((a, pay.one("Unit")), [0, 0, 0]) for a in (pay.one("From"), to))
                end = took.get(("Leg", pay.id, pay.id, n)) if pay.settled else None
                declined = end and end.kind == "credit.decline"
                back = ("Back", pay.id, pay.id, n) in took
                back = back or (declined and end.settled and ("Return", end.id, pay.id, n) in took)
                payer[0] -= 0 if back else amount
                payer[2] += 0 if back or (end and not declined) else amount
                payee[0] += amount if end and not declined else 0
                payee[1] += amount if not back and not end else 0
        for (account, unit), row in sorted(rows.items()):
            told = [str(Decimal(value).scaleb(-self.head.units[unit][0])) for value in row]
            if any(row):
                yield dict(zip(("account", "unit", "balance", "pending_in", "pending_out"), (account, unit, *told)))
