//! The morning as one message of Discord, with its files.
//!
//! All limits are kept by construction: each part has a limit of its own, and the tables of accounts
//! have as many rows as what is left gives room for. What has no row of its own is in a row that
//! sums it up, and in the CSV.

mod accounts;
mod digest;
mod events;
mod fold;
mod lines;
mod spikes;
mod state;

use contract::report::Settings;
use discord::message::markdown::escape;
use discord::message::{Embed, File, Mentions, Message};
use serde_json::Value;

use crate::money::Money;
use crate::summary::{Comparison, Figures, Summary};
use crate::words::Words;
use crate::{csv, picture, text, words};

/// A message with all that goes with it.
#[derive(Clone, Debug)]
pub struct Post {
    /// What stands above the embeds, and who is notified: those of the settings when a spike is new, and nobody
    /// otherwise.
    pub message: Message,
    /// The embeds: at most five, of at most 6,000 characters in all.
    pub embeds: Vec<Embed>,
    /// The pictures that the embeds show, and the CSV.
    pub files: Vec<File>,
}

/// Characters of all embeds of a message (Discord's developer documentation, "Message Resource",
/// Embed Limits).
const EMBEDS: usize = 6_000;

impl Post {
    /// The message as it is sent, without its files.
    pub fn payload(&self) -> Value {
        let mut payload =
            serde_json::to_value(&self.message).expect("texts and numbers are always JSON");
        let embeds = serde_json::to_value(&self.embeds).expect("texts and numbers are always JSON");
        payload["embeds"] = embeds;
        payload
    }
}

/// Everything that the parts of a message are made of.
struct Page<'a> {
    summary: &'a Summary,
    settings: &'a Settings,
    words: &'static Words,
    money: Money,
}

/// The message of a morning. A picture that can't be drawn, as on a first morning without figures, is
/// left out.
pub fn of(summary: &Summary, settings: &Settings) -> Post {
    let words = words::of(settings.language);
    let page = Page { summary, settings, words, money: Money::of(settings) };
    let mut files = Vec::new();
    let mut others = Vec::new();
    for event in events::final_ones(summary) {
        let file = picture::event(event, summary, &page.money, words);
        others.push(events::final_embed(&page, event, file.as_ref()));
        files.extend(file);
    }
    others.extend(events::embed(&page));
    if let Some(digest) = &summary.digest {
        let file = picture::pace(digest, &page.money, words);
        others.push(digest::embed(&page, digest, file.as_ref()));
        files.extend(file);
    }
    let spikes = spikes::embed(&page);
    let taken = spikes.iter().chain(&others).map(Embed::size).sum::<usize>();
    let days = picture::days(summary, &page.money, words, &page.headline());
    let main = accounts::embed(&page, EMBEDS.saturating_sub(taken), days.as_ref());
    let table = File::csv(
        &format!("costs-{}.csv", summary.day),
        &(words.table_file)(&(words.weekday)(summary.day)),
        csv::of(summary),
    );
    files.splice(0..0, days);
    files.push(table);
    let embeds = spikes.into_iter().chain([main]).chain(others).collect();
    Post { message: page.message(), embeds, files }
}

impl Page<'_> {
    fn message(&self) -> Message {
        let new = self.summary.spikes.rung();
        let spikes = (new > 0).then(|| format!("🔺 {}", (self.words.new_spikes)(new)));
        let headline = format!("{}{}", if new > 0 { "" } else { "💰 " }, self.headline());
        let text = spikes.into_iter().chain([headline]).collect::<Vec<_>>().join(" · ");
        let message = Message::text(&text);
        if new == 0 {
            return message;
        }
        let given = &self.settings.mentions;
        let (roles, users) = (given.roles.iter(), given.users.iter());
        let (roles, users) = (roles.map(String::as_str), users.map(String::as_str));
        let mentions = Mentions::new(roles, users, given.everyone);
        message.with_mentions(&mentions)
    }

    /// The day, what it cost, and what the month costs: what a phone shows of a notification. No
    /// markdown is in it, which a notification would show as it is written.
    fn headline(&self) -> String {
        let (summary, words, total) = (self.summary, self.words, &self.summary.total);
        let day = (words.weekday)(summary.day);
        let Some(usd) = total.day_usd else { return (words.headline_unknown)(&day) };
        let change = total.against_day_before.and_then(Comparison::change_percent);
        let change = change.map(|change| (words.on_day_before)(&text::percent(change)));
        let change = change.map(|change| (words.in_parentheses)(&change)).unwrap_or_default();
        let cost = format!("{}{change}", (words.headline)(&day, &self.money.amount(usd)));
        let month = (words.month)(&self.money.amount(total.month_usd));
        [Some(cost), Some(month), self.forecast(total)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }

    fn forecast(&self, figures: &Figures) -> Option<String> {
        Some((self.words.forecast)(&self.money.amount(figures.forecast_usd?)))
    }

    /// A purpose's name, or that there is none.
    fn purpose<'a>(&self, name: Option<&'a str>) -> &'a str {
        name.unwrap_or(self.words.no_purpose)
    }

    /// An account with its purpose, in markdown.
    fn account(&self, name: &str, purpose: Option<&str>) -> String {
        let purpose = purpose.map(|it| (self.words.in_parentheses)(&shown(it, NAME)));
        format!("**{}**{}", shown(name, NAME), purpose.unwrap_or_default())
    }

    fn day(&self, day: jiff::civil::Date) -> String {
        (self.words.day)(day)
    }

    fn span(&self, first: jiff::civil::Date, last: jiff::civil::Date) -> String {
        let (first, last) = (self.day(first), self.day(last));
        if first == last { first } else { (self.words.span)(&first, &last) }
    }
}

/// Cells that a name takes at most in a line of text.
const NAME: usize = 40;

/// A foreign name in markdown.
fn shown(name: &str, most: usize) -> String {
    escape(&text::fit(&text::plain(name), most))
}

/// A change in percent for a column: `new` where there was nothing before.
fn percent(comparison: Option<Comparison>, words: &Words) -> String {
    match comparison {
        None => "-".to_owned(),
        Some(comparison) => match comparison.change_percent() {
            Some(percent) => text::percent(percent),
            None if comparison.to_usd > 0.0 => words.new.to_owned(),
            None => text::percent(0.0),
        },
    }
}

/// Colours of embeds' edges.
mod color {
    pub(super) const CALM: u32 = 0x58_65f2;
    pub(super) const WARNING: u32 = 0xf5_7731;
    pub(super) const SPIKE: u32 = 0xed_4245;
    pub(super) const OVER: u32 = 0x57_f287;
    pub(super) const EVENT: u32 = 0xa6_6cff;
    pub(super) const PACE: u32 = 0xf1_c40f;
}
