//! What cases judge, and what is learnt of integrators in this process that are right but for some messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use provkassa_simulators::kit::operation::{Message, Operation};
use provkassa_simulators::kit::scheme::Mistake;

use super::{messages, would_catch};
use crate::adapter::{Hello, Integrator, Said, Session};
use crate::conformance::{Case, Plan, Pool, Property, Summary, Verdict, properties, run};
use crate::finding::Finding;
use crate::report::Reporters;

/// What is done to a value.
type Spoil = fn(&str) -> String;

/// Who answers with these mistakes, having done this to every value.
#[derive(Debug)]
struct Shop {
    spoil: Spoil,
    made: fn(&Message) -> Vec<&'static str>,
    asked: AtomicUsize,
}

impl Shop {
    fn spoiling(spoil: Spoil) -> Arc<Self> {
        Arc::new(Self { spoil, made: |_| Vec::new(), asked: AtomicUsize::new(0) })
    }

    fn making(made: fn(&Message) -> Vec<&'static str>) -> Arc<Self> {
        Arc::new(Self { spoil: str::to_owned, made, asked: AtomicUsize::new(0) })
    }
}

impl Integrator for Shop {
    fn hello(&self) -> Hello {
        let ops =
            properties().expect("sound features").iter().map(|case| case.operation.id().to_owned()).collect();
        let (name, language) = ("shop".to_owned(), "Rust".to_owned());
        Hello { name, language, ops, window: 1, controls_time: true }
    }

    fn answer(&self, operation: &dyn Operation, message: &Message) -> Said {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut understood = message.clone();
        for (_, value) in &mut understood.parameters {
            *value = (self.spoil)(value);
        }
        let ids = (self.made)(message);
        let made: Vec<&'static Mistake> =
            operation.mistakes().into_iter().filter(|mistake| ids.contains(&mistake.id)).collect();
        Said::Reply(operation.reply(&understood, &made).expect("mistakes that go together"))
    }
}

fn chosen(pattern: &str) -> Vec<Property> {
    let mut all = properties().expect("sound features");
    all.retain(|case| case.id.starts_with(pattern));
    all
}

fn summary(shop: &Arc<Shop>, pattern: &str, jobs: usize) -> Summary {
    let cases = chosen(pattern).into_iter().map(Case::Property).collect();
    let plan = Plan { cases, state: None, ..Plan::default() };
    let pool = Pool::shared(Session::of(Arc::<Shop>::clone(shop)), jobs);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(&plan, Ok(pool), &mut Reporters::default(), std::future::pending()))
}

fn findings(summary: &Summary) -> Vec<(&str, &Finding)> {
    let failed = summary.results.iter().filter_map(|result| match &result.verdict {
        Verdict::Fail(finding) => Some((result.case.id.as_str(), finding.as_ref())),
        _ => None,
    });
    failed.collect()
}

fn without_tags(value: &str) -> String {
    let mut left = String::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('<') {
        let Some((_, behind)) = behind.split_once('>') else { break };
        left.push_str(before);
        rest = behind;
    }
    left + rest
}

fn composed(value: &str) -> String {
    let pairs =
        [("e\u{301}", "é"), ("e\u{308}", "ë"), ("a\u{30a}", "å"), ("A\u{30a}", "Å"), ("O\u{308}", "Ö")];
    pairs.iter().fold(value.to_owned(), |value, (apart, whole)| value.replace(apart, whole))
}

#[test]
fn what_cleaners_of_values_do_is_learnt() {
    let table: [(Spoil, &str, &str); 8] = [
        (without_tags, "brp/hash/plain-sha-256-in-hex", "holds a tag, as <b>"),
        (|value| value.replace("  ", " "), "brp/hash/plain-sha-256-in-hex", "holds two blanks in a row"),
        (composed, "brp/hash/plain-sha-256-in-hex", "holds a combining accent"),
        (
            |value| value.replace('å', "a\u{30a}").replace('é', "e\u{301}").replace('Å', "A\u{30a}"),
            "brp/hash/plain-sha-256-in-hex",
            "holds a letter with an accent, as é",
        ),
        (
            |value| value.chars().take(255).collect(),
            "brp/hash/plain-sha-256-in-hex",
            "has 256 characters or more",
        ),
        (
            |value| value.replace("\r\n", "\n"),
            "quickpay/window/nested-is-flattened",
            "holds a line end of Windows",
        ),
        (without_tags, "quickpay/window/nested-is-flattened", "holds a tag, as <b>"),
        (|value| value.replace("&amp;", "&"), "quickpay/window/nested-is-flattened", ""),
    ];
    for (spoil, case, when) in table {
        let summary = summary(&Shop::spoiling(spoil), case, 1);
        let findings = findings(&summary);
        let told: Vec<_> =
            findings.iter().map(|(_, finding)| finding.near.as_ref().map_or("", |near| &near.when)).collect();
        if when.is_empty() {
            assert!(told.is_empty(), "no message shows it: {told:?}");
        } else {
            assert!(told.iter().all(|told| told.contains(when)) && !told.is_empty(), "{when}: {told:?}");
        }
    }
}

#[test]
fn mistakes_in_messages_of_their_own_are_told_with_numbers() {
    let shop = Shop::making(|_| vec!["brp.hash/payeralias-hashed", "brp.hash/returnurl-slash-cut"]);
    let summary = summary(&shop, "brp/hash/plain-sha-256-in-hex", 1);
    let findings = findings(&summary);
    let (_, finding) = findings.first().expect("it fails");
    let (first, rest) = finding.headline.split_once(" of ").expect(&finding.headline);
    let (_, rest) = rest.split_once(" messages: you ").expect(&finding.headline);
    let (_, rest) = rest.split_once("; ").expect(&finding.headline);
    let (second, _) = rest.split_once(" others: you ").expect(&finding.headline);
    let number = |text: &str| text.parse::<usize>().expect("a number");
    assert!(number(first) >= number(second) && number(second) > 0, "{}", finding.headline);
    let mut named = finding.mistakes.clone();
    named.sort_unstable();
    assert_eq!(named, ["brp.hash/payeralias-hashed", "brp.hash/returnurl-slash-cut"]);
}

#[test]
fn what_shows_in_another_part_stands_beside() {
    let shop = Shop::making(|_| {
        vec!["quickpay.subscription/version-in-upper-case", "quickpay.subscription/order-id-too-long"]
    });
    let summary = summary(&shop, "quickpay/subscription/", 1);
    let findings = findings(&summary);
    for (case, mistake, beside) in [
        (
            "quickpay/subscription/version",
            "quickpay.subscription/version-in-upper-case",
            "quickpay.subscription/order-id-too-long",
        ),
        (
            "quickpay/subscription/order-id-length",
            "quickpay.subscription/order-id-too-long",
            "quickpay.subscription/version-in-upper-case",
        ),
    ] {
        let (_, finding) = findings.iter().find(|(id, _)| *id == case).expect(case);
        assert_eq!((finding.mistakes.as_slice(), finding.confidence.as_str()), (&[mistake][..], "certain"));
        let known = chosen("quickpay/subscription")[0].operation.mistakes();
        let title = known.iter().find(|mistake| mistake.id == beside).expect("known").title;
        assert!(finding.beside.iter().any(|other| other == title), "{case}: {:?}", finding.beside);
    }
}

/// Conditions that a reader does not ask for are found one by one, however many there are.
#[test]
fn several_conditions_that_are_not_asked_for_are_each_named() {
    let made = [
        "quickpay.callback/amount-not-compared",
        "quickpay.callback/currency-not-compared",
        "quickpay.callback/order-not-compared",
        "quickpay.callback/checksum-not-verified",
    ];
    let shop = Shop::making(|_| {
        vec![
            "quickpay.callback/amount-not-compared",
            "quickpay.callback/currency-not-compared",
            "quickpay.callback/order-not-compared",
            "quickpay.callback/checksum-not-verified",
        ]
    });
    let summary = summary(&shop, "quickpay/callback", 1);
    let findings = findings(&summary);
    for id in made {
        assert!(
            findings.iter().any(|(_, finding)| finding.mistakes.contains(&id)),
            "{id} is not named: {:#?}",
            findings.iter().map(|(case, finding)| (case, &finding.headline)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn how_many_cases_are_tried_at_once_changes_nothing() {
    let told = |jobs| {
        let shop = Shop::spoiling(|value| value.replace('+', " ").replace("  ", " "));
        let summary = summary(&shop, "brp/", jobs);
        let told = findings(&summary)
            .into_iter()
            .map(|(case, finding)| (case.to_owned(), finding.headline.clone(), finding.confidence.clone()));
        told.collect::<Vec<_>>()
    };
    let (one, four) = (told(1), told(4));
    assert!(one.len() > 4);
    assert_eq!(one, four);
}

#[test]
fn what_nothing_explains_costs_a_bounded_number_of_questions() {
    // Who can say what this does?
    let chance = |value: &str| {
        let sum: u32 = value.bytes().map(u32::from).sum();
        if sum % 7 < 2 { format!("{value}!") } else { value.to_owned() }
    };
    let shop = Shop::spoiling(chance);
    let summary = summary(&shop, "brp/hash", 1);
    let findings = findings(&summary);
    assert!(findings.len() > 6, "{}", findings.len());
    assert!(findings.iter().all(|(_, finding)| finding.mistakes.is_empty() && finding.near.is_none()));
    let tried: usize = summary.results.iter().map(|result| result.tried).sum();
    let more = shop.asked.load(Ordering::Relaxed) - tried;
    // Making a message smaller asks too, and so does asking twice.
    assert!(more < findings.len() * 700 + 3 * 200, "{more} more than {tried}");
}

/// The cases of an operation that one who makes these mistakes fails.
fn failed(mistakes: &[&str]) -> Vec<String> {
    let operation = mistakes[0].split('/').next().unwrap_or_default();
    let mut cases = properties().expect("sound features");
    cases.retain(|case| case.operation.id() == operation);
    cases.retain(|case| would_catch(case, &messages(case, 1, 24), mistakes));
    cases.into_iter().map(|case| case.id.clone()).collect()
}

#[test]
fn a_case_judges_what_it_is_about() {
    let amount = failed(&["fena.token/amount-in-pence"]);
    assert!(amount.contains(&"fena/token/amount-has-two-decimals".to_owned()), "{amount:?}");
    assert!(!amount.contains(&"fena/token/algorithm-is-hs512".to_owned()), "{amount:?}");
    let scheme = failed(&["fenerum.card/bearer-scheme"]);
    assert!(scheme.contains(&"fenerum/card/token-credential".to_owned()), "{scheme:?}");
    assert!(!scheme.contains(&"fenerum/card/gateway".to_owned()), "{scheme:?}");
}

#[test]
fn another_mistake_hides_none() {
    let both = failed(&["quickpay.subscription/base-ignored", "quickpay.subscription/order-id-too-long"]);
    assert!(both.contains(&"quickpay/subscription/base-is-configured".to_owned()), "{both:?}");
    assert!(both.contains(&"quickpay/subscription/order-id-length".to_owned()), "{both:?}");
    let both = failed(&["fenerum.card/base-ignored", "fenerum.card/version-left-out"]);
    assert!(both.contains(&"fenerum/card/base-is-configured".to_owned()), "{both:?}");
}
