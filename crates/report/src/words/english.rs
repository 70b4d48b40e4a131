//! English.

use contract::spike::Outcome;

use super::Words;

pub(super) const WORDS: Words = Words {
    chart: &chart::ENGLISH,
    day: |day| day.strftime("%b %-d").to_string(),
    weekday: |day| day.strftime("%a, %b %-d").to_string(),
    span: |first, last| format!("{first} – {last}"),
    list: ", ",
    title: |day| format!("AWS cost on {day}"),
    headline: |day, amount| format!("AWS cost on {day}: {amount}"),
    headline_unknown: |day| format!("AWS cost on {day}: no figures"),
    on_day_before: |change| format!("{change} on the day before"),
    on_median: |change| format!("{change} on the 7-day median"),
    month: |amount| format!("month to date {amount}"),
    forecast: |amount| format!("forecast {amount}"),
    budget: |percent, amount| format!("{percent} of the budget of {amount}"),
    new_spikes: |count| match count {
        1 => "1 new spike".to_owned(),
        count => format!("{count} new spikes"),
    },
    in_parentheses: |text| format!(" ({text})"),
    column_day: "Day",
    column_before: "1 d",
    column_median: "7 d",
    column_month: "So far",
    column_forecast: "By end",
    column_budget: "Used",
    column_a_week: "Week",
    column_a_month: "Month",
    column_actual: "Actual",
    column_usual: "Usual",
    column_added: "Added",
    table_day: |day, code| format!("{day} in {code}, against the day before and the 7-day median"),
    table_month: |code| format!("The month in {code}: so far, by its end, and the budget used"),
    total: "Total",
    no_purpose: "no purpose",
    other_purposes: |count| format!("{count} other purposes"),
    more: |count| format!("+ {count} more"),
    of_accounts: |name, count| format!("{name} ({count})"),
    closed_accounts: |count| format!("{count} closed"),
    new: "new",
    services: "Top services, against the day before",
    spikes: "Unusual cost",
    quiet: |count| match count {
        1 => "1 earlier spike goes on or awaits final figures: nothing new to tell.".to_owned(),
        count => {
            format!("{count} earlier spikes go on or await final figures: nothing new to tell.")
        }
    },
    all_services: "all services",
    peak: |more, day, actual, expected| {
        format!("**{more}** on {day} ({actual} instead of {expected})")
    },
    new_service: |amount, day| format!("new service, **{amount}** on {day}"),
    new_account: |amount, day| format!("new account, **{amount}** on {day}"),
    drift: |now, before, percent| {
        format!(
            "grows slowly: a typical day costs **{now}**, {before} at first; {percent} in 30 days"
        )
    },
    grown: |to, from| format!("still growing: **{to}** by now, {from} when last told"),
    since: |day| format!("since {day}"),
    in_all: |more| format!("{more} in all"),
    ended: |outcome, more| match outcome {
        Outcome::Over => format!("over, {more} in all"),
        Outcome::NewNormal => format!("lasts, and now counts as usual; {more} until then"),
        Outcome::Planned => "its days were planned".to_owned(),
        Outcome::Revised => "AWS has revised the figures: there was none".to_owned(),
        Outcome::Silent => format!("no figures any more; {more} until then"),
    },
    events: "Events",
    running: |number, of| format!("day {number} of {of}"),
    settling: |day| format!("over; final figures on {day}"),
    instead_of: |actual, usual| format!("{actual} instead of {usual}"),
    added: |more| format!("**{more}**"),
    so_far: |more| format!("**{more}** so far"),
    without_baseline: |amount| format!("{amount} more have nothing to be compared with"),
    unknown_days: |count| match count {
        1 => "1 service's day is unknown".to_owned(),
        count => format!("{count} services' days are unknown"),
    },
    tagged: |amount| format!("{amount} carry the event's tags"),
    event_cost: |name, more| format!("{name}: {more}"),
    event_days: |days| match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    },
    by_account: "Added by account",
    by_service: "Added by service",
    by_day: "By day: actual, usual for the weekday, added",
    weekly_digest: "Pace of the week",
    monthly_digest: "Pace of the month",
    whole_week: |span| format!("Week of {span}"),
    whole_month: |month| month.to_owned(),
    month_name: |day| day.strftime("%B %Y").to_string(),
    data: "Data",
    empty: "There are no figures yet. Cost Explorer has them a day after its first use.",
    late: |day| format!("Yesterday isn't known yet: this is {day}."),
    partial: "Probably incomplete: far below the 7-day median.",
    no_source: |name, reason| format!("The costs of {name} can't be read: {reason}"),
    no_purposes: |reason| format!("Purposes can't be looked up: {reason}"),
    filling: |day| format!("The history is still being filled: it is whole since {day}."),
    calls_used_up: |most| format!("Not everything was looked up: {most} calls are allowed."),
    missing: |account, days| format!("No figures of {account}: {days}."),
    closed: |account, day| {
        format!("No figures of {account} since {day}: taken for closed, and no longer listed.")
    },
    credits: |month, day| {
        format!("Credits and refunds, not subtracted above: {month} this month, {day} on the day.")
    },
    over_budget: |account, forecast, limit| {
        format!("{account} is forecast to exceed its budget: {forecast} of {limit}.")
    },
    past_budget: |account, used, limit| {
        format!("{account} has exceeded its budget: {used} of {limit}.")
    },
    unsettled: |days| match days {
        1 => "the last day may still change".to_owned(),
        days => format!("the last {days} days may still change"),
    },
    made: |calls, usd| match calls {
        1 => format!("made with 1 call of Cost Explorer, {usd} USD"),
        calls => format!("made with {calls} calls of Cost Explorer, {usd} USD"),
    },
    rate: |rate, day| format!("{rate} on {day}"),
    chart_days: |headline| format!("Chart of the last 30 days by purpose. {headline}"),
    chart_days_title: "Cost of the last 30 days by purpose",
    chart_event: |name, more| format!("Chart of what {name} cost: {more}."),
    chart_pace: "Cost by month and purpose",
    table_file: |day| format!("All figures of {day}, in US dollars."),
};
