//! The rules documents of the worlds: the only place that knows how one is written.

use event::Text;

use super::Chance;

/// Some document in which the units have their decimals for ever.
pub fn rules(chance: &mut Chance) -> Text {
    let upper = ["upper = '25.00'", "upper = '40.00'", ""][chance.below(3)];
    let admit = ["secretary", "1 steward", "quorum"][chance.below(3)];
    let limit = ["secretary", "quorum", "quorum"][chance.below(3)];
    let go = ["secretary", "secretary", "1 steward", "quorum"][chance.below(4)];
    let role = ["secretary", "quorum"][chance.below(2)];
    let votes = "[membership.votes]\nperson = '2'\norganisation = '5'\n";
    let voting = ["[membership]\nvoting = ['person']\n", votes, "", ""][chance.below(4)];
    let (roles_n, kinds_n) = (chance.below(3), chance.below(3));
    let roles = [
        "[roles.baker]\nauthority = 'poll:yesno:>1/2'\n",
        "[roles.baker]\nauthority = '1 steward'\n[roles.on-call]\n",
        "",
    ][roles_n];
    let kinds = ["[units.hours.organisation]\nlower = '35.00'\n", "", ""][kinds_n];
    // The role that a channel names must be there.
    let channels = [
        "[channels.news]\npost = ['stewards', 'role baker']\nnotice = true\n",
        "[channels.news]\nmoderate = 'members'\nnotice = true\n[channels.bread]\npost = 'role secretary'\n",
        "[channels.news]\npost = ['role teller', 'stewards']\nmoderate = 'role teller'\n",
    ][if roles_n == 2 { 1 + kinds_n % 2 } else { (roles_n + kinds_n) % 3 }];
    let text = format!(
        "{voting}{roles}{channels}[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n{upper}\n{kinds}[units.kWh]\n\
         title = 'Power'\nlower = '9'\n[authority]\nadmit = '{admit}'\nlimit = '{limit}'\nconfirm = '{admit}'\n\
         leave = '{go}'\nmove = '{go}'\nrole = '{role}'"
    );
    text.parse().expect("the rules are text")
}
