//! What a shop asks of codes and cards.

use crate::bambora::acquirer::{card_type_of, word_of};
use crate::bambora::perform::fee_on;
use crate::bambora::{currency, texts};
use crate::kit::nets;
use crate::kit::soap::Call;
use crate::kit::table::Tx;

use super::answers::{Said, card_type};
use super::types::ACQUIRER_TYPE;

/// The text of one of ePay's own codes.
pub(super) fn error_of_epay(call: &Call) -> Said {
    let code = call.int("epayresponsecode");
    text(call, "epayresponsestring", code, !is_of_nets(code))
}

/// The text of a response of Nets; `asked` is the element that names it.
pub(super) fn error_of_nets(call: &Call, asked: &str) -> Said {
    let code = call.int(asked);
    text(call, "pbsresponsestring", code, is_of_nets(code))
}

fn is_of_nets(code: i64) -> bool {
    u16::try_from(code).is_ok_and(|code| nets::kind(code).is_some())
}

fn text(call: &Call, name: &'static str, code: i64, is_here: bool) -> Said {
    let text = texts::text(&code.to_string(), call.int("language")).filter(|_| is_here);
    // That this is what is said to an unknown code is assumed.
    text.map_or_else(|| Said::refused(-1004), |text| Said::done(vec![(name, text.into())]))
}

/// The type of a card. Assumed: that the first six digits are enough, and that its name is that of the type.
pub(super) fn card_type_of_number(call: &Call) -> Said {
    let number: String = call.text("cardnumber").chars().filter(|digit| !" -".contains(*digit)).collect();
    let digits = number.len() >= 6 && number.bytes().all(|digit| digit.is_ascii_digit());
    match card_type_of(&number).filter(|_| digits) {
        Some(number) => {
            Said::done(vec![("cardtypeid", i64::from(number).into()), ("cardname", card_type(number).into())])
        }
        None => Said::refused(-1024),
    }
}

/// What a card costs on top of an amount.
pub(super) fn card_info(tx: &Tx<'_>, call: &Call) -> Said {
    let prefix = call.text("cardno_prefix");
    if prefix.len() != 6 || !prefix.bytes().all(|digit| digit.is_ascii_digit()) {
        return Said::refused(-5600);
    }
    if currency::number(&call.int("currency").to_string()).is_none() {
        return Said::refused(-5602);
    }
    let Some(number) = card_type_of(prefix) else { return Said::refused(-5603) };
    let amount = call.int("amount");
    if amount < 0 {
        return Said::refused(-5601);
    }
    let own = word_of(tx.settings.get("bambora.acquirer"));
    let acquirer = ACQUIRER_TYPE.words.iter().position(|word| *word == own);
    Said::done(vec![
        ("acquirer", i64::try_from(acquirer.unwrap_or_default()).unwrap_or_default().into()),
        ("fee", fee_on(tx.settings, amount).into()),
        ("cardtype", card_type(number).into()),
        ("cardtypetext", card_type(number).into()),
    ])
}
