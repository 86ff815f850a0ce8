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
    let voting = ["[membership]\nvoting = ['person']\n", "", ""][chance.below(3)];
    let roles = [
        "[roles.baker]\nauthority = 'poll:yesno:>1/2'\n",
        "[roles.baker]\nauthority = '1 steward'\n[roles.on-call]\n",
        "",
    ][chance.below(3)];
    let kinds = ["[units.hours.organisation]\nlower = '35.00'\n", "", ""][chance.below(3)];
    let contribution = [
        "[contribution]\nshare = '3%'\nunits = ['hours']\n",
        "[contribution]\nshare = '1/7'\nto = '@garden'\n",
        "",
        "",
    ][chance.below(4)];
    let asset = [
        "[assets.bread]\ntitle = 'Bread'\nquantity = 'loaves'\nprice = '1'\nunit = 'kWh'\nadvance = '1/2'\n[backing.kWh]\ncap = '9'\n",
        "",
    ][chance.below(2)];
    let account = ["secretary", "1 steward"][chance.below(2)];
    let text = format!(
        "{voting}{roles}{contribution}{asset}[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n{upper}\n{kinds}[units.kWh]\n\
         title = 'Power'\nlower = '9'\n[authority]\nadmit = '{admit}'\nlimit = '{limit}'\nconfirm = '{admit}'\n\
         account = '{account}'\nmandate = '{account}'\n\
         leave = '{go}'\nmove = '{go}'\nrole = '{role}'"
    );
    text.parse().expect("the rules are text")
}
