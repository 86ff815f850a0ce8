//! Movements as an array of flat objects, one on each line.

use event::{Time, UnitDef};
use frame::{Failure, harmless_json, money};
use serde_json::{Value, json};
use store::Transfer;

use super::{Book, Holding, Place, Scope};
use crate::view::{moved_word, state_word};

/// An array that is being written.
#[derive(Default)]
pub struct Json {
    begun: bool,
}

impl Json {
    fn object(&mut self, value: &Value, out: &mut String) {
        out.push_str(if self.begun { ",\n  " } else { "\n  " });
        out.push_str(&harmless_json(&value.to_string()));
        self.begun = true;
    }
}

impl Book for Json {
    fn begin(&mut self, _: &str, _: &Scope, _: Time, out: &mut String) -> Result<(), Failure> {
        out.push('[');
        Ok(())
    }

    fn opening(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        for holding in holdings {
            let Place::Account(account) = holding.place else { continue };
            let value = json!({
                "time": at.to_string(),
                "id": null,
                "leg": null,
                "account": account.to_string(),
                "counterparty": null,
                "purpose": "opening balance",
                "amount": money(holding.minor, holding.unit.base.lower.places()),
                "unit": holding.unit.unit.to_string(),
                "moved": "opening",
                "state": null,
                "by": null,
            });
            self.object(&value, out);
        }
        Ok(())
    }

    fn transfer(&mut self, transfer: &Transfer, unit: &UnitDef, out: &mut String) -> Result<(), Failure> {
        let value = json!({
            "time": transfer.time.to_string(),
            "id": transfer.pay.to_string(),
            "leg": transfer.leg,
            "account": transfer.account.to_string(),
            "counterparty": transfer.counterparty.to_string(),
            "purpose": transfer.purpose,
            "amount": money(transfer.minor, unit.base.lower.places()),
            "unit": transfer.unit.to_string(),
            "moved": moved_word(transfer.moved),
            "state": state_word(transfer.state),
            "by": transfer.event.to_string(),
        });
        self.object(&value, out);
        Ok(())
    }

    fn closing(&mut self, _: Time, _: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        out.push_str(if self.begun { "\n]\n" } else { "]\n" });
        Ok(())
    }
}
