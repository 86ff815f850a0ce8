//! Every reason for which the law says no: a closed, numbered list, worded once. The order is the precedence.

use std::fmt;

/// A refusal. Its number never changes its meaning; new ones are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Refusal {
    /// Of another community.
    OtherLog = 1,
    /// A second genesis.
    SecondGenesis = 2,
    /// The rules document does not hold.
    BadCharter = 3,
    /// `Prev` is not the event just before on this chain.
    BrokenChain = 4,
    /// The event before it was refused.
    AfterRefused = 5,
    /// Another author name than the chain began with.
    OtherAuthor = 6,
    /// Time runs backwards.
    TimeBackwards = 7,
    /// It names an event that was refused.
    NamesRefused = 8,
    /// It names another branch of its own chain.
    OwnBranch = 9,
    /// The `Dep` lines are not the ones for this kind.
    WrongDeps = 10,
    /// `Register` names something that is no entry, or goes backwards.
    RegisterBackwards = 11,
    /// `Register` names an entry without what settles it.
    RegisterUnsettled = 12,
    /// The author is no member yet.
    NotMember = 13,
    /// The author is no steward.
    NotSteward = 14,
    /// The author does not keep the register.
    NotSecretary = 15,
    /// The entry does not follow the last one.
    NotAfterLast = 16,
    /// The motion is no motion.
    NoMotion = 17,
    /// The motion was entered before.
    EnteredBefore = 18,
    /// The approvals do not suffice.
    TooFewApprovals = 19,
    /// Approved before on this chain.
    ApprovedBefore = 20,
    /// The approver's acknowledgements lie beyond the cut.
    AckedBeyondCut = 21,
    /// The value that the change replaces has moved on.
    MovedOn = 22,
    /// The handle is taken, or looks like one that is.
    HandleTaken = 23,
    /// The device belongs to a member already.
    DeviceTaken = 24,
    /// The request to join is not this one.
    NoRequest = 25,
    /// No such member.
    NoMember = 26,
    /// The member is confirmed already.
    ConfirmedBefore = 27,
    /// No such unit.
    NoUnit = 28,
    /// The decimals are not the unit's.
    WrongPlaces = 29,
    /// No such account.
    NoAccount = 30,
    /// The role is held already, or not held.
    RoleUnchanged = 31,
    /// Stewards are 1 to 21.
    StewardCount = 32,
    /// The position of the cut does not exist, or the chain is cut already.
    BadCut = 33,
    /// The account is kept by another device.
    NotKeeper = 34,
    /// Spending from a community account needs a mandate.
    NeedsMandate = 35,
    /// A payment to the account that pays.
    ToItself = 36,
    /// More than balance and limit hold.
    BeyondLimit = 37,
    /// The key was used before.
    KeyUsed = 38,
    /// The leg or return does not exist.
    NoItem = 39,
    /// What it builds on is not settled by what the event names.
    ItemUnsettled = 40,
    /// Received, declined or taken back before.
    ItemTaken = 41,
    /// The account's upper limit would be passed.
    BeyondUpper = 42,
    /// An acknowledged position does not exist.
    BadPosition = 43,
    /// An acknowledgement of the own chain.
    AcksItself = 44,
    /// An acknowledgement that goes backwards or stands still.
    AckBackwards = 45,
    /// An acknowledgement of another branch than before.
    AckOtherBranch = 46,
    /// An acknowledgement beyond an approved cut.
    AckBeyondCut = 47,
    /// No such poll.
    NoPoll = 48,
    /// The poll would close before it opens.
    ClosesBeforeOpening = 49,
    /// The member was not in the electorate.
    NotInElectorate = 50,
    /// The ballot is late.
    Late = 51,
    /// The author is not the teller.
    NotTeller = 52,
    /// A page lists what is no ballot of the poll.
    NoBallot = 53,
    /// The poll is counted already.
    CountedBefore = 54,
    /// The poll has not closed yet.
    StillOpen = 55,
    /// A ballot that the teller held is left out.
    BallotLeftOut = 56,
    /// The result is not what the ballots say.
    WrongResult = 57,
    /// The invitation does not hold.
    BadInvitation = 58,
    /// A member leaves, moves or hands an account on by a motion of its own device.
    NotOwnMotion = 59,
    /// The member is suspended or gone.
    NotActive = 60,
    /// The device keeps the register.
    HoldsOffice = 61,
    /// No such role.
    NoRole = 62,
    /// The motion was refused.
    MotionRefused = 63,
    /// The term is not a later one.
    WrongTerm = 64,
    /// Not the last entry acknowledged.
    WrongEntry = 65,
    /// Objected before on this chain.
    ObjectedBefore = 66,
    /// The chain was ended, or the account handed on, by a motion of its own.
    HandedOver = 67,
    /// Another steward is the next secretary.
    NotNext = 68,
    /// The openings do not sum to zero.
    BadOpenings = 69,
    /// The payee can still receive it.
    PayeeOpen = 70,
    /// The account is open already, or looks like one that is.
    AccountTaken = 71,
    /// No such mandate in force.
    NoMandate = 72,
    /// The mandate does not cover the payment.
    BeyondMandate = 73,
    /// No such request, or not between these accounts.
    NoDemand = 74,
    /// The request was withdrawn or refused.
    DemandClosed = 75,
    /// Not what the account received, or more than that.
    BadRefund = 76,
    /// The contribution is not what the rules ask for.
    WrongContribution = 77,
    /// The rules document has no such asset.
    NoAsset = 78,
    /// More than a member may pay in a day, a week or a month.
    BeyondCap = 79,
    /// More than is left of the request.
    BeyondRequest = 80,
    /// No such pledge.
    NoPledge = 81,
    /// The author is no assessor of the pledge.
    NotAssessor = 82,
    /// More than was pledged.
    TooMuchAttested = 83,
    /// Longer than the rules or the pledge let an attestation hold.
    HoldsTooLong = 84,
    /// No such attestation, or none that counts.
    NoAttestation = 85,
    /// The account uses a newer attestation of the pledge.
    AttestedNewer = 86,
    /// The offer would be over before it begins.
    OverBefore = 87,
    /// No such offer or want of the author's.
    NoOffer = 88,
    /// The set-off lets a party off more or less than it lets others off.
    NotBalanced = 89,
    /// No such set-off, or none that is open to the account.
    NoClearing = 90,
    /// The account has answered the set-off.
    ClearingAnswered = 91,
    /// Nothing shows that the set-off cannot come about.
    ClearingStands = 92,
    /// A poll that shall be replaced has ballots.
    HasBallots = 93,
    /// The poll has not opened yet.
    NotOpenYet = 94,
    /// The ballot is none of this poll's method and options.
    BadBallot = 95,
    /// The answer needs a reason.
    NoReason = 96,
    /// A proxy for oneself.
    OwnProxy = 97,
    /// No such post.
    NoPost = 105,
    /// The author may not post in this channel.
    MayNotPost = 106,
    /// A post of this channel cannot ask for receipts.
    NoNotice = 107,
    /// Another member's post.
    NotOwnPost = 108,
    /// What is corrected, retracted or hidden is a correction itself, or stands in another channel.
    BadCorrection = 109,
    /// The post expires no later than its own time.
    ExpiresBefore = 110,
    /// The author may not hide posts of this channel.
    MayNotHide = 111,
    /// The post asks for no receipts.
    NoReceipt = 112,
    /// A member was told before the post, or later than it is recorded.
    ToldOutOfTime = 113,
    /// The notice that the poll asks for was not given so long before it opens.
    NoticeTooShort = 114,
}

/// Every refusal, in order of number.
pub const ALL: [Refusal; 107] = {
    use Refusal::*;
    [
        OtherLog,
        SecondGenesis,
        BadCharter,
        BrokenChain,
        AfterRefused,
        OtherAuthor,
        TimeBackwards,
        NamesRefused,
        OwnBranch,
        WrongDeps,
        RegisterBackwards,
        RegisterUnsettled,
        NotMember,
        NotSteward,
        NotSecretary,
        NotAfterLast,
        NoMotion,
        EnteredBefore,
        TooFewApprovals,
        ApprovedBefore,
        AckedBeyondCut,
        MovedOn,
        HandleTaken,
        DeviceTaken,
        NoRequest,
        NoMember,
        ConfirmedBefore,
        NoUnit,
        WrongPlaces,
        NoAccount,
        RoleUnchanged,
        StewardCount,
        BadCut,
        NotKeeper,
        NeedsMandate,
        ToItself,
        BeyondLimit,
        KeyUsed,
        NoItem,
        ItemUnsettled,
        ItemTaken,
        BeyondUpper,
        BadPosition,
        AcksItself,
        AckBackwards,
        AckOtherBranch,
        AckBeyondCut,
        NoPoll,
        ClosesBeforeOpening,
        NotInElectorate,
        Late,
        NotTeller,
        NoBallot,
        CountedBefore,
        StillOpen,
        BallotLeftOut,
        WrongResult,
        BadInvitation,
        NotOwnMotion,
        NotActive,
        HoldsOffice,
        NoRole,
        MotionRefused,
        WrongTerm,
        WrongEntry,
        ObjectedBefore,
        HandedOver,
        NotNext,
        BadOpenings,
        PayeeOpen,
        AccountTaken,
        NoMandate,
        BeyondMandate,
        NoDemand,
        DemandClosed,
        BadRefund,
        WrongContribution,
        NoAsset,
        BeyondCap,
        BeyondRequest,
        NoPledge,
        NotAssessor,
        TooMuchAttested,
        HoldsTooLong,
        NoAttestation,
        AttestedNewer,
        OverBefore,
        NoOffer,
        NotBalanced,
        NoClearing,
        ClearingAnswered,
        ClearingStands,
        HasBallots,
        NotOpenYet,
        BadBallot,
        NoReason,
        OwnProxy,
        NoPost,
        MayNotPost,
        NoNotice,
        NotOwnPost,
        BadCorrection,
        ExpiresBefore,
        MayNotHide,
        NoReceipt,
        ToldOutOfTime,
        NoticeTooShort,
    ]
};

impl Refusal {
    /// Every refusal, in order of number.
    pub fn all() -> &'static [Refusal] {
        &ALL
    }

    /// The number, from 1.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The refusal of this number.
    pub fn of(number: u8) -> Option<Refusal> {
        ALL.binary_search_by_key(&number, |refusal| refusal.number()).ok().and_then(|at| ALL.get(at)).copied()
    }

    /// What is wrong, in one clause.
    pub fn words(self) -> &'static str {
        use Refusal::*;
        match self {
            OtherLog => "it belongs to another community",
            SecondGenesis => "the community is founded already",
            BadCharter => "the rules document does not hold",
            BrokenChain => "it does not follow the event before it on its chain",
            AfterRefused => "the event before it was refused",
            OtherAuthor => "it bears another name than its chain began with",
            TimeBackwards => "its time lies before that of the event before it",
            NamesRefused => "it names an event that was refused",
            OwnBranch => "it names another branch of its own chain",
            WrongDeps => "its `Dep` lines are not those of its kind",
            RegisterBackwards => "`Register` does not go forward in the register",
            RegisterUnsettled => "`Register` names an entry without what settles it",
            NotMember => "the author is not a member",
            NotSteward => "the author is not a steward",
            NotSecretary => "the author does not keep the register",
            NotAfterLast => "the entry does not follow the last one",
            NoMotion => "there is no such motion",
            EnteredBefore => "the motion was entered before",
            TooFewApprovals => "the change needs more approvals",
            ApprovedBefore => "the motion was approved by this device before",
            AckedBeyondCut => "the approver has acknowledged events beyond the cut",
            MovedOn => "the value that the change replaces has moved on",
            HandleTaken => "the handle is taken, or looks like one that is",
            DeviceTaken => "the device belongs to a member already",
            NoRequest => "there is no such request to join",
            NoMember => "there is no such member",
            ConfirmedBefore => "the member is confirmed already",
            NoUnit => "there is no such unit",
            WrongPlaces => "the amount has not the decimals of its unit",
            NoAccount => "there is no such account",
            RoleUnchanged => "the role is as it shall be already",
            StewardCount => "a community has 1 to 21 stewards",
            BadCut => "the chain cannot be cut there",
            NotKeeper => "the account is kept by another device",
            NeedsMandate => "spending from a community account needs a mandate",
            ToItself => "an account cannot pay itself",
            BeyondLimit => "the account has not enough balance and credit",
            KeyUsed => "the account has used this key before",
            NoItem => "there is no such payment",
            ItemUnsettled => "what it builds on is not settled yet",
            ItemTaken => "the payment was received or declined before",
            BeyondUpper => "the account would hold more than its upper limit",
            BadPosition => "it acknowledges an event that does not exist",
            AcksItself => "it acknowledges its own chain",
            AckBackwards => "it acknowledges nothing new",
            AckOtherBranch => "it acknowledges another branch than before",
            AckBeyondCut => "it acknowledges events beyond a cut that the author approved",
            NoPoll => "there is no such poll",
            ClosesBeforeOpening => "the poll would close before it opens",
            NotInElectorate => "the member cannot vote in this poll",
            Late => "the poll had closed",
            NotTeller => "the author is not the teller of this poll",
            NoBallot => "it lists something that is no ballot of this poll",
            CountedBefore => "the poll is counted already",
            StillOpen => "the poll is still open",
            BallotLeftOut => "a ballot that the teller held is left out",
            WrongResult => "the result is not what the ballots say",
            BadInvitation => "the invitation does not hold",
            NotOwnMotion => "it takes a motion of the member's own device",
            NotActive => "the member is suspended or gone",
            HoldsOffice => "the device keeps the register: the office must be handed on first",
            NoRole => "there is no such role",
            MotionRefused => "the motion was refused",
            WrongTerm => "the term is not a later one",
            WrongEntry => "it is not the last entry acknowledged",
            ObjectedBefore => "the device has objected to the motion before",
            HandedOver => "it was handed over by a motion of its own",
            NotNext => "another steward is the next secretary",
            BadOpenings => "the openings do not sum to zero",
            PayeeOpen => "the payee can still receive it",
            AccountTaken => "the account is open already, or looks like one that is",
            NoMandate => "there is no such mandate in force",
            BeyondMandate => "the mandate does not cover this payment",
            NoDemand => "there is no such request between these accounts",
            DemandClosed => "the request was withdrawn or refused",
            BadRefund => "it gives back what the account did not receive",
            WrongContribution => "the contribution is not what the rules ask for",
            NoAsset => "there is no such asset",
            BeyondCap => "it is more than the account may pay in this span of time",
            BeyondRequest => "it is more than is left of the request",
            NoPledge => "there is no such pledge",
            NotAssessor => "the author is not an assessor of it",
            TooMuchAttested => "more is attested than was pledged",
            HoldsTooLong => "an attestation does not hold so long",
            NoAttestation => "there is no such attestation",
            AttestedNewer => "the account uses a newer attestation of the pledge",
            OverBefore => "it would be over before it begins",
            NoOffer => "there is no such offer",
            NotBalanced => "the set-off does not let each party off as much as it lets others off",
            NoClearing => "there is no such set-off open to the account",
            ClearingAnswered => "the account has given its word on the set-off",
            ClearingStands => "nothing shows that the set-off cannot come about",
            HasBallots => "the poll that it replaces has ballots",
            NotOpenYet => "the poll has not opened yet",
            BadBallot => "the ballot does not fit the poll",
            NoReason => "the answer needs a reason",
            OwnProxy => "a member is its own voice already",
            NoPost => "there is no such post",
            MayNotPost => "the author may not post in this channel",
            NoNotice => "a post in this channel cannot ask for receipts",
            NotOwnPost => "the post is another member's",
            BadCorrection => "a correction takes the place of a post of its channel that is no correction itself",
            ExpiresBefore => "the post has expired before it begins",
            MayNotHide => "the author may not hide posts of this channel",
            NoReceipt => "the post asks for no receipts",
            ToldOutOfTime => "nobody is told before the post, or after that is recorded",
            NoticeTooShort => "the notice is younger than the poll asks for",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (refusal {})", self.words(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back() {
        assert!(ALL.is_sorted_by_key(|refusal| refusal.number()));
        for refusal in ALL {
            assert_eq!(Refusal::of(refusal.number()), Some(refusal));
        }
        assert_eq!(Refusal::of(0), None);
        assert_eq!(Refusal::of(u8::MAX), None);
    }
}
