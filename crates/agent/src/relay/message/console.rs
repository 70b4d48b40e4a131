//! Addresses of AWS's consoles, right for each partition and region.

use jiff::{SignedDuration, Timestamp};

use crate::relay::notice::{AlarmNotice, Arn, Partition, Watch};

/// Time before an incident that its logs are shown from.
const BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// Time after its begin that they are shown to, while it isn't over.
const AFTER: SignedDuration = SignedDuration::from_mins(60);

/// The alarm.
pub(super) fn alarm(notice: &AlarmNotice) -> Option<String> {
    alarm_of(&notice.name, &notice.region)
}

/// The alarm, by an address that no other embed has: of several with the same one, Discord shows only the first. The console
/// takes no notice of the parameter.
///
/// Source: Discord's documentation, "Message Resource", "Embed Limits": "Embeds are deduplicated by URL".
pub(super) fn own(notice: &AlarmNotice, id: &str) -> Option<String> {
    let address = alarm(notice)?;
    let (page, place) = address.split_once('#')?;
    Some(if id.is_empty() { address } else { format!("{page}&hinomi={}#{place}", percent(id)) })
}

/// The alarm of this name.
pub(super) fn alarm_of(name: &str, region: &str) -> Option<String> {
    Some(format!("{}#alarmsV2:alarm/{}", deep_link(region)?, percent(name)))
}

/// The canary that an alarm is of.
pub(super) fn canary(notice: &AlarmNotice) -> Option<String> {
    let name = *notice.watch.dimension("CanaryName").first()?;
    Some(format!("{}#synthetics:canary/detail/{}", deep_link(&notice.region)?, percent(name)))
}

/// What is logged around an incident: what the trailer names, or the log group of a function.
pub(super) fn logs(
    notice: &AlarmNotice,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Option<String> {
    let trailer = notice.trailer.as_ref();
    let told = trailer.and_then(|trailer| trailer.logs.as_deref()).and_then(Arn::parse);
    if let (Some(trailer), Some(arn)) = (trailer, told) {
        let group = arn.resource.strip_prefix("log-group:")?.trim_end_matches(":*");
        let query = format!(
            "fields @timestamp,Location,outcome,why|filter Monitor=\"{}\"|sort @timestamp desc",
            trailer.monitor.replace(['"', '\\'], "")
        );
        return insights(arn.region, group, &query, since, until);
    }
    let group = function_logs(&notice.watch)?;
    let query = "fields @timestamp,@message|sort @timestamp desc";
    insights(&notice.region, &group, query, since, until)
}

/// AWS Health's page of an event.
pub(super) fn health(arn: Option<&str>, region: &str) -> String {
    let host = match Partition::of_region(region) {
        Partition::China => "phd.amazonaws.cn/phd/home",
        Partition::GovCloud => "health.amazonaws-us-gov.com/health/home",
        Partition::European => "health.amazonaws-eusc.eu/health/home",
        Partition::Aws => "health.aws.amazon.com/health/home",
    };
    let event = arn.map(|arn| format!("?eventID={}&eventTab=details", percent(arn)));
    format!("https://{host}#/account/event-log{}", event.unwrap_or_default())
}

fn function_logs(watch: &Watch) -> Option<String> {
    let of_lambda = watch.metrics().into_iter().find(|metric| metric.namespace == "AWS/Lambda")?;
    let function = of_lambda.dimensions.iter().find(|one| one.name == "FunctionName")?;
    Some(format!("/aws/lambda/{}", function.value))
}

/// The link form that CloudWatch's own mails use; none without a region's code.
fn deep_link(region: &str) -> Option<String> {
    let is_code = region.contains('-')
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let host = Partition::of_region(region).console();
    is_code.then(|| format!("https://{region}.{host}/cloudwatch/deeplink.js?region={region}"))
}

/// A query over a log group around an incident.
///
/// The console keeps a query in the fragment in a notation of its own: `~(key~'text~key~number)`,
/// within whose texts `*2f` stands for a percent-encoded byte, all percent-encoded once more, and
/// at last with `$` in place of `%`.
fn insights(
    region: &str,
    group: &str,
    query: &str,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Option<String> {
    let within = |text: &str| percent(text).replace('%', "*");
    let range = match since {
        Some(since) => {
            let end = until.unwrap_or(since).checked_add(AFTER).unwrap_or(Timestamp::MAX);
            let start = since.checked_sub(BEFORE).unwrap_or(Timestamp::MIN);
            let text = |at: Timestamp| within(&at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string());
            format!("end~'{}~start~'{}~timeType~'ABSOLUTE~tz~'UTC", text(end), text(start))
        }
        None => "end~0~start~-3600~timeType~'RELATIVE~unit~'seconds".to_owned(),
    };
    let detail = format!("~({range}~editorString~'{}~source~(~'{}))", within(query), within(group));
    let detail = percent_keeping(&detail, b"*").replace('%', "$25");
    let start = deep_link(region)?;
    Some(format!("{start}#logsV2:logs-insights$3FqueryDetail$3D{detail}"))
}

/// The text with all bytes percent-encoded that aren't unreserved in RFC 3986.
fn percent(text: &str) -> String {
    percent_keeping(text, b"")
}

const HEXADECIMAL: &[u8; 16] = b"0123456789ABCDEF";

fn percent_keeping(text: &str, kept: &[u8]) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_plain =
            byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) || kept.contains(&byte);
        if is_plain {
            written.push(char::from(byte));
        } else {
            written.push('%');
            written.extend(
                [byte >> 4, byte & 15].map(|half| char::from(HEXADECIMAL[usize::from(half)])),
            );
        }
    }
    written
}
