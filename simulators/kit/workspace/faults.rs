//! Planted faults, asked for by who answers.

use super::Workspace;
use crate::kit::fault::{Fault, Place};
use crate::kit::seed::lock;

impl Workspace {
    /// The planted fault that strikes here, if one does.
    pub async fn strike(&self, at: &Place<'_>) -> Option<Fault> {
        // Hardly ever is one planted, and this is asked for every answer.
        let planted = lock(&self.0.tables).has::<Fault>();
        if !planted {
            return None;
        }
        let struck = self.transact(|tx| Ok::<_, std::convert::Infallible>(tx.strike(at))).await;
        struck.unwrap_or_else(|never| match never {})
    }
}
