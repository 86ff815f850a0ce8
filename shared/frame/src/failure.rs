//! How a command can end badly: the kind decides the exit code, the hint says what to do.

use rules::Refusal;

/// The kind of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The rules, or the answer, say no: exit code 1.
    No,
    /// The command was not understood: exit code 2.
    Usage,
    /// It could not be done: exit code 3.
    Could,
    /// A remote could not be reached; what is local is done: exit code 75.
    Retry,
    /// Nobody reads our output any more: exit code 0.
    Closed,
}

/// A failure: what is wrong, and what to do about it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What it is like.
    pub kind: Kind,
    /// What is wrong.
    pub fact: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Failure {
    /// The rules, or the answer, say no.
    pub fn no(fact: impl Into<String>) -> Self {
        Failure { kind: Kind::No, fact: fact.into(), hint: None }
    }

    /// The command was not understood.
    pub fn usage(fact: impl Into<String>) -> Self {
        Failure { kind: Kind::Usage, fact: fact.into(), hint: None }
    }

    /// It could not be done.
    pub fn could(fact: impl Into<String>) -> Self {
        Failure { kind: Kind::Could, fact: fact.into(), hint: None }
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The law's refusal, with what the person can do.
    pub fn refused(refusal: Refusal) -> Self {
        let failure = Failure::no(refusal.to_string());
        match remedy(refusal) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// Whether the store is damaged, which its journal heals.
    pub(crate) fn is_damage(&self) -> bool {
        self.fact.starts_with("store:") && !self.hint.as_deref().unwrap_or("").contains("disk")
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self.kind {
            Kind::No => 1,
            Kind::Usage => 2,
            Kind::Could => 3,
            Kind::Retry => 75,
            Kind::Closed => 0,
        }
    }
}

/// What a person can do about a refusal, where there is something.
fn remedy(refusal: Refusal) -> Option<&'static str> {
    use Refusal::*;
    Some(match refusal {
        NotMember => "sync after you were admitted: `members sync`; see `members whoami`",
        NotSteward => "ask a steward: `members list` shows who they are",
        NotSecretary => "ask the secretary: `members list` shows who that is",
        TooFewApprovals => "the change needs a motion and the stewards' approvals",
        TimeBackwards => "this machine's clock stands before its own last event: set it right",
        MovedOn => "look at the present value and try again",
        HandleTaken => "choose another handle",
        NoMember | NoAccount => "`credit accounts` and `members list` show the names",
        NoUnit => "`credit units` lists the units",
        BeyondLimit => "`credit limit` shows what you can draw; earn first, or ask for a higher limit",
        BeyondCap => "`credit limit --why` shows what is left in this span of time; refunds are free of it",
        BeyondUpper => "the account must spend before it can earn more",
        ItemUnsettled => "wait for the stewards, then `members sync`",
        KeyUsed => "use another key, or none, to pay again",
        NeedsMandate => "`credit mandate` shows what is left of those in force, `credit mandate give` proposes one",
        NoAsset => "`members rules` shows the assets",
        DemandClosed | BeyondRequest => "`credit requests --all` shows how it stands",
        AccountTaken => "`credit account` shows those that are open",
        NotKeeper => "only the device that keeps an account can move it",
        StillOpen => "wait until it closes, or until all have voted",
        Late => "the poll no longer takes ballots",
        ClosesBeforeOpening => "choose a later time for --closes",
        NotInElectorate => {
            "those vote who were members when the poll was opened, by the rules for their kind, or whom `vote show` lists"
        }
        NotTeller => "whom `vote list` shows as teller counts a poll; `members role list` shows who is one by office",
        HasBallots => "a poll with ballots stands: `vote extend` ends it early",
        NotOpenYet => "`vote show` says when it opens",
        BadBallot => "`vote show` says what a ballot looks like",
        NoReason => "give it with --why",
        OwnProxy => "name another member, or `vote proxy revoke`",
        CountedBefore => "`vote tally` shows the count",
        EnteredBefore | MotionRefused | ApprovedBefore => "`members motions MOTION` shows how it stands",
        AckedBeyondCut => "ask whoever moved it for a later position: what stewards have seen stays settled",
        NotActive => "`members list` shows who is suspended or gone",
        HoldsOffice => "hand the office on first: `members secretary HANDLE`",
        NoRole => "`members role list` shows the roles; others come with `members rules set`",
        BadInvitation => "one expires later than now; where the rules ask for one, the newcomer needs `members invite`",
        HandedOver => "nothing more is written there, unless that motion is refused",
        StewardCount => "make another steward first: `members role grant HANDLE steward`",
        WrongTerm => "`members status` shows the succession under way",
        NoPledge | NoAttestation => "`credit pledge list` shows the pledges and their attestations",
        NotAssessor => "`members role list` shows who assesses; nobody attests an own pledge",
        HoldsTooLong => "choose with --expires: the rules say how long an attestation of the asset holds",
        OverBefore => "choose a later time for --expires or --closes",
        NoClearing | ClearingAnswered => "`credit clear list` shows the set-offs and what each party has said",
        NoOffer => "`credit offers` and `credit wants` list them",
        NoPost => "`announce list` shows the posts",
        MayNotPost | NoNotice | MayNotHide => "`announce channels` shows who may do what where",
        NotOwnPost => "only its author corrects or takes back a post; `announce hide` is for moderators",
        NoReceipt => "a post asks for receipts only where it was posted with --notice",
        NoticeTooShort => "open it later with --opens, or ask for fewer days",
        NotNext => "`members status` says who the next secretary is",
        _ => return None,
    })
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let failure = Failure::could(format!("store: {error}"));
        match error.is_disk() {
            true => failure.hint("make room or rights on the disk and try again; nothing is lost"),
            false => failure.hint("the store can be rebuilt from the journal: `members audit --rebuild`"),
        }
    }
}

impl From<journal::Error> for Failure {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Unreachable { .. } => Failure {
                kind: Kind::Retry,
                fact: error.to_string(),
                hint: Some("what is local is done; try again later".into()),
            },
            journal::Error::Unfit { fact, hint } => Failure::could(fact).hint(hint),
            journal::Error::BadName { fact, hint } => Failure::usage(fact).hint(hint),
            journal::Error::Moved(_) => Failure::could(error.to_string()).hint("try again"),
            journal::Error::Damaged { .. } => Failure::could(error.to_string())
                .hint("fetch it again from a remote into a new home, or restore it from a copy"),
            journal::Error::System { .. } => {
                Failure::could(error.to_string()).hint("make room or rights on the disk and try again; nothing is lost")
            }
        }
    }
}

impl From<event::Malformed> for Failure {
    fn from(error: event::Malformed) -> Self {
        Failure::usage(error.to_string())
    }
}
