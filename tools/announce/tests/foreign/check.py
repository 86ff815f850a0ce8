"""What programs that nobody here wrote say to a feed, mails, a calendar and web pages of the announce tool.

Usage: check.py FEED MAILDIR MBOX ICS HTML-FOLDER. Prints a line for each check; what is not installed is skipped, and
the last line counts. Exit code 1 if a check fails.
"""

import email
import email.policy
import mailbox
import os
import pathlib
import sys

feed, maildir, mbox, ics, pages = (pathlib.Path(arg) for arg in sys.argv[1:])
passed = skipped = failed = 0


def check(name, work):
    global passed, skipped, failed
    try:
        print("ok      ", name, work())
        passed += 1
    except ImportError as missing:
        print("skipped ", name, f"({missing.name} is not installed)")
        skipped += 1
    except Exception as wrong:  # whatever a foreign program has to say
        print("FAILED  ", name, repr(wrong))
        failed += 1


def a_feed():
    import feedparser

    read = feedparser.parse(feed.read_bytes())
    assert not read.bozo, read.bozo_exception
    assert len(read.entries) >= 5, len(read.entries)
    ids = [entry.id for entry in read.entries]
    assert len(set(ids)) == len(ids)
    for entry in read.entries:
        assert entry.published_parsed and entry.updated_parsed and entry.author
        assert "<script" not in entry.content[0].value
    return f"{len(ids)} entries"


def messages(box):
    for message in box:
        whole = email.message_from_bytes(bytes(message), policy=email.policy.default)
        assert not whole.defects, whole.defects
        for header in ("From", "Date", "Message-ID", "Subject", "List-Id"):
            assert whole[header] and not whole[header].defects, (header, whole[header], whole[header].defects)
        assert not whole.get_body().defects
        whole.get_content()
        yield whole


def threads(box):
    read = list(messages(box))
    ids = {message["Message-ID"].strip() for message in read}
    assert len(ids) == len(read) >= 6, (len(ids), len(read))
    answers = [message for message in read if message["In-Reply-To"]]
    assert answers, "no answers"
    for message in answers:
        assert message["In-Reply-To"].strip() in ids, message["In-Reply-To"]
        assert message["References"].split()[0] in ids, message["References"]
    return f"{len(read)} messages, {len(answers)} answers"


def in_maildir():
    return threads(mailbox.Maildir(maildir, create=False))


def in_mbox():
    return threads(mailbox.mbox(mbox, create=False))


def with_vobject():
    import vobject

    calendar = vobject.readOne(ics.read_bytes().decode())
    calendar.validate(raiseException=True)
    events = calendar.vevent_list
    assert len({event.uid.value for event in events}) == len(events) >= 2
    assert any(event.contents.get("status", [None])[0] and event.status.value == "CANCELLED" for event in events)
    return f"{len(events)} events"


def with_icalendar():
    import icalendar

    calendar = icalendar.Calendar.from_ical(ics.read_bytes())
    events = [part for part in calendar.walk() if part.name == "VEVENT"]
    for event in events:
        assert not event.errors, event.errors
        assert event.decoded("DTSTART").tzinfo is not None
        assert event["UID"] and event["DTSTAMP"]
    assert any("LOCATION" in event and event["LOCATION"] == "Kitchen, back; door" for event in events)
    return f"{len(events)} events"


def lines_of_75():
    for line in ics.read_bytes().split(b"\r\n"):
        assert len(line) <= 75 and b"\n" not in line, line
    return ""


def as_html5():
    import html5lib

    count = 0
    for page in sorted(pages.rglob("*.html")):
        html5lib.HTMLParser(strict=True).parse(page.read_text())
        count += 1
    assert count >= 4
    return f"{count} pages"


check("feedparser reads the feed", a_feed)
check("Python's email and mailbox read the Maildir", in_maildir)
check("Python's email and mailbox read the mbox", in_mbox)
check("vobject validates the calendar", with_vobject)
check("icalendar reads the calendar", with_icalendar)
check("the calendar's lines end and fold as they should", lines_of_75)
check("html5lib parses the pages strictly", as_html5)
print(f"{passed} passed, {skipped} skipped, {failed} failed")
sys.exit(1 if failed else 0)
