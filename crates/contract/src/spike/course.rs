//! The days of one part of an anomaly, and whether it has ended.

use super::account::{Calendar, Track};
use super::anomaly::{Cause, DayFigure, Outcome, Part};
use super::judge::{Question, Standing, TO_LAST};
use super::rules::Rules;
use crate::cost::{ServiceName, day};

/// Days without any figure after which no more are awaited.
const SILENT_DAYS: i32 = 14;

/// Where a part begins and why.
#[derive(Clone, Debug)]
pub(super) struct Beginning<'a> {
    pub(super) service: Option<&'a ServiceName>,
    pub(super) cause: Cause,
    pub(super) since: i32,
}

/// What became of a part, from its first day to the last one that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    pub(super) days: Vec<DayFigure>,
    /// Days of which the cost is known.
    known: usize,
    /// Usual days after the last one that stands out, and those of them that are no longer revised.
    usual_at_end: u32,
    settled_at_end: u32,
    /// Whether every day that stood out is now planned.
    is_planned: bool,
}

/// Whether the last of the days that stand out is of the last week that is no longer revised.
pub(super) fn still_stands_out(days: &[DayFigure], calendar: Calendar) -> bool {
    days.last().is_some_and(|last| day::number(last.day) > calendar.settled - day::WEEK)
}

impl<'a> Beginning<'a> {
    pub(super) fn of(part: &'a Part) -> Self {
        let since = day::number(part.since);
        Self { service: part.service.as_ref(), cause: part.cause.clone(), since }
    }

    /// The days from the beginning on. What `elsewhere` says of a day is expected beside the rest.
    pub(super) fn follow(
        &self,
        track: &Track,
        calendar: Calendar,
        elsewhere: impl Fn(i32) -> f64,
        rules: &Rules,
    ) -> Course {
        let mut course = Course::default();
        let (until, share) = (calendar.usual_until(self.since), TO_LAST);
        for number in self.since..calendar.today {
            let offset = elsewhere(number);
            let question = Question { track, number, until, offset, share, rules };
            match question.judge_again(&self.cause) {
                Standing::Unknown => {}
                Standing::Usual | Standing::UsualPeak(_) => {
                    course.known += 1;
                    course.usual_at_end += 1;
                    course.settled_at_end += u32::from(number <= calendar.settled);
                }
                Standing::Above(_, figure) => {
                    course.known += 1;
                    (course.usual_at_end, course.settled_at_end) = (0, 0);
                    course.days.push(figure);
                }
            }
        }
        course.is_planned = course.days.is_empty() && track.is_planned(self.since);
        course
    }

    /// How the part ended; none while it lasts.
    pub(super) fn outcome(
        &self,
        course: &Course,
        track: &Track,
        calendar: Calendar,
        rules: &Rules,
    ) -> Option<Outcome> {
        if course.is_planned {
            return Some(Outcome::Planned);
        }
        let is_silent = calendar.today - self.since > SILENT_DAYS
            && (calendar.today - SILENT_DAYS..calendar.today)
                .all(|number| track.value(number).is_none() && !track.is_planned(number));
        if is_silent {
            return Some(Outcome::Silent);
        }
        if course.settled_at_end >= rules.over_after_days {
            let is_real = !course.days.is_empty();
            return Some(if is_real { Outcome::Over } else { Outcome::Revised });
        }
        let age = calendar.today - self.since;
        let limit = rules.new_normal_after_days.cast_signed();
        // It may be about to end, or its last days may be incomplete: that is known later.
        let lasts =
            course.usual_at_end < rules.over_after_days && course.days.len() * 2 >= course.known;
        let is_long = age >= 2 * limit || (age >= limit && lasts);
        (is_long && still_stands_out(&course.days, calendar)).then_some(Outcome::NewNormal)
    }

    pub(super) fn part(&self, course: Course) -> Part {
        Part {
            service: self.service.cloned(),
            cause: self.cause.clone(),
            since: day::date(self.since),
            days: course.days,
            is_new_normal: false,
        }
    }
}
