//! A proptest `Strategy` over an operation's messages, with our own domain shrinker behind it.

use std::fmt;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::operation::{Message, Operation, simpler};

/// Every legal message of an operation.
#[derive(Clone, Copy)]
pub struct Messages(pub &'static dyn Operation);

impl fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Messages").field(&self.0.id()).finish()
    }
}

impl Strategy for Messages {
    type Tree = Tree;
    type Value = Message;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Tree { operation: self.0, kept: self.0.generate(runner.rng()), tried: None, rest: None })
    }
}

/// One message and the simpler ones that are still to be tried.
#[derive(Debug)]
pub struct Tree {
    operation: &'static dyn Operation,
    /// The simplest message so far that fails.
    kept: Message,
    /// The message that is being tried.
    tried: Option<Message>,
    rest: Option<std::vec::IntoIter<Message>>,
}

impl ValueTree for Tree {
    type Value = Message;

    fn current(&self) -> Message {
        self.tried.as_ref().unwrap_or(&self.kept).clone()
    }

    fn simplify(&mut self) -> bool {
        // The message tried last fails too: go on from there.
        if let Some(failed) = self.tried.take() {
            self.kept = failed;
            self.rest = None;
        }
        let rest = self.rest.get_or_insert_with(|| simpler(self.operation, None, &self.kept).into_iter());
        self.tried = rest.next();
        self.tried.is_some()
    }

    fn complicate(&mut self) -> bool {
        // The message tried last passes: the next simpler one of the same.
        self.tried = self.rest.as_mut().and_then(Iterator::next);
        self.tried.is_some()
    }
}
