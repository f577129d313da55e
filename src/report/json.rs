//! The run as JSON; its shape is `fixtures/protocol/report.schema.json`.

use serde_json::{Value, json};

use crate::VERSION;
use crate::adapter::Hello;
use crate::conformance::{CaseResult, Summary, Verdict};

/// The report.
#[must_use]
pub fn to_json(summary: &Summary, hello: Option<&Hello>) -> Value {
    json!({
        "schema": "provkassa/report/1",
        "version": VERSION,
        "seed": summary.seed,
        "seconds": summary.took.as_secs_f64(),
        "exit": summary.exit() as u8,
        "adapter": hello.map(|hello| json!({"name": hello.name, "language": hello.language, "ops": hello.ops})),
        "totals": totals(summary),
        "stale": summary.stale,
        "cases": summary.results.iter().map(case).collect::<Vec<_>>(),
    })
}

/// The report as it is written.
pub(super) fn to_text(summary: &Summary, hello: Option<&Hello>) -> String {
    serde_json::to_string_pretty(&to_json(summary, hello)).unwrap_or_default() + "\n"
}

fn totals(summary: &Summary) -> Value {
    json!({
        "pass": summary.count("pass"),
        "fail": summary.count("fail"),
        "known": summary.count("known"),
        "unsupported": summary.count("unsupported"),
        "not_run": summary.count("not run"),
        "broken": summary.count("broken"),
    })
}

fn case(result: &CaseResult) -> Value {
    let case = &result.case;
    let mut value = json!({
        "id": case.id,
        "level": case.level,
        "requirement": case.requirement,
        "provenance": case.provenance,
        "source": case.source,
        "operation": case.property().map(|property| property.operation.id()),
        "tags": case.tags(),
        "verdict": result.word(),
        "tried": result.tried,
        "unsupported": result.unsupported,
        "untried": result.untried,
        "seconds": result.took.as_secs_f64(),
    });
    let more = match &result.verdict {
        Verdict::Pass => None,
        Verdict::Fail(finding) => Some(("finding", json!(finding))),
        Verdict::NotRun(why) | Verdict::Unsupported(why) => Some(("why", json!(why))),
        Verdict::Broken(error) => {
            let stderr = error.output().unwrap_or_default();
            let mut fault = json!({"what": error.to_string(), "help": error.help(), "stderr": stderr});
            if let Some(asked) = error.asked() {
                fault["message"] = json!(asked.message);
                fault["replay"] = json!(asked.replay);
            }
            Some(("fault", fault))
        }
    };
    let known = result.known.as_ref().map(|known| ("known", json!(known)));
    if let Some(fields) = value.as_object_mut() {
        fields.extend(more.into_iter().chain(known).map(|(name, value)| (name.to_owned(), value)));
    }
    value
}
