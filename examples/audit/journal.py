"""The bytes: which commits of a repository are events; written from journal(5) alone."""

import base64
import functools
import hashlib
import re
import subprocess
import unicodedata

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
ID = "[0-9a-f]{64}"
HEAD = re.compile(
    rb"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n((?:parent [0-9a-f]{40}\n)*)"
    rb"author ([^ \n<>]+) <(d[a-z2-7]{26})@commons> (0|[1-9][0-9]{0,11}) \+0000\ncommitter \2 <\3@commons> \4 \+0000\n"
    rb"(gpgsig -----BEGIN SSH SIGNATURE-----\n((?: [A-Za-z0-9+/=]{1,70}\n)+) -----END SSH SIGNATURE-----\n)\n")
FIELDS = re.compile(
    rf"Commons: 1\n(?:Log: ({ID})\n)?Seq: (0|[1-9][0-9]*)\n(?:Prev: ({ID})\n)?(?:Register: ({ID})\n)?"
    rf"((?:Dep: {ID}\n){{0,16}})Kind: ([a-z.]+)\n((?:[A-Z][a-z]*: [^\n]+\n)*)")
# The fields that name events, and the kinds that do not carry what they name.
NAMING = """Ack After Approval At Attestation Back Ballot Clearing Corrects Discharge Entry Extended For Invitation Leg
    Mandate Motion Notice Offer Page Pay Pledge Poll Post Record Refund Refuses Replaces Reply Request Return Shown Was""".split()
LISTS = "ack credit.receive credit.back credit.clear announce.seen".split()


class Refused(Exception):
    """The number of the rung that does not hold."""


def need(rung, holds):
    if not holds:
        raise Refused(rung)


def add(p, q):
    """The sum of two points of the curve, each (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def small(p):
    """Whether a point is of small order."""
    return functools.reduce(lambda q, _: add(q, q), range(3), p)[0] == 0


@functools.cache
def multiples(data, sign):
    """0 to 15 times a point or its negative, 16 times that, and so on; None where it is none or of small order."""
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    x = x if (v * x * x - u) % P == 0 else x * ROOT % P
    if y >= P or (v * x * x - u) % P or x == 0:
        return None
    x = sign * (x if x & 1 == odd else -x) % P
    p, rows = (x, y, 1, x * y % P), []
    for _ in range(64 if not small(p) else 0):
        row = [(0, 1, 1, 0)]
        while len(row) < 17:
            row.append(add(row[-1], p))
        p = row.pop()
        rows.append(row)
    return rows


def good(key, message, signature):
    """The strict criterion of journal(5)."""
    s, total = int.from_bytes(signature[32:], "little"), (0, 1, 1, 0)
    if not multiples(key, -1) or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    for scalar, table in ((s, multiples(BASE, 1)), (k, multiples(key, -1))):
        for row in table:
            total, scalar = add(total, row[scalar & 15]), scalar >> 4
    x, y = (total[n] * pow(total[2], -1, P) % P for n in (0, 1))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32] and not small(total)


def ssh(*parts):
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class Event:
    """One event: its common fields as attributes, the fields of its kind by name, each a list of values."""

    def __init__(self, git, data):
        head = HEAD.match(data)
        armour = head[6].decode()[1:-1].replace("\n ", "")
        sealed, payload = base64.b64decode(armour, validate=True), data[: head.start(5)] + data[head.end(5) :]
        blob, signature = sealed[14:65], sealed[-64:]
        form = b"SSHSIG\0\0\0\1" + ssh(blob, b"git", b"", b"sha512", ssh(b"ssh-ed25519", signature))
        lines = re.findall(".{1,70}", base64.b64encode(form).decode())
        if sealed != form or "".join(f" {line}\n" for line in lines) != head[6].decode() or len(data) > 65536:
            raise ValueError("not the one form of a signature")
        message = b"SSHSIG" + ssh(b"git", b"", b"sha512", hashlib.sha512(payload).digest())
        device = "d" + base64.b32encode(hashlib.sha256(blob).digest()[:16]).decode().lower().rstrip("=")
        signed = blob[:-32] == ssh(b"ssh-ed25519") + b"\0\0\0 " and good(blob[-32:], message, signature)
        if device != head[3].decode() or not signed:
            raise ValueError("not signed by its author's device")
        said = data[head.end() :].decode()
        fields = FIELDS.fullmatch(said.split("\n\n")[-1])
        self.git, self.id, self.dev = git, hashlib.sha256(payload).hexdigest(), device
        self.author, self.time, self.parents = head[2].decode(), int(head[4]), re.findall("[0-9a-f]{40}", head[1].decode())
        self.text, self.log, self.seq = "\n\n".join(said.split("\n\n")[1:-1]), fields[1], int(fields[2])
        self.before, self.register, self.deps, self.kind = fields[3], fields[4], re.findall(ID, fields[5]), fields[6]
        self.fields = {}
        for key, value in re.findall("(.*?): (.*)\n", fields[7]):
            self.fields.setdefault(key, []).append(value)
        first, found = self.kind in ("members.found", "members.join"), self.kind == "members.found"
        place = (not self.log, not self.before, self.seq == 0) == (found, first, first)
        if not place or self.deps != sorted(set(self.deps)) or unicodedata.normalize("NFC", said) != said:
            raise ValueError("not the one form of a message")
        named = set() if found else self.ids(*NAMING)
        self.carried = set() if self.kind in LISTS else named - self.ids("Ballot")
        self.names = {self.log, self.before, self.register, *self.deps, *named} - {None}

    def one(self, key, otherwise=None):
        return self.fields.get(key, [otherwise])[0]

    def ids(self, *keys):
        return {i for key in keys for value in self.fields.get(key, []) for i in re.findall(rf"(?<!\S){ID}(?!\S)", value)}


def read(repository):
    """Every event that the branches of chains lead to, by id, and what else lies there."""
    def git(said, *args):
        return subprocess.run(["git", "-C", repository, *args], input=said, capture_output=True, check=True).stdout

    refs = git(b"", "for-each-ref", "--format=%(refname)", "refs/heads/d*").split()
    chains = b"\n".join(ref for ref in refs if not ref.endswith(b".person"))
    got = git(git(chains, "rev-list", "--stdin"), "cat-file", "--batch")
    events, wraps, trouble, at = {}, {}, [], 0
    while at < len(got):
        end = got.index(b"\n", at)
        name, _, size = got[at:end].decode().split()
        at, data = end + 2 + int(size), got[end + 1 : end + 1 + int(size)]
        try:
            event = Event(name, data)
            wraps[name] = event.id
            events.setdefault(event.id, event)
        except (ValueError, TypeError) as why:
            trouble.append(f"{name} is no event: {why}")
    for event in list(events.values()):
        if [wraps.get(parent) for parent in event.parents] != [i for i in (event.before, *event.deps) if i]:
            trouble.append(f"{event.git} has other parents than the events that it names")
            del events[event.id]
    return events, trouble
