//! Where a new callback begins: what its policy makes of it.

use super::{Lane, Policy, State, Status};

impl State {
    /// What is to be done with the callbacks of an order.
    pub(super) fn policy_of(&self, provider: &str, order: &str) -> Policy {
        let key = (provider.to_owned(), order.to_owned());
        self.policies.get(&key).copied().unwrap_or(self.policy)
    }

    /// Where a new callback begins, and which callbacks are to be sent now.
    pub(super) fn place(&mut self, lane: &Lane, id: &str, policy: Policy) -> (Status, Vec<String>) {
        if policy.drop {
            return (Status::Dropped, Vec::new());
        }
        if policy.hold {
            return (Status::Held, Vec::new());
        }
        if policy.reorder {
            let Some(parked) = self.parked.remove(lane) else {
                self.parked.insert(lane.clone(), id.to_owned());
                return (Status::Held, Vec::new());
            };
            // It may have been released or given up meanwhile.
            if let Some(item) = self.items.get_mut(&parked)
                && item.status == Status::Held
            {
                item.status = Status::Waiting;
            }
            return (Status::Waiting, vec![id.to_owned(), parked]);
        }
        (Status::Waiting, vec![id.to_owned()])
    }
}
