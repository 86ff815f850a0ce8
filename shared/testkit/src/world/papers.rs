//! The rules documents of the worlds: the only place that knows how one is written.

use event::Text;

use super::Chance;

/// Some document in which the units have their decimals for ever.
pub fn rules(chance: &mut Chance) -> Text {
    document(chance, true)
}

/// The same without contributions and backing, so that who follows a script knows what can be paid.
pub fn plain(chance: &mut Chance) -> Text {
    document(chance, false)
}

fn document(chance: &mut Chance, rich: bool) -> Text {
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
    let contribution = [
        "[contribution]\nshare = '3%'\nunits = ['hours']\n",
        "[contribution]\nshare = '1/7'\nto = '@garden'\n",
        "",
        "",
    ][chance.below(4)];
    let contribution = if rich { contribution } else { "" };
    let bread =
        ["[assets.bread]\ntitle = 'Bread'\nquantity = 'loaves'\nprice = '1'\nunit = 'kWh'\nadvance = '1/2'\n", ""]
            [chance.below(2)];
    let account = ["secretary", "1 steward"][chance.below(2)];
    let backed = if rich && chance.percent(80) { backing(chance, bread) } else { String::new() };
    let capped = if rich && chance.percent(25) { caps(chance) } else { "" };
    let text = format!(
        "{capped}{voting}{roles}{channels}{contribution}[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n{upper}\n{kinds}[units.kWh]\n\
         title = 'Power'\nlower = '9'\n{backed}[authority]\nadmit = '{admit}'\nlimit = '{limit}'\nconfirm = '{admit}'\n\
         account = '{account}'\nmandate = '{account}'\n\
         leave = '{go}'\nmove = '{go}'\nrole = '{role}'"
    );
    text.parse().expect("the rules are text")
}

/// How much may be paid in a while: rather more than once, and not for long.
fn caps(chance: &mut Chance) -> &'static str {
    [
        "[caps.hours]\nday = '12.00'\n",
        "[caps.hours]\nday = '15.00'\nweek = '22.00'\n[caps.kWh]\nmonth = '14'\n",
        "[caps.hours]\nweek = '20.00'\nmonth = '30.00'\n[caps.kWh]\nday = '6'\nweek = '9'\n",
    ][chance.below(3)]
}

/// Assets, and how far they back credit.
fn backing(chance: &mut Chance, bread: &str) -> String {
    let terms = [
        "factor = '1/2'\nwindow = '60 seconds'\ncounterparty = '3.00'\n",
        "factor = '2/3'\nwindow = '80 seconds'\ncounterparty = '2/3'\n",
        "",
    ][chance.below(3)];
    let worth = ["price = '2.5'\nadvance = '1/2'", "price = '0.333'\nadvance = '100%'"][chance.below(2)];
    let valid = ["valid = '200 seconds'\n", ""][chance.below(2)];
    format!(
        "[assets.oven]\ntitle = 'Oven'\nquantity = 'hours'\nunit = 'hours'\n{worth}\n{valid}[assets.solar]\n\
         title = 'Sun'\nquantity = 'kWh'\nunit = 'kWh'\nprice = '1'\nadvance = '2/3'\n{bread}[backing.kWh]\ncap = '14'\n\
         [backing.hours]\ncap = '45.00'\n{terms}"
    )
}
