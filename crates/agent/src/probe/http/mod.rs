//! A check by HTTP: the request, its redirects, and the answer that is judged.

mod exchange;
mod judge;
mod request;

use contract::check::HttpCheck;

use super::Surroundings;
use super::attempt::{Attempt, Problem};
use super::told::Hidden;
use exchange::exchange;
pub(super) use judge::judge_days_left;
use judge::{Seen, judge};
pub(super) use request::SecretValue;
use request::Target;

/// Makes the request, follows its redirects, and judges the answer.
pub(super) async fn check(
    surroundings: &Surroundings,
    check: &HttpCheck,
    secrets: &[SecretValue],
    attempt: &mut Attempt,
) -> Result<(), Problem> {
    let hidden = Hidden::new(secrets.iter().map(|secret| secret.value.clone()));
    let mut target = Target::of(check, secrets)?;
    let mut left = check.redirects;
    let answer = loop {
        let answer = exchange(surroundings, &target, check.redirects > 0, attempt)
            .await
            .map_err(|problem| hide(problem, &hidden))?;
        let Some(next) = answer.leads_to.as_deref() else { break answer };
        if left == 0 {
            let told = match check.redirects {
                1 => "more than one redirect".to_owned(),
                most => format!("more than {most} redirects"),
            };
            return Err(Problem::Failed(told));
        }
        left -= 1;
        target = target
            .redirected(answer.status, next)
            .map_err(|problem| Problem::Failed(hidden.out_of(&problem)))?;
    };
    attempt.rest();
    let seen = Seen {
        answer: &answer,
        milliseconds: attempt.phases.total,
        tls_days_left: attempt.tls_days_left,
        hidden: &hidden,
    };
    judge(&check.assertions, &seen).map_err(Problem::Failed)
}

fn hide(problem: Problem, hidden: &Hidden) -> Problem {
    match problem {
        Problem::Failed(told) => Problem::Failed(hidden.out_of(&told)),
        Problem::Unable(told) => Problem::Unable(hidden.out_of(&told)),
    }
}
