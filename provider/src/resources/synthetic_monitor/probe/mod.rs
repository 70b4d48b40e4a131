//! The engine `probe`: one schedule at each location, and alarms at home.
//!
//! Alarms are made in silence, then the schedules that feed them, and only then the alarms ring. They
//! go in the other order: an alarm first, since one that is fed no more would ring. Every operation
//! looks at what exists before it acts, so that one which was killed at any call is finished by the
//! next.

mod minute;
mod schedules;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use contract::trailer::Trailer;
use framework::{Applied, Attr, Context, Private, Result, path};

use super::alarms::{self, Which};
use super::model::{AlarmObject, Engine, Monitor, Schedule};
use super::{THING, claim, enter, label};
use crate::aws::objects::schedule;
use crate::aws::{Failure, Session, names, reads};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::place;

pub(super) use minute::is_shared;
pub(super) use schedules::check_size;
pub(super) use schedules::plan_schedules;

/// Private data: when each schedule was changed last, as far as we know what it says, by ARN.
const SEEN: &str = "schedules_seen";

/// By a schedule's ARN, the time of its last change in milliseconds.
type Seen = BTreeMap<String, i64>;

/// Makes a monitor.
pub(super) async fn create(
    context: &mut Context<'_, Clients>,
    planned: Monitor,
) -> Result<Applied<Monitor>> {
    let session = enter(context, &planned).await?;
    let claimed = claim(context, &session, &planned)?;
    alarms::written(context.clients, &session, &planned);
    alarms::check_free(context.clients, &session, &planned)
        .await
        .inspect_err(|_| claimed.release(context))?;
    // Before anything exists that a destroy would take for the monitor's.
    Box::pin(refuse_others(context, &planned, &BTreeMap::new()))
        .await
        .inspect_err(|_| claimed.release(context))?;
    let mut made = bare(&planned);
    match Box::pin(make(context, &session, &planned, &mut made)).await {
        Ok(()) => Ok(Applied::Done(planned)),
        Err(problem) => {
            let left = remains(context, &session, &planned, made).await;
            if is_nothing(&left) {
                claimed.release(context);
                return Err(problem);
            }
            Ok(Applied::Partial(left, problem))
        }
    }
}

/// A plan of which nothing exists yet.
fn bare(planned: &Monitor) -> Monitor {
    let mut bare = planned.clone();
    bare.schedules = Attr::Known(BTreeMap::new());
    for which in Which::of(&[planned]) {
        let object = which.object(planned);
        which.set_object(&mut bare, AlarmObject { arn: Attr::Null, ..object });
    }
    bare
}

fn is_nothing(monitor: &Monitor) -> bool {
    let has_schedule = monitor.schedules.as_known().is_some_and(|schedules| !schedules.is_empty());
    let has_alarm = Which::of(&[monitor]).iter().any(|which| !which.object(monitor).arn.is_null());
    !has_schedule && !has_alarm
}

/// Makes everything; `made` is told of each schedule that exists.
async fn make(
    context: &mut Context<'_, Clients>,
    session: &Session,
    planned: &Monitor,
    made: &mut Monitor,
) -> Result<()> {
    alarms::make(context.clients, session, planned).await?;
    for (key, object) in known_schedules(planned) {
        unless_stopped(context)?;
        make_schedule(context, planned, &key, &object, made).await?;
    }
    alarms::ring(session, planned).await
}

/// Refuses to go on when one of the schedules that the state doesn't know has a name of ours and is
/// not ours. It comes before all writes, as what a failed apply leaves is removed by name.
async fn refuse_others(
    context: &Context<'_, Clients>,
    planned: &Monitor,
    known: &BTreeMap<String, Schedule>,
) -> Result<()> {
    for (key, object) in known_schedules(planned) {
        if known.get(&key).is_some_and(|known| known.arn == object.arn) {
            continue;
        }
        let place = enter_location(context, planned, &key).await?;
        let wanted = schedules::wanted(planned, &key)?;
        let is_own = |found: &schedule::Schedule| schedules::is_own(planned, found);
        let free = schedule::refuse_other(&place, &wanted.group, &wanted.name, is_own).await;
        free.doing(&scheduling(&key), THING, &label(planned))?;
    }
    Ok(())
}

/// Makes a schedule that the state doesn't know. `made` is told of it when it exists, or may: whether
/// AWS carried out a call whose answer is lost, the next read tells.
async fn make_schedule(
    context: &mut Context<'_, Clients>,
    planned: &Monitor,
    key: &str,
    object: &Schedule,
    made: &mut Monitor,
) -> Result<()> {
    let place = enter_location(context, planned, key).await?;
    let wanted = schedules::wanted(planned, key)?;
    let is_own = |found: &schedule::Schedule| schedules::is_own(planned, found);
    let ensured = schedule::ensure(&place, &context.cancel, &wanted, is_own).await;
    if let Err(failure) = &ensured {
        let may_exist = failure.may_have_taken_effect()
            || schedule::refuse_other(&place, &wanted.group, &wanted.name, is_own)
                .await
                .is_ok_and(|found| found.is_some());
        if may_exist {
            insert(made, key, object.clone());
        }
    }
    ensured.doing(&scheduling(key), THING, &label(planned))?;
    insert(made, key, object.clone());
    note(&place, context.private, &wanted, object).await
}

fn scheduling(key: &str) -> String {
    format!("schedule at `{key}` the")
}

fn unless_stopped(context: &Context<'_, Clients>) -> Result<()> {
    if context.cancel.is_cancelled() {
        let stopped = Failure::new(crate::aws::Kind::Cancelled, "Terraform asked to stop");
        return Err(stopped).attempting("go on");
    }
    Ok(())
}

fn known_schedules(monitor: &Monitor) -> BTreeMap<String, Schedule> {
    let schedules = monitor.schedules.as_known().into_iter().flatten();
    schedules
        .filter_map(|(key, schedule)| Some((key.clone(), schedule.as_known()?.clone())))
        .collect()
}

fn insert(monitor: &mut Monitor, key: &str, schedule: Schedule) {
    if let Some(schedules) = monitor.schedules.as_known_mut() {
        schedules.insert(key.to_owned(), Attr::Known(schedule));
    }
}

fn remove(monitor: &mut Monitor, key: &str) {
    if let Some(schedules) = monitor.schedules.as_known_mut() {
        schedules.remove(key);
    }
}

/// A session where a location is.
async fn enter_location(
    context: &Context<'_, Clients>,
    monitor: &Monitor,
    key: &str,
) -> Result<Session> {
    let location = schedules::location(monitor, key)?;
    let account = schedules::account(monitor, location);
    let target = place::target(&account, Some(&location.region))?;
    context.clients.session(&target, &context.cancel).await
}

/// Notes that we know what a schedule says since its last change, so that a read need not ask.
async fn note(
    place: &Session,
    private: &mut Private,
    wanted: &schedule::Schedule,
    object: &Schedule,
) -> Result<()> {
    let Some(arn) = object.arn.as_known() else { return Ok(()) };
    let found = reads::schedules::direct(place, &wanted.group, &wanted.name).await;
    // Without the note the next read asks once more: nothing is lost.
    let changed = found.ok().flatten().and_then(|found| found.last_modification_date);
    let mut seen: Seen = private.value(SEEN).unwrap_or_default();
    match changed.and_then(|time| time.to_millis().ok()) {
        Some(time) => seen.insert(arn.clone(), time),
        None => seen.remove(arn),
    };
    private.keep(SEEN, &seen)
}

/// What is left after a failure, as far as AWS can tell.
async fn remains(
    context: &Context<'_, Clients>,
    session: &Session,
    planned: &Monitor,
    made: Monitor,
) -> Monitor {
    if let Ok(found) = alarms::find(context.clients, session, &made).await {
        return alarms::as_found(&made, &found);
    }
    // Whether they exist can't be told: what may exist stays in the state, and the next read tells.
    let mut made = made;
    for which in Which::of(&[planned]) {
        let object = which.object(planned);
        which.set_object(&mut made, object);
    }
    made
}

/// The monitor as it is; `None` when nothing of it exists any more.
pub(super) async fn read(
    context: &mut Context<'_, Clients>,
    session: &Session,
    state: &Monitor,
) -> Result<Option<Monitor>> {
    let found = alarms::find(context.clients, session, state).await?;
    let mut now = alarms::as_found(state, &found);
    now.schedules = Attr::Known(BTreeMap::new());
    let mut enabled = None;
    for (key, object) in known_schedules(state) {
        let place = enter_location(context, state, &key).await?;
        let found = read_schedule(context, &place, state, &key, &object).await;
        let Some(found) = found.doing("read", THING, &label(state))? else { continue };
        enabled = Some(enabled.unwrap_or(true) && found.enabled);
        let object = Schedule { definition_hash: Attr::Known(found.hash), ..object };
        insert(&mut now, &key, object);
    }
    if let Some(enabled) = enabled {
        now.enabled = Attr::Known(enabled);
    }
    let empty = is_nothing(&now);
    // One that nothing was ever made of, without locations and alarm, can't be told from one that is
    // gone.
    Ok((!empty).then_some(now))
}

/// A schedule as it is.
struct Found {
    hash: String,
    enabled: bool,
}

/// Reads a schedule: from the list when it has not changed since we wrote it, else by itself.
async fn read_schedule(
    context: &mut Context<'_, Clients>,
    place: &Session,
    state: &Monitor,
    key: &str,
    object: &Schedule,
) -> Result<Option<Found>, Failure> {
    let (Some(name), Some(arn), Some(hash)) =
        (object.name.as_known(), object.arn.as_known(), object.definition_hash.as_known())
    else {
        return Ok(None);
    };
    let group = schedules::location(state, key).ok();
    let group = group.and_then(|location| location.schedule_group_name.as_known());
    let Some(group) = group else { return Ok(None) };
    let mut seen: Seen = context.private.value(SEEN).unwrap_or_default();
    let listed = reads::schedules::listed(place, group, name).await?;
    let changed = |time: Option<&aws_smithy_types::DateTime>| time?.to_millis().ok();
    if let Some(listed) = &listed
        && let Some(time) = changed(listed.last_modification_date.as_ref())
        && seen.get(arn) == Some(&time)
    {
        let enabled = listed.state == Some(aws_sdk_scheduler::types::ScheduleState::Enabled);
        return Ok(Some(Found { hash: hash.clone(), enabled }));
    }
    let Some(found) = reads::schedules::direct(place, group, name).await? else { return Ok(None) };
    let shown = schedule::Schedule::of(&found);
    let now = shown.hash();
    if now == *hash
        && let Some(time) = changed(found.last_modification_date.as_ref())
    {
        seen.insert(arn.clone(), time);
        // A note that can't be kept costs the next read a call.
        drop(context.private.keep(SEEN, &seen));
    }
    Ok(Some(Found { hash: now, enabled: shown.enabled }))
}

/// Changes a monitor in place: only what differs.
pub(super) async fn update(
    context: &mut Context<'_, Clients>,
    prior: &Monitor,
    planned: Monitor,
) -> Result<Applied<Monitor>> {
    let alarm_changes = alarms::Changes::between(prior, &planned)?;
    let (before, after) = (known_schedules(prior), known_schedules(&planned));
    if alarm_changes.is_nothing() && before == after && made_anew(prior, &planned).is_empty() {
        if prior.account != planned.account {
            // A way into the account that doesn't lead there must not reach the state.
            enter(context, &planned).await?;
        }
        return Ok(Applied::Done(planned));
    }
    let session = enter(context, &planned).await?;
    Box::pin(refuse_others(context, &planned, &before)).await?;
    alarms::written(context.clients, &session, &planned);
    alarms::written(context.clients, &session, prior);
    let mut made = Monitor { schedules: prior.schedules.clone(), ..planned.clone() };
    let changed =
        Box::pin(change(context, &session, prior, &planned, &alarm_changes, &mut made)).await;
    match changed {
        Ok(()) => Ok(Applied::Done(planned)),
        Err(problem) => {
            keep_places(prior, &mut made);
            let left = remains(context, &session, &planned, made).await;
            Ok(Applied::Partial(left, problem))
        }
    }
}

/// Gives the schedules that an update has not come to their locations back: where a location was left or
/// moved, they would be looked for in vain, and nobody would ever remove them.
fn keep_places(prior: &Monitor, made: &mut Monitor) {
    let before = known_schedules(prior);
    for (key, object) in known_schedules(made) {
        let is_left = before.get(&key).is_some_and(|known| known.arn == object.arn);
        if let (true, Some(locations), Ok(location)) =
            (is_left, made.locations.as_known_mut(), schedules::location(prior, &key))
        {
            locations.insert(key, Attr::Known(location.clone()));
        }
    }
}

/// The locations that were made anew since the monitor saw them: its schedules went with the old ones,
/// though their names and what they say are the same.
fn made_anew(prior: &Monitor, planned: &Monitor) -> BTreeSet<String> {
    let made_at = |monitor: &Monitor, key: &str| {
        schedules::location(monitor, key).ok().and_then(|it| it.made_at.as_known().cloned())
    };
    let keys = known_schedules(planned).into_keys();
    keys.filter(|key| made_at(planned, key).is_some_and(|now| Some(now) != made_at(prior, key)))
        .collect()
}

async fn change(
    context: &mut Context<'_, Clients>,
    session: &Session,
    prior: &Monitor,
    planned: &Monitor,
    alarm_changes: &alarms::Changes,
    made: &mut Monitor,
) -> Result<()> {
    let name = label(planned);
    let (before, after) = (known_schedules(prior), known_schedules(planned));
    // Alarms of locations that are left come first: they would ring when their schedules are gone.
    alarms::apply(context.clients, session, prior, planned, alarm_changes).await?;
    let made_anew = made_anew(prior, planned);
    for (key, object) in &after {
        if before.get(key) == Some(object) && !made_anew.contains(key) {
            continue;
        }
        unless_stopped(context)?;
        let known = before.get(key);
        if known.is_some_and(|known| known.arn == object.arn) {
            let place = enter_location(context, planned, key).await?;
            let wanted = schedules::wanted(planned, key)?;
            let put = schedule::put(&place, &context.cancel, &wanted).await;
            put.doing(&scheduling(key), THING, &name)?;
            note(&place, context.private, &wanted, object).await?;
            insert(made, key, object.clone());
            continue;
        }
        // The state has room for one schedule of a location: the old one goes first, so that no
        // failure leaves one that nobody knows of.
        if let Some(left) = known {
            delete_schedule(context, prior, key, left).await?;
            remove(made, key);
        }
        make_schedule(context, planned, key, object, made).await?;
    }
    for (key, left) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        delete_schedule(context, prior, key, left).await?;
        remove(made, key);
    }
    Ok(())
}

/// Deletes a schedule, unless it runs somebody else's check.
async fn delete_schedule(
    context: &mut Context<'_, Clients>,
    state: &Monitor,
    key: &str,
    object: &Schedule,
) -> Result<()> {
    let place = enter_location(context, state, key).await?;
    let group = schedules::location(state, key)?.schedule_group_name.known("locations")?;
    let name = object.name.known("schedules")?;
    let doing = format!("delete at `{key}` the schedule of the");
    let found = reads::schedules::direct(&place, group, name).await;
    let found = found.doing(&doing, THING, &label(state))?;
    match found.as_ref().map(schedule::Schedule::of) {
        None => reads::schedules::written(&place, group, name),
        Some(found) if schedules::is_own(state, &found) => {
            let deleted = schedule::delete(&place, group, name).await;
            deleted.doing(&doing, THING, &label(state))?;
        }
        Some(_) => {
            let detail = format!(
                "The schedule `{name}` of the group `{group}` does not run the check of this monitor any more. It was left as it is: delete it by hand, if nobody needs it."
            );
            let summary = "A schedule of somebody else was left";
            context.warnings.warning(path!(Monitor => schedules), summary, detail);
        }
    }
    let mut seen: Seen = context.private.value(SEEN).unwrap_or_default();
    if let Some(arn) = object.arn.as_known()
        && seen.remove(arn).is_some()
    {
        context.private.keep(SEEN, &seen)?;
    }
    Ok(())
}

/// Deletes the monitor's objects.
pub(super) async fn delete(
    context: &mut Context<'_, Clients>,
    session: &Session,
    state: &Monitor,
) -> Result<()> {
    alarms::written(context.clients, session, state);
    alarms::delete(session, state).await?;
    for (key, object) in known_schedules(state) {
        delete_schedule(context, state, &key, &object).await?;
    }
    Ok(())
}

/// The monitor that an import names, by its alarm, as far as a read needs it; `None` when there is no
/// such alarm. No list shows where its checks run from: the first apply after it takes the schedules
/// and the other alarms over.
pub(super) async fn import(
    clients: &Clients,
    session: &Session,
    monitor: Monitor,
    name: &str,
) -> Result<Option<Monitor>> {
    let (Some(prefix), Some(stack)) =
        (clients.defaults.name_prefix.as_known(), clients.defaults.stack.as_known())
    else {
        return Ok(None);
    };
    let Ok(alarm) = names::fit(names::ALARM, prefix, stack, name) else { return Ok(None) };
    let found =
        alarms::find_own(session, &alarm, stack, name).await.doing("import", THING, name)?;
    if found.is_none() {
        return Ok(None);
    }
    let mut monitor = Monitor {
        engine: Attr::Known(Engine::Probe),
        name: Attr::Known(name.to_owned()),
        alarm_name: Attr::Known(alarm),
        schedules: Attr::Known(BTreeMap::new()),
        ..monitor
    };
    let found = alarms::find(clients, session, &monitor).await?;
    let description = found.get(&Which::Down).and_then(|alarm| alarm.alarm_description.as_deref());
    let (_, trailer) = Trailer::split(description.unwrap_or_default());
    monitor.monitor_key = Attr::Known(trailer.map_or_else(|| name.to_owned(), |line| line.monitor));
    Ok(Some(monitor))
}
