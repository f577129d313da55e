//! What a reader wants to see: it stands in the address, so that it works without a script and can be kept.

use std::borrow::Cow;

use provkassa_simulators::kit::journal::{Entry, Event};
use provkassa_simulators::kit::workspace::DEFAULT;
use url::form_urlencoded;

use super::story::{ANCHOR, Subject};

/// What stands for no workspace: no workspace can be called so.
pub(super) const NOBODY: &str = "*";

/// Which entries are shown. A text that is empty wants all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    /// A workspace's name, or [`NOBODY`].
    pub(super) workspace: String,
    /// A provider's id.
    pub(super) provider: String,
    /// The order as the provider names it, or [`Subject::anchor`] of a story whose order must not be shown.
    pub(super) order: String,
    /// What stands somewhere in the entry, in any case.
    pub(super) search: String,
    /// Only what came after this cursor.
    pub(super) after: u64,
}

impl View {
    /// Reads it from a query; what is no part of it is passed over.
    pub(super) fn read(query: &str) -> Self {
        let mut view = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "workspace" => value.trim().clone_into(&mut view.workspace),
                "provider" => value.trim().clone_into(&mut view.provider),
                // A blank may be an order's own.
                "order" => view.order = value.into_owned(),
                "q" => value.trim().clone_into(&mut view.search),
                "after" => view.after = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        view
    }

    /// What [`View::read`] reads it from.
    pub(super) fn pairs(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let after = if self.after == 0 { String::new() } else { self.after.to_string() };
        let pairs = [
            ("workspace", Cow::from(&self.workspace)),
            ("provider", Cow::from(&self.provider)),
            ("order", Cow::from(&self.order)),
            ("q", Cow::from(&self.search)),
            ("after", Cow::from(after)),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Whether it leaves anything out beside what is old.
    pub(super) fn is_narrow(&self) -> bool {
        *self != Self { after: self.after, ..Self::default() }
    }

    /// The workspace that buttons are about.
    pub(super) fn subject(&self) -> &str {
        if self.workspace.is_empty() || self.workspace == NOBODY { DEFAULT } else { &self.workspace }
    }

    /// Whether the order is told by the mark of its story.
    pub(super) fn is_marked(&self) -> bool {
        self.order.starts_with(ANCHOR)
    }

    fn is_about(&self, entry: &Entry) -> bool {
        self.is_marked() && Subject::about(entry).anchor() == self.order
    }

    pub(super) fn wants(&self, entry: &Entry) -> bool {
        let whose = match self.workspace.as_str() {
            "" => true,
            NOBODY => entry.workspace.is_none(),
            name => entry.workspace.as_deref() == Some(name),
        };
        whose
            && (self.provider.is_empty() || entry.provider == self.provider)
            && (self.order.is_empty() || entry.order.as_deref() == Some(&*self.order) || self.is_about(entry))
            && (self.search.is_empty() || holds(entry, &self.search.to_lowercase()))
    }
}

/// Whether a text in lower case stands somewhere in an entry.
fn holds(entry: &Entry, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    if entry.order.as_deref().is_some_and(has) {
        return true;
    }
    let (messages, said) = match &entry.event {
        Event::Callback { id, request, instead, result, fault, .. } => {
            let said = result.as_ref().map_or_else(Clone::clone, ToString::to_string);
            let further = fault.iter().chain(instead).cloned();
            (vec![request], [id.clone(), said].into_iter().chain(further).collect::<Vec<_>>())
        }
        Event::Exchange { request, reply, remarks } => {
            let said = remarks
                .warnings
                .iter()
                .chain(&remarks.diagnosis)
                .chain(&remarks.unclaimed)
                .chain(&remarks.fault);
            (vec![request, reply], said.cloned().collect())
        }
    };
    said.iter().any(|said| has(said))
        || messages.into_iter().any(|message| {
            has(&message.line)
                || message.headers.iter().any(|(name, value)| has(name) || has(value))
                || has(&String::from_utf8_lossy(&message.body))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_into_an_address_is_read_back(
            workspace in "[a-z*]{0,3}", provider in "[a-z]{0,3}", order in ".{0,6}", search in "[^\\s]{0,4}", after in 0_u64..3
        ) {
            let view = View { workspace, provider, order, search: search.trim().to_owned(), after };
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(view.pairs()).finish();
            prop_assert_eq!(View::read(&query), view);
        }
    }
}
