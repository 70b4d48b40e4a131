//! What Cost Anomaly Detection has found, and what it is told of it.

use std::collections::BTreeSet;

use aws_sdk_costexplorer::types::{Anomaly, AnomalyDateInterval, AnomalyFeedbackType};
use contract::account::AccountId;
use jiff::civil::Date;

use super::{Explorer, date};
use crate::error::{Error, Kind};

const FIND: &str = "GetAnomalies";
const TELL: &str = "ProvideAnomalyFeedback";

/// An anomaly that AWS has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAnomaly {
    /// AWS's id of it.
    pub id: String,
    /// Its first day.
    pub first_day: Date,
    /// Its last day; none while it goes on.
    pub last_day: Option<Date>,
    /// The accounts that AWS names as its causes.
    pub accounts: BTreeSet<AccountId>,
    /// Whether somebody said what it was.
    pub has_feedback: bool,
}

impl Explorer {
    /// The anomalies that were found from the first to the last day, of all monitors of the account.
    pub async fn anomalies(&self, first: Date, last: Date) -> Result<Vec<FoundAnomaly>, Error> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            self.calls().take(FIND)?;
            let interval = AnomalyDateInterval::builder().start_date(first.to_string());
            let interval = interval.end_date(last.to_string()).build();
            let interval = interval
                .map_err(|problem| Error::local(Kind::Refused, FIND, problem.to_string()))?;
            let call = self.client.get_anomalies().date_interval(interval);
            let page = call.set_next_page_token(token).send().await;
            let page = page.map_err(|error| Error::of(FIND, &error))?;
            found.extend(page.anomalies.iter().filter_map(read));
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Says of an anomaly that it was planned. To say so again changes nothing.
    pub async fn was_planned(&self, id: &str) -> Result<(), Error> {
        self.calls().take(TELL)?;
        let call = self.client.provide_anomaly_feedback().anomaly_id(id);
        let told = call.feedback(AnomalyFeedbackType::PlannedActivity).send().await;
        told.map(drop).map_err(|error| Error::of(TELL, &error))
    }
}

/// An anomaly without a day says nothing of when it was.
fn read(anomaly: &Anomaly) -> Option<FoundAnomaly> {
    let causes = anomaly.root_causes().iter();
    let accounts = causes.filter_map(|cause| cause.linked_account()?.parse().ok());
    Some(FoundAnomaly {
        id: anomaly.anomaly_id.clone(),
        first_day: date(anomaly.anomaly_start_date()?)?,
        last_day: anomaly.anomaly_end_date().and_then(date),
        accounts: accounts.collect(),
        has_feedback: anomaly.feedback.is_some(),
    })
}
