//! The rules documents of the worlds: the only place that knows how one is written.

use event::Text;

use super::Chance;

/// Some document in which the units have their decimals for ever.
pub fn rules(chance: &mut Chance) -> Text {
    let upper = ["upper = '25.00'", "upper = '40.00'", ""][chance.below(3)];
    let admit = ["secretary", "1 steward", "quorum"][chance.below(3)];
    let limit = ["secretary", "quorum", "quorum"][chance.below(3)];
    let go = ["secretary", "secretary", "1 steward", "quorum"][chance.below(4)];
    let role = ["secretary", "quorum", "poll >1/2 of cast"][chance.below(3)];
    let voting = ["voting = ['person']\n", "", ""][chance.below(3)];
    let roles = ["roles = ['baker']\n", "roles = ['baker', 'on-call']\n", ""][chance.below(3)];
    let kinds = ["[kinds.organisation]\nhours = '-35.00'\n", "", ""][chance.below(3)];
    let text = format!(
        "{voting}{roles}[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n{upper}\n[units.kWh]\ntitle = 'Power'\n\
         lower = '9'\n{kinds}[authority]\nadmit = '{admit}'\nlimit = '{limit}'\nconfirm = '{admit}'\nleave = '{go}'\n\
         move = '{go}'\nrole = '{role}'\n'role steward' = 'quorum'"
    );
    text.parse().expect("the rules are text")
}
