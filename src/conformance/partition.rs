//! One of several parts of the cases, for pipelines that share them among machines.

use std::fmt;
use std::str::FromStr;

use provkassa_simulators::kit::seed::Seed;

use super::case::Case;

/// A part of the cases: every part together is all of them, and no case is in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    by: By,
    /// From 1.
    part: u64,
    parts: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The id alone decides: a case keeps its part when others come and go.
    Hash,
    /// The cases are dealt out one by one: the parts are equally long.
    Slice,
}

impl Partition {
    /// The cases of this part, in their order.
    #[must_use]
    pub fn of(self, cases: Vec<Case>) -> Vec<Case> {
        let dealt = (0..self.parts).cycle().zip(cases);
        let mine = dealt.filter(|(turn, case)| self.part - 1 == self.place(*turn, &case.id));
        mine.map(|(_, case)| case).collect()
    }

    /// In which part a case is, from 0.
    fn place(self, turn: u64, id: &str) -> u64 {
        match self.by {
            By::Hash => Seed::of_workspace(0, "").number("partition", id, 0, self.parts),
            By::Slice => turn,
        }
    }
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HELP: &str = "give hash:1/3 or slice:1/3 for the first of three parts";
        let (by, parts) = text.split_once(':').ok_or_else(|| HELP.to_owned())?;
        let by = match by {
            "hash" => By::Hash,
            "slice" => By::Slice,
            other => return Err(format!("there is no partition by `{other}`; {HELP}")),
        };
        let number = |text: &str| text.parse::<u64>().ok();
        let (part, parts) = parts
            .split_once('/')
            .and_then(|(part, parts)| Some((number(part)?, number(parts)?)))
            .ok_or_else(|| HELP.to_owned())?;
        match part {
            0 => Err(format!("parts are counted from 1; {HELP}")),
            _ if part > parts => Err(format!("there is no part {part} of {parts}; {HELP}")),
            _ => Ok(Self { by, part, parts }),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.by {
            By::Hash => "hash",
            By::Slice => "slice",
        };
        write!(formatter, "{by}:{}/{}", self.part, self.parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::cases;

    fn ids(partition: &str, cases: Vec<Case>) -> Vec<String> {
        let partition: Partition = partition.parse().expect("a partition");
        partition.of(cases).into_iter().map(|case| case.id.clone()).collect()
    }

    #[test]
    fn all_parts_together_are_all_cases_and_no_case_is_in_two() {
        let all = cases().expect("the cases");
        for by in ["hash", "slice"] {
            for parts in [1, 2, 3, 7] {
                let of = |part| ids(&format!("{by}:{part}/{parts}"), all.clone());
                let mut together: Vec<String> = (1..=parts).flat_map(of).collect();
                assert!((1..=parts).all(|part| of(part).len() * parts * 2 > all.len()), "{by} {parts}: even");
                together.sort();
                let mut expected: Vec<_> = all.iter().map(|case| case.id.clone()).collect();
                expected.sort();
                assert_eq!(together, expected, "{by} {parts}");
            }
        }
    }

    #[test]
    fn a_hash_keeps_a_case_in_its_part_when_others_go_and_a_slice_deals_them_out() {
        let all = cases().expect("the cases");
        let fewer: Vec<Case> = all.iter().step_by(2).cloned().collect();
        let before = ids("hash:2/3", all.clone());
        let after = ids("hash:2/3", fewer.clone());
        assert!(after.iter().all(|id| before.contains(id)));
        let id_of = |place: usize| all[place].id.clone();
        assert_eq!(ids("slice:2/3", all[..8].to_vec()), [id_of(1), id_of(4), id_of(7)]);
        // The same in every build and on every machine.
        assert!(ids("hash:1/2", all.clone()).contains(&"brp/hash/secret-goes-last".to_owned()));
        assert!(ids("hash:1/2", all).contains(&"brp/hash/text-is-utf-8".to_owned()));
    }

    #[test]
    fn what_is_no_part_is_refused_with_what_to_write() {
        for (text, says) in [
            ("hash:0/3", "from 1"),
            ("hash:4/3", "no part 4 of 3"),
            ("hash:1/0", "no part 1 of 0"),
            ("slices:1/3", "no partition by `slices`"),
            ("1/3", "hash:1/3"),
            ("hash:1", "hash:1/3"),
            ("hash:a/b", "hash:1/3"),
            ("hash:-1/3", "hash:1/3"),
        ] {
            let error = text.parse::<Partition>().expect_err(text);
            assert!(error.contains(says) && error.contains("slice:1/3"), "{text}: {error}");
        }
        assert_eq!("slice:2/5".parse::<Partition>().expect("one").to_string(), "slice:2/5");
    }
}
