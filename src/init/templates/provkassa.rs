//! Whether the shop signs, redirects and verifies as its payment providers demand: one test for each operation.
//!
//! Call what the shop itself runs; a copy made for the test proves nothing about the shop. Return the answer: a text
//! where it has one field, `serde_json::json!({…})` where it has more, and an `Err` where your code refuses the
//! message, which is often right. Take `#[ignore]` away where you have filled a test in, and delete what your shop does
//! not do.
//!
//! A test fails with the mistake that your code makes, and how to put it right. `provkassa adapter --protocol` prints
//! what each operation and each of its fields means.

use provkassa::testing::{Message, Said, conforms};

fn not_yet() -> Said {
    Said::Unsupported("not filled in yet".to_owned())
}
@operations@
