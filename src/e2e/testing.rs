//! The checks inside a user's own tests: this file is such a user.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use provkassa::adapter::reference::Reference;
use provkassa::simulators::kit::operation::Operation;
use provkassa::simulators::kit::scheme::Mistake;
use provkassa::simulators::{PROVIDERS, operation};
use provkassa::testing::{Check, Message, Reply, SetupError, conforms, judge};

use crate::support::{Ran, ran};

fn operations() -> Vec<&'static dyn Operation> {
    PROVIDERS.iter().flat_map(|provider| provider.operations()).copied().collect()
}

fn mistake(id: &str) -> &'static Mistake {
    let all = operations().into_iter().flat_map(Operation::mistakes);
    all.into_iter().find(|mistake| mistake.id == id).expect("a mistake")
}

fn answer(operation: &str, message: &Message, made: &[&'static Mistake]) -> Reply {
    let operation = provkassa::simulators::operation(operation).expect("an operation");
    operation.reply(message, made).expect("a reply")
}

/// What a failing check prints.
fn printed(check: impl FnOnce()) -> String {
    let thrown = catch_unwind(AssertUnwindSafe(check)).expect_err("it passes");
    *thrown.downcast::<String>().expect("a text")
}

#[test]
fn a_right_function_passes_for_every_operation() {
    for operation in operations() {
        Check::of(operation.id(), |message| answer(operation.id(), message, &[])).cases(20).assert();
    }
}

#[test]
fn a_failing_test_prints_the_diagnosis() {
    let made = [mistake("brp.hash/secret-missing")];
    let said = printed(|| conforms("brp.hash", |message| answer("brp.hash", message, &made)));
    assert!(said.contains(made[0].title) && said.contains(made[0].remedy), "{said}");
    assert!(said.contains("PROVKASSA_REPLAY='{\"case\":"), "{said}");
    assert!(said.contains("cargo test testing::a_failing_test_prints_the_diagnosis"), "{said}");
}

#[test]
fn a_function_may_borrow_count_and_refuse() {
    let count = RefCell::new(0);
    let terminal = String::from("not sent anywhere");
    Check::of("fena.token", |message: &Message| -> Result<Reply, &str> {
        *count.borrow_mut() += terminal.len().min(1);
        match answer("fena.token", message, &[]) {
            Reply::Rejected(_) => Err("refused in our own words"),
            token @ Reply::Answer(_) => Ok(token),
        }
    })
    .cases(50)
    .assert();
    assert!(*count.borrow() > 50);
}

#[test]
fn a_function_that_panics_is_not_called_again_and_its_message_is_shown() {
    let mut calls = 0;
    let said = printed(|| {
        conforms("brp.hash", |message| {
            calls += 1;
            assert!(calls < 10, "out of paper");
            answer("brp.hash", message, &[])
        });
    });
    assert_eq!(calls, 10);
    assert!(said.contains("your function for brp.hash broke: it panicked: out of paper"), "{said}");
    assert!(said.contains("PROVKASSA_REPLAY="), "{said}");
}

#[test]
fn cases_are_chosen_and_failures_are_known() {
    let made = [mistake("brp.hash/secret-missing")];
    let wrong = || Check::of("brp.hash", |message| answer("brp.hash", message, &made)).cases(10);
    let right = || Check::of("brp.hash", |message| answer("brp.hash", message, &[])).cases(10);
    let secret = "brp/hash/secret-goes-last";
    let list = format!("[[failure]]\ncase = \"{secret}\"\nreason = \"the new signer comes in May\"\n");

    let report = wrong().only(secret).run().expect("a report");
    assert_eq!(report.findings().map(|(case, _)| case.id.as_str()).collect::<Vec<_>>(), [secret]);
    let report = wrong().skip("brp/hash/s*").run().expect("a report");
    assert!(report.findings().all(|(case, _)| !case.id.starts_with("brp/hash/s")), "{report}");
    wrong().only(secret).known_failures(&list).assert();
    let said = printed(|| right().known_failures(&list).assert());
    assert!(said.contains("known failures:") && said.contains(secret), "{said}");

    for (check, says) in [
        (right().only("brp/hash/secret-goes-lost"), "Did you mean `brp/hash/secret-goes-last`?"),
        (right().only("fena"), "no case is left"),
        (right().known_failures("[[failure]]\ncase = \"brp\""), "line 1"),
        (right().replay(r#"{"case":"fena/return/x"}"#), "there is no case"),
    ] {
        let error = check.run().expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    }
}

/// What a library gives is an answer as it is: a text, JSON, a result.
#[test]
fn an_answer_is_what_the_code_returns() {
    Check::of("brp.link", |message: &Message| answer("brp.link", message, &[]).get("url").to_owned())
        .and("fena.return", |message: &Message| match answer("fena.return", message, &[]) {
            Reply::Answer(fields) => Ok(serde_json::Value::Object(fields)),
            Reply::Rejected(why) => Err(why),
        })
        .and("bambora.request", |message: &Message| {
            let signed = answer("bambora.request", message, &[]);
            let Reply::Answer(fields) = signed else { return signed };
            let pairs: Vec<(String, String)> =
                serde_json::from_value(fields["parameters"].clone()).expect("pairs");
            Reply::pairs("parameters", pairs).with("explain", "the values, and the key")
        })
        .and("freepay.return", |message: &Message| {
            assert_eq!(message.number("status") == 200, message.given("status") == "200");
            assert!(message.currency("amount").len() == 3 && message.number("amount") >= 0);
            answer("freepay.return", message, &[])
        })
        .cases(20)
        .assert();
}

#[test]
fn an_operation_is_known_or_the_nearest_is_named() {
    let said = printed(|| conforms("brp.hsh", |_: &Message| ""));
    assert_eq!(said, "there is no operation `brp.hsh`. Did you mean `brp.hash`?");
    assert!(matches!(
        Check::of("brp", |_: &Message| "").and("fena.link", |_: &Message| "").run(),
        Err(SetupError::UnknownOperation { .. })
    ));
}

#[test]
fn a_text_alone_is_no_answer_of_several_fields() {
    let said = printed(|| conforms("brp.return", |_: &Message| "paid"));
    assert!(said.contains("it has the fields outcome, error"), "{said}");
}

#[tokio::test]
async fn a_test_that_is_async_may_check_too() {
    Check::of("quickpay.authorization", |message: &Message| answer("quickpay.authorization", message, &[]))
        .cases(10)
        .assert();
}

#[test]
fn a_whole_integrator_is_tried_on_all_that_it_knows() {
    let report = Check::integrator(Reference(Vec::new())).cases(5).run().expect("a report");
    assert!(report.conforms(), "{report}");
    let tried: std::collections::BTreeSet<_> = report
        .summary
        .results
        .iter()
        .map(|result| result.case.property().expect("a property").operation.id())
        .collect();
    assert_eq!(tried.len(), operations().len());
    let made = mistake("freepay.return/order-not-compared");
    let report = Check::integrator(Reference(vec![made])).cases(50).run().expect("a report");
    assert!(report.findings().any(|(_, finding)| finding.mistakes == [made.id]), "{report}");
}

#[test]
fn one_answer_is_judged_by_itself() {
    let brp = operation("brp.hash").expect("an operation");
    let mut seeded = <rand::rngs::SmallRng as rand::SeedableRng>::seed_from_u64(7);
    let message = brp.generate(&mut seeded);
    assert!(judge("brp.hash", &message, answer("brp.hash", &message, &[])).is_ok());
    let wrong = judge("brp.hash", &message, "00").expect_err("wrong");
    assert!(wrong.to_string().contains("expected"), "{wrong}");
}

/// Run by the next test alone, with its variables.
#[test]
#[ignore = "it fails: it is another test's material"]
fn material_of_the_environment() {
    let made = [mistake("brp.hash/secret-missing")];
    let mut calls = 0;
    let report = Check::of("brp.hash", |message| {
        calls += 1;
        answer("brp.hash", message, &made)
    });
    let report = report.run();
    anstream::println!("called {calls} times");
    match report {
        Ok(report) => report.assert(),
        Err(error) => panic!("{error}"),
    }
}

fn with(variables: &[(&str, &str)]) -> Ran {
    let this = std::env::current_exe().expect("a path");
    let mut command = Command::new(this);
    command.args(["testing::material_of_the_environment", "--exact", "--ignored", "--nocapture"]);
    ran(&command.envs(variables.iter().copied()).output().expect("it starts"))
}

#[test]
fn the_environment_beats_the_test() {
    let usual = with(&[]);
    assert_eq!(usual.code, 101);
    let few = with(&[("PROVKASSA_CASES", "1"), ("PROVKASSA_SEED", "99")]);
    assert!(few.stderr.contains("seed 99"), "{}", few.stderr);
    let calls = |ran: &Ran| -> usize {
        let line = ran.stdout.lines().find_map(|line| line.strip_prefix("called ")).expect("a count");
        line.trim_end_matches(" times").parse().expect("a number")
    };
    assert!(calls(&few) * 2 < calls(&usual), "{} and {}", few.stdout, usual.stdout);
    let again =
        usual.stderr.lines().find_map(|line| line.trim().strip_prefix("again     PROVKASSA_REPLAY='"));
    let counterexample = again.expect("a line").split_once("' cargo").expect("a command").0;
    let once = with(&[("PROVKASSA_REPLAY", counterexample)]);
    assert_eq!(once.code, 101);
    assert!(once.stderr.contains("1 fail (of 1 cases") && calls(&once) <= 3, "{}", once.stdout);
    assert!(with(&[("PROVKASSA_CASES", "many")]).stderr.contains("PROVKASSA_CASES cannot be `many`"));
}
