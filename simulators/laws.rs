//! The laws of every provider's operations: vectors, generators, mistakes, diagnosis.

use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use serde_json::Value;

use crate::PROVIDERS;
use crate::kit::diagnosis::{Example, diagnose};
use crate::kit::operation::{Judgement, Message, Operation, Reply, generate_in, judge, simpler};
use crate::kit::wire::{from_json, to_json};

fn operations() -> impl Iterator<Item = &'static dyn Operation> {
    PROVIDERS.iter().flat_map(|provider| provider.operations()).copied()
}

/// Every vector with its operation.
pub(crate) fn vectors() -> Vec<(&'static dyn Operation, Value)> {
    let mut vectors = Vec::new();
    for provider in PROVIDERS {
        let file: Value = serde_json::from_str(provider.vectors()).expect("JSON");
        for group in file["groups"].as_array().expect("groups") {
            let id = group["operation"].as_str().expect("an operation");
            let operation = crate::operation(id).expect("known");
            vectors.extend(
                group["vectors"]
                    .as_array()
                    .expect("vectors")
                    .iter()
                    .map(|vector| (operation, vector.clone())),
            );
        }
    }
    vectors
}

fn sample(operation: &dyn Operation, count: u64) -> Vec<Message> {
    (0..count).map(|seed| operation.generate(&mut SmallRng::seed_from_u64(seed))).collect()
}

#[test]
fn every_vector_has_the_verdict_that_it_names() {
    let vectors = vectors();
    assert!(vectors.len() > 80);
    for (operation, vector) in vectors {
        let id = &vector["id"];
        let message = from_json(operation, vector["message"].as_object().expect("object"))
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        let reply = Reply::Answer(vector["answer"].as_object().expect("object").clone());
        let judgement = judge(operation, &message, &reply);
        let expected = match vector["result"].as_str() {
            Some("valid") => matches!(judgement, Judgement::Right),
            Some("tolerated") => matches!(judgement, Judgement::Tolerated(_)),
            _ => matches!(judgement, Judgement::Wrong | Judgement::Tolerated(_)),
        };
        assert!(expected, "{id}: {judgement:?}");
        if let Some(canonical) = vector["canonical"].as_str() {
            let made: Vec<_> = operation
                .mistakes()
                .into_iter()
                .filter(|mistake| Some(mistake.id) == vector["mistake"].as_str())
                .collect();
            let ours = operation.canonical(&message, &made);
            if vector["result"] != "tolerated" {
                assert_eq!(ours.as_deref(), Some(canonical.as_bytes()), "{id}");
            }
        }
        if let Some(mistake) = vector["mistake"].as_str() {
            let got = operation.observe(&message, &reply);
            let example = [Example { message: &message, reply: &reply, got: &got }];
            let diagnosis =
                diagnose(operation, &example, &[]).unwrap_or_else(|| panic!("{id} is not explained"));
            assert!(diagnosis.names(mistake), "{id}: {diagnosis}");
        }
    }
}

#[test]
fn generated_messages_are_legal_and_survive_json() {
    for operation in operations() {
        for message in sample(operation, 3000) {
            if let Err(error) = operation.legal(&message) {
                panic!("{}: {error}: {message:?}", operation.id());
            }
            let again = from_json(operation, &to_json(operation, &message)).expect("legal");
            assert_eq!(again, message);
            let reply = operation.reply(&message, &[]).expect("a right answer");
            assert_eq!(judge(operation, &message, &reply), Judgement::Right);
        }
    }
}

/// Code that reads the real clock gets the same question at another time.
#[test]
fn a_message_at_another_time_is_answered_alike() {
    for operation in operations() {
        for message in sample(operation, 500) {
            let later = operation.at(message.clone(), 1_800_000_000);
            assert!(operation.legal(&later).is_ok(), "{later:?}");
            let observed = |message: &Message| {
                operation.reply(message, &[]).map(|reply| operation.observe(message, &reply))
            };
            assert_eq!(observed(&later), observed(&message), "{}: {message:?}", operation.id());
        }
    }
}

#[test]
fn simpler_messages_are_simpler_and_come_to_an_end() {
    for operation in operations() {
        for seed in 0..20 {
            let mut message = operation.generate(&mut SmallRng::seed_from_u64(seed));
            let mut steps = 0;
            while let Some(next) = simpler(operation, None, &message).into_iter().next() {
                assert_ne!(next, message, "{}", operation.id());
                message = next;
                steps += 1;
                assert!(steps < 300, "{} goes round in circles at {message:?}", operation.id());
            }
        }
    }
}

#[test]
fn every_focus_turns_up() {
    for operation in operations() {
        for focus in operation.focuses() {
            let mut rng = SmallRng::seed_from_u64(1);
            assert!(
                generate_in(operation, Some(focus), &mut rng).is_some(),
                "{}: {}",
                operation.id(),
                focus.name
            );
        }
    }
}

/// A case of a rare part of the messages costs what any other does: one of a few drawn messages is in it.
#[test]
fn no_focus_is_drawn_for_long() {
    let mut rare = Vec::new();
    for operation in operations() {
        for focus in operation.focuses() {
            let mut rng = SmallRng::seed_from_u64(1);
            let fitting =
                (0..600).filter(|_| (focus.holds)(&operation.generate_near(focus, &mut rng))).count();
            if fitting < 60 {
                rare.push(format!("{}, {}: {fitting} of 600", operation.id(), focus.name));
            }
        }
    }
    assert!(rare.is_empty(), "{}", rare.join("\n"));
}

/// Two mistakes that never differ would be one mistake with two names.
#[test]
fn any_two_mistakes_differ_on_some_message_and_each_from_the_right_answer() {
    for operation in operations() {
        let messages = sample(operation, 4000);
        let mistakes = operation.mistakes();
        let observations: Vec<Vec<String>> = std::iter::once(Vec::new())
            .chain(mistakes.iter().map(|mistake| vec![*mistake]))
            .map(|made| {
                let observed = messages.iter().map(|message| {
                    let reply = operation.reply(message, &made).expect("one mistake composes");
                    operation.observe(message, &reply)
                });
                observed.collect()
            })
            .collect();
        let name = |place: usize| place.checked_sub(1).map_or("right", |place| mistakes[place].id);
        for one in 0..observations.len() {
            for other in one + 1..observations.len() {
                assert!(observations[one] != observations[other], "{} = {}", name(one), name(other));
            }
        }
    }
}

/// With enough examples a mistake is named, alone.
#[test]
fn every_mistake_is_named_from_what_it_answers() {
    for operation in operations() {
        let messages = sample(operation, 2000);
        for mistake in operation.mistakes() {
            let observed: Vec<_> = messages
                .iter()
                .map(|message| {
                    let right = operation.reply(message, &[]).expect("right");
                    let reply = operation.reply(message, &[mistake]).expect("one");
                    let (got, right) =
                        (operation.observe(message, &reply), operation.observe(message, &right));
                    (message, reply, got, right)
                })
                .collect();
            let examples = |wanted: bool| -> Vec<Example<'_>> {
                let chosen = observed.iter().filter(move |(_, _, got, right)| (got != right) == wanted);
                chosen.map(|(message, reply, got, _)| Example { message, reply, got }).collect()
            };
            let (failing, passing) = (examples(true), examples(false));
            let diagnosis = diagnose(operation, &failing, &passing).expect(mistake.id);
            assert!(diagnosis.is_certain(), "{}: {diagnosis} {:?}", mistake.id, diagnosis.equals);
            assert!(diagnosis.names(mistake.id), "{}: {diagnosis}", mistake.id);
        }
    }
}
