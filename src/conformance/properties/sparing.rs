//! Asking no more than is needed of an adapter that has not begun with an operation.

use std::collections::BTreeMap;

use provkassa_simulators::kit::operation::Message;

use super::Answers;
use crate::adapter::{AdapterError, Session};
use crate::conformance::Property;

/// So many messages are asked at least.
const ENOUGH: usize = 8;
/// Among so many messages the forms are looked for.
const LOOKED_AT: usize = 256;
/// So many of each form, for a shop may use one endpoint of several.
const OF_EACH: usize = 2;

/// The answers to the messages. Where the adapter says of the first ones, of each form among them, that it does not do
/// this, and always with the same words, the others are not asked.
pub(super) async fn first_then_all(
    case: &Property,
    session: &Session,
    mut messages: impl Iterator<Item = Message>,
) -> Result<Answers, AdapterError> {
    let mut first: Vec<Message> = messages.by_ref().take(LOOKED_AT).collect();
    let rest = first.split_off(enough(&first));
    let mut answers = Answers::default();
    answers.ask_all(case, session, first).await?;
    if answers.count() == 0 && answers.is_of_one_reason() {
        answers.untried = rest.len() + messages.count();
    } else {
        answers.ask_all(case, session, rest.into_iter().chain(messages)).await?;
    }
    Ok(answers)
}

/// How many of the messages, from the first on, show what the adapter does with each form.
fn enough(messages: &[Message]) -> usize {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = 0;
    for (place, message) in messages.iter().enumerate() {
        let count = seen.entry(&message.form).or_default();
        *count += 1;
        if *count <= OF_EACH {
            last = place + 1;
        }
    }
    last.max(ENOUGH).min(messages.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_among_the_first_messages() {
        let messages = |forms: &str| -> Vec<Message> {
            let form = |form: char| Message { form: form.to_string().into(), ..Message::default() };
            forms.chars().map(form).collect()
        };
        for (forms, first) in
            [("aaaaaaaaaaaa", 8), ("aaa", 3), ("aaaaaaaaaabab", 13), ("abababababab", 8), ("", 0)]
        {
            assert_eq!(enough(&messages(forms)), first, "{forms}");
        }
    }
}
