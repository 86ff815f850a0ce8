-- The store of one community. All of it is derived from journal.git and can be deleted at any time.
-- Ids are SHA-256 (32 bytes), git names SHA-1 (20 bytes), times seconds since 1970, amounts whole
-- smallest parts of their unit.

-- Single values: the log, the settled register's head, accumulators of the seal.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- A branch of a chain. A chain that was never forked has one line.
CREATE TABLE line (
  n INTEGER PRIMARY KEY,             -- local number
  device TEXT NOT NULL,
  parent INTEGER,                    -- the line from which a fork branched off
  fork INTEGER,                      -- the last seq that it shares with its parent
  author TEXT NOT NULL,              -- the name that the chain began with
  tip INTEGER NOT NULL,              -- seq of the newest event
  tip_id BLOB NOT NULL,
  tip_git BLOB NOT NULL,
  settled INTEGER NOT NULL           -- everything up to this seq is settled; -1 for nothing
) STRICT;
CREATE INDEX line_device ON line (device);

-- A chain as a whole: where it was forked or cut.
CREATE TABLE chain (
  device TEXT PRIMARY KEY,
  forked INTEGER,                    -- first seq with two valid events
  cut_seq INTEGER, cut_id BLOB       -- last event that counts, by a cut in the settled register
) STRICT, WITHOUT ROWID;

-- Every accepted event, with its signature and the verdict of the law.
CREATE TABLE event (
  line INTEGER NOT NULL, seq INTEGER NOT NULL,
  id BLOB NOT NULL, git BLOB NOT NULL,
  time INTEGER NOT NULL, kind TEXT NOT NULL,
  register BLOB NOT NULL,            -- the entry in force
  refusal INTEGER NOT NULL,          -- 0 where it is valid
  signature BLOB NOT NULL,
  body TEXT NOT NULL,                -- `Kind:` and the fields, as signed
  text TEXT,
  PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX event_id ON event (id);
CREATE INDEX event_rare ON event (kind, time) WHERE kind NOT IN
  ('ack', 'credit.pay', 'credit.receive', 'credit.decline', 'vote.cast', 'members.follow');

-- Other good commits of an accepted event, kept because an accepted event stands on them.
CREATE TABLE alias (git BLOB PRIMARY KEY, id BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Where a chain's knowledge of the register advanced.
CREATE TABLE advance (
  line INTEGER NOT NULL, seq INTEGER NOT NULL, register BLOB NOT NULL,
  PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;

-- Lines of acknowledgements.
CREATE TABLE ack (
  line INTEGER NOT NULL, device TEXT NOT NULL, seq INTEGER NOT NULL,  -- the steward's line, whom, in which event
  stewards BLOB NOT NULL,            -- the set under which it counts
  at INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (line, device, seq)
) STRICT, WITHOUT ROWID;

-- How far each steward has acknowledged each line, for each set of stewards.
CREATE TABLE reach (
  line INTEGER NOT NULL, stewards BLOB NOT NULL,
  entries INTEGER NOT NULL,          -- 0: counts for everything; 1 + n: for register entries of term n and later
  steward TEXT NOT NULL,
  at INTEGER NOT NULL,               -- up to this seq of the line
  witness BLOB NOT NULL, witness_line INTEGER NOT NULL, witness_seq INTEGER NOT NULL,  -- the event that says so
  PRIMARY KEY (line, stewards, entries, steward)
) STRICT, WITHOUT ROWID;

-- Approvals, and which set of stewards each closes for its author. A consent to a succession, and an entry by
-- the secretary's own authority, stand here as approvals of themselves.
CREATE TABLE approval (
  line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, motion BLOB NOT NULL, closes BLOB,
  term INTEGER,                      -- to whose succession it consents
  PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_motion ON approval (motion);

-- Objections to motions.
CREATE TABLE objection (
  line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, motion BLOB NOT NULL,
  PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX objection_motion ON objection (motion);

-- Motions by which a chain ends itself: its member moves to another device, or leaves.
CREATE TABLE parting (
  line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;

-- Entries of the register, a tree: a branch is numbered locally, height counts from the genesis.
CREATE TABLE entry (
  id BLOB PRIMARY KEY,
  branch INTEGER NOT NULL, height INTEGER NOT NULL,
  after BLOB,
  line INTEGER NOT NULL, seq INTEGER NOT NULL,
  settled_by BLOB NOT NULL,          -- the set of stewards that may settle it
  inline_by TEXT,                    -- the steward who entered it by own authority, and so acknowledges it
  motion BLOB,
  refuses BLOB,                      -- the motion that it closes without effect
  approvals BLOB NOT NULL,           -- ids, one after the other
  closes INTEGER NOT NULL,           -- 1 where it changes the stewards
  cut_device TEXT, cut_seq INTEGER, cut_id BLOB,
  settled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_line ON entry (line, seq);
CREATE INDEX entry_motion ON entry (motion) WHERE motion IS NOT NULL;
CREATE INDEX entry_refuses ON entry (refuses) WHERE refuses IS NOT NULL;
CREATE TABLE branch (n INTEGER PRIMARY KEY, parent INTEGER, fork INTEGER) STRICT;

-- Values of the register from an entry on.
CREATE TABLE fact (
  key TEXT NOT NULL, branch INTEGER NOT NULL, height INTEGER NOT NULL, value TEXT,
  PRIMARY KEY (key, branch, height)
) STRICT, WITHOUT ROWID;

-- Passbooks: the running balance that a keeper's line has of an account.
CREATE TABLE book (
  line INTEGER NOT NULL, account TEXT NOT NULL, unit TEXT NOT NULL, seq INTEGER NOT NULL,
  minor INTEGER NOT NULL, balance INTEGER NOT NULL,
  PRIMARY KEY (line, account, unit, seq)
) STRICT, WITHOUT ROWID;

-- Legs of payments and what became of them: 0 in transit, 1 received, 2 declined, 3 returned, 4 without effect.
CREATE TABLE leg (
  pay BLOB NOT NULL, n INTEGER NOT NULL,
  line INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL,
  payer TEXT NOT NULL, payee TEXT NOT NULL, unit TEXT NOT NULL, minor INTEGER NOT NULL,
  purpose TEXT, state INTEGER NOT NULL,
  PRIMARY KEY (pay, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX leg_open ON leg (payee) WHERE state = 0;
CREATE INDEX leg_declined ON leg (payer) WHERE state = 2;
CREATE INDEX leg_payee ON leg (payee, time);
CREATE INDEX leg_payer ON leg (payer, time);

-- Receipts, declines and returns: what a keeper's line took. `leg` is -1 for a return of `item`, -2 - n for leg n
-- taken back from an account that was closed.
CREATE TABLE take (
  item BLOB NOT NULL, leg INTEGER NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL,
  id BLOB NOT NULL, time INTEGER NOT NULL,
  what INTEGER NOT NULL,             -- 1 receives, 2 declines, 3 takes back, 4 takes back from a closed account
  counts INTEGER NOT NULL,           -- 1 where it has effect
  PRIMARY KEY (item, leg, line, seq)
) STRICT, WITHOUT ROWID;

-- Keys of payments.
CREATE TABLE paid (
  line INTEGER NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (line, account, key)
) STRICT, WITHOUT ROWID;

-- Accounts as they stand: what has effect, settled or pending.
CREATE TABLE account (
  account TEXT NOT NULL, unit TEXT NOT NULL,
  balance INTEGER NOT NULL, pending_in INTEGER NOT NULL, pending_out INTEGER NOT NULL,
  PRIMARY KEY (account, unit)
) STRICT, WITHOUT ROWID;

-- Ballots, with recorded ones, contests and proxies for one poll, and counts of polls.
CREATE TABLE ballot (poll BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (poll, line, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE counted (poll BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (poll, line, seq)) STRICT, WITHOUT ROWID;

-- Polls that another took the place of, moved ends of polls, and proxies for all polls (`all`) or a topic (`topic NAME`).
CREATE TABLE replaced (poll BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, by BLOB NOT NULL,
  PRIMARY KEY (poll, line, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE extension (poll BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, closes INTEGER NOT NULL,
  PRIMARY KEY (poll, line, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE proxy (scope TEXT NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (scope, line, seq)) STRICT, WITHOUT ROWID;
-- Posts and their corrections. What of them is shown depends on what has effect, and is found when it is asked for.
CREATE TABLE post (
  n INTEGER PRIMARY KEY,             -- local number, in the order of arrival
  id BLOB NOT NULL UNIQUE,
  line INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL,
  channel TEXT NOT NULL,
  first BLOB NOT NULL,               -- the post that it corrects, or itself
  root BLOB NOT NULL,                -- the post with which its thread begins
  notice INTEGER NOT NULL,           -- 1 where it asks for receipts
  expires INTEGER, starts INTEGER
) STRICT;
CREATE INDEX post_first ON post (first, time) WHERE first <> id;
CREATE INDEX post_root ON post (root);
CREATE INDEX post_time ON post (time);
CREATE INDEX post_starts ON post (starts) WHERE starts IS NOT NULL;
CREATE INDEX post_notice ON post (first) WHERE notice = 1;
CREATE INDEX post_expires ON post (expires) WHERE expires IS NOT NULL;
-- Their words, for searching; private ones have only a title.
CREATE VIRTUAL TABLE words USING fts5 (title, text, content = '', tokenize = 'unicode61 remove_diacritics 2');

-- What authors took back, and what moderators hid (1) or showed again (0).
CREATE TABLE retraction (post BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (post, line, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE hiding (post BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  time INTEGER NOT NULL, hides INTEGER NOT NULL,
  PRIMARY KEY (post, line, seq)) STRICT, WITHOUT ROWID;
-- Receipts for notices.
CREATE TABLE receipt (post BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (post, line, seq)) STRICT, WITHOUT ROWID;

-- Attestations that an account uses, by the line of its keeper.
CREATE TABLE backed (
  line INTEGER NOT NULL, account TEXT NOT NULL, seq INTEGER NOT NULL, attestation BLOB NOT NULL,
  PRIMARY KEY (line, account, seq, attestation)
) STRICT, WITHOUT ROWID;

-- Attestations of pledges.
CREATE TABLE attested (pledge BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (pledge, line, seq)) STRICT, WITHOUT ROWID;

-- Offers and wants, and their words for searching.
CREATE TABLE offer (
  n INTEGER PRIMARY KEY,             -- local number
  id BLOB NOT NULL UNIQUE,
  seq INTEGER NOT NULL, time INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  wanted INTEGER NOT NULL,           -- 1 where it is sought
  category TEXT NOT NULL
) STRICT;
CREATE INDEX offer_open ON offer (wanted, expires);
CREATE VIRTUAL TABLE offer_words USING fts5 (title, category, text, content = '', tokenize = 'unicode61 remove_diacritics 2');

-- What parties have said to set-offs: 1 yes, 2 no, 3 that they are free of it after a yes.
CREATE TABLE set_off (
  line INTEGER NOT NULL, account TEXT NOT NULL, seq INTEGER NOT NULL,
  clearing BLOB NOT NULL, id BLOB NOT NULL, what INTEGER NOT NULL,
  PRIMARY KEY (line, account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX set_off_clearing ON set_off (clearing);

-- Pledges, offers and wants that their author has taken back.
CREATE TABLE taken_back (what BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (what, line, seq)) STRICT, WITHOUT ROWID;

-- What was sealed with the last transaction.
CREATE TABLE seal (one INTEGER PRIMARY KEY CHECK (one = 1), said TEXT NOT NULL, signature BLOB NOT NULL) STRICT;

-- Running sums on the books of an account: spent by a mandate, paid of a request, given back of a payment.
CREATE TABLE tally (
  line INTEGER NOT NULL, account TEXT NOT NULL, what TEXT NOT NULL, seq INTEGER NOT NULL,
  minor INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (line, account, what, seq)
) STRICT, WITHOUT ROWID;

-- Motions and entries by which a chain hands an account of the community on.
CREATE TABLE hand (
  line INTEGER NOT NULL, seq INTEGER NOT NULL, account TEXT NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;

-- What payments say besides amounts, where they say it.
CREATE TABLE said (
  pay BLOB PRIMARY KEY,
  category TEXT, delivered TEXT,     -- `12.5 boxes`
  request BLOB, refund BLOB, mandate BLOB,
  contributes INTEGER NOT NULL       -- 1 where the last leg is the contribution
) STRICT, WITHOUT ROWID;
CREATE INDEX said_request ON said (request) WHERE request IS NOT NULL;
CREATE INDEX said_refund ON said (refund) WHERE refund IS NOT NULL;
CREATE INDEX said_mandate ON said (mandate) WHERE mandate IS NOT NULL;

-- Requests, and what ended them: 1 withdrawn by the asker, 2 refused by the asked.
CREATE TABLE request (
  id BLOB PRIMARY KEY,
  line INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL,
  account TEXT NOT NULL, debtor TEXT NOT NULL, unit TEXT NOT NULL, minor INTEGER NOT NULL,
  due INTEGER, key TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX request_key ON request (account, debtor, key) WHERE key IS NOT NULL;
CREATE TABLE answer (
  request BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, what INTEGER NOT NULL,
  PRIMARY KEY (request, line, seq)
) STRICT, WITHOUT ROWID;

-- Payers who ask for a payment back.
CREATE TABLE cancel (
  pay BLOB NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (pay, line, seq)
) STRICT, WITHOUT ROWID;
