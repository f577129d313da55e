//! The ways in which the shop can be wrong: each is a shop that somebody has really built.

mod answers;
mod belief;
mod books;
mod orders;
mod renewals;
mod sending;

use super::mistake::ShopMistake;

/// Where the provider calls the shop.
const CALLED: &[&str] = &["bambora", "fena", "fenerum", "quickpay"];
const ALL: &[&str] = &[];
/// Where something is sold, and not signed up for alone.
const SOLD: &[&str] = &["bambora", "brp", "fena", "freepay", "quickpay"];

/// They, by subject.
const SUBJECTS: &[&[ShopMistake]] =
    &[answers::LIST, belief::LIST, books::LIST, orders::LIST, renewals::LIST, sending::LIST];
const COUNT: usize = {
    let (mut count, mut subject) = (0, 0);
    while subject < SUBJECTS.len() {
        count += SUBJECTS[subject].len();
        subject += 1;
    }
    count
};
static SORTED: [ShopMistake; COUNT] = sorted();

/// Every one of them, by their ids.
pub static MISTAKES: &[ShopMistake] = &SORTED;

/// All of all subjects, each put where its id belongs.
const fn sorted() -> [ShopMistake; COUNT] {
    let mut all = [SUBJECTS[0][0]; COUNT];
    let (mut filled, mut subject) = (0, 0);
    while subject < SUBJECTS.len() {
        let mut next = 0;
        while next < SUBJECTS[subject].len() {
            let mistake = SUBJECTS[subject][next];
            let mut place = filled;
            while place > 0 && comes_before(mistake.id, all[place - 1].id) {
                all[place] = all[place - 1];
                place -= 1;
            }
            all[place] = mistake;
            (filled, next) = (filled + 1, next + 1);
        }
        subject += 1;
    }
    all
}

/// Whether an id stands before another: texts cannot be compared yet before the program runs.
const fn comes_before(id: &str, other: &str) -> bool {
    let (id, other) = (id.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < id.len() && at < other.len() {
        if id[at] != other[at] {
            return id[at] < other[at];
        }
        at += 1;
    }
    id.len() < other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_names_what_exists() {
        for (place, mistake) in MISTAKES.iter().enumerate() {
            assert!(
                MISTAKES[place + 1..].iter().all(|other| other.id > mistake.id),
                "{} in order",
                mistake.id
            );
            assert_eq!(mistake.operations().len(), mistake.makes.len(), "{}", mistake.id);
            for (of, _) in mistake.operations() {
                let provider = of.split('.').next().unwrap_or_default();
                assert!(mistake.shows_at(provider), "{of} of {}", mistake.id);
            }
            assert!(mistake.does.starts_with("you "), "{}", mistake.does);
            assert!(mistake.why.ends_with('.') && mistake.remedy.ends_with('.'), "{}", mistake.id);
        }
    }
}
