//! Messages of what has to be shown, as they are before anybody sent them. Pure: the same things give the same message.

use contract::relay::{Destination, Mentions, Settings};
use jiff::Timestamp;

use super::face;
use super::notice::Notice;
use super::post::{MOST_TEXT, Post, Slot, join};
use super::route;
use super::wanted::Wanted;

/// A message of several incidents, or of several reminders, which share its room; `now` is when reminders are told.
pub fn message(place: &Destination, group: &[Wanted], settings: &Settings, now: Timestamp) -> Post {
    let room = MOST_TEXT / group.len().max(1);
    let slots = group.iter().filter_map(|one| slot(one, settings, now, false, room));
    let mut post = Post::planned(place.clone(), slots.collect());
    post.mentions = mentions(group, settings);
    post
}

/// The embed of an incident or a reminder, of at most `room` characters. `chart` is whether the message has one.
pub fn slot(
    wanted: &Wanted,
    settings: &Settings,
    now: Timestamp,
    chart: bool,
    room: usize,
) -> Option<Slot> {
    let (incident, word) = (&wanted.incident, wanted.word());
    let (whole, brief) = match wanted.reminder {
        Some(_) => {
            let embed = if wanted.is_rise() {
                face::rise(incident, settings, &word)?
            } else {
                face::reminder(incident, settings, now, &word)?
            };
            (embed.clone(), embed)
        }
        None => (face::incident(incident, settings, chart)?, face::brief(incident, settings)?),
    };
    Some(Slot::fitting(&wanted.key, &word, wanted.revision(), [&whole, &brief], room))
}

/// Who is called: nobody to what is over already, nor to a reminder, unless it tells that what was only silent fails.
pub fn mentions(group: &[Wanted], settings: &Settings) -> Mentions {
    let mut all = Mentions::default();
    let is_news = |one: &&Wanted| one.reminder.is_none() || one.is_rise();
    let open = group.iter().filter(|one| is_news(one) && one.incident.is_open());
    for mentions in open.filter_map(|one| route::mentions(settings, &one.incident)) {
        join(&mut all, mentions);
    }
    all
}

/// The message of a notice that is of no incident, with a word to find it by.
pub fn notice(place: &Destination, notice: &Notice, word: &str, settings: &Settings) -> Post {
    let embed = face::notice(notice, settings, word);
    let slot = Slot::fitting("", word, 0, [&embed, &embed], MOST_TEXT);
    Post::planned(place.clone(), vec![slot])
}
