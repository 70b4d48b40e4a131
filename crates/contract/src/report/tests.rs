use super::*;

const PARAMETER: &str = "arn:aws:ssm:ap-northeast-1:111122223333:parameter/hinomi/webhook";

fn least() -> Settings {
    let history = HistoryPlace { bucket: "costs".to_owned(), prefix: String::new() };
    Settings::of("daily", Destination::of(PARAMETER), history)
}

fn all() -> Settings {
    let account: AccountId = "111122223333".parse().expect("an account");
    let mut settings = least();
    settings.language = Language::Japanese;
    let purpose = Some("production".to_owned());
    settings.accounts.insert(account.clone(), Account { name: "shop".to_owned(), purpose });
    settings.currency = Currency {
        code: "JPY".to_owned(),
        per_usd: 151.25,
        as_of: Some(Date::constant(2026, 11, 1)),
    };
    settings.rules.at_least_usd = 12.5;
    settings.budgets.insert(account.clone(), 800.0);
    let event = Event {
        start: Date::constant(2026, 11, 20),
        end: Date::constant(2026, 11, 23),
        baseline_days: 35,
        accounts: [account].into(),
        tags: [("event".to_owned(), "autumn".to_owned())].into(),
    };
    settings.events.insert("autumn".to_owned(), event);
    settings.weekly_digest = Some(Weekday::Monday);
    settings.monthly_digest = Some(2);
    settings.mentions.everyone = true;
    settings.most_calls = 8;
    settings.sources = vec![Source {
        role_arn: "arn:aws:iam::444455556666:role/hinomi-costs".to_owned(),
        external_id: Some("hinomi".to_owned()),
    }];
    settings.purpose_from = Some(PurposeFrom::Tag("purpose".to_owned()));
    settings.backfill_months = 12;
    settings.anomaly_feedback = false;
    settings.discord_base_url = Some("http://127.0.0.1:1/api/v10".to_owned());
    settings
}

#[test]
fn the_least_settings_are_a_name_and_two_places() {
    let text = format!(
        r#"{{"name":"daily","webhook":{{"parameter_arn":"{PARAMETER}"}},"history":{{"bucket":"costs"}}}}"#
    );
    assert_eq!(serde_json::from_str::<Settings>(&text).ok(), Some(least()));
}

#[test]
fn settings_are_read_back() {
    for settings in [least(), all()] {
        assert_eq!(settings.validate(), Ok(()));
        let written = serde_json::to_string(&settings).expect("JSON");
        assert_eq!(serde_json::from_str::<Settings>(&written).ok(), Some(settings));
    }
}

#[test]
fn newer_settings_are_read_by_an_older_function() {
    let mut newer = serde_json::to_value(all()).expect("JSON");
    newer["colour"] = "red".into();
    newer["rules"]["moon"] = "full".into();
    newer["events"]["autumn"]["mood"] = "good".into();
    newer["language"] = "eo".into();
    let read: Settings = serde_json::from_value(newer).expect("they are settings");
    assert_eq!(read, Settings { language: Language::English, ..all() });
}

#[test]
fn what_is_not_allowed_is_named() {
    let mut settings = all();
    settings.currency = Currency { code: "Yen".to_owned(), per_usd: 0.0, as_of: None };
    settings.budgets.values_mut().for_each(|usd| *usd = f64::NAN);
    settings.events.values_mut().for_each(|event| {
        event.end = Date::constant(2026, 11, 1);
        event.baseline_days = 6;
    });
    settings.monthly_digest = Some(29);
    settings.backfill_months = 14;
    settings.rules.deviations = 0.0;
    let errors = settings.validate().expect_err("much isn't allowed");
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "`currency.code` must be three capital letters of ISO 4217, and is `Yen`",
            "`currency.per_usd` must be more than 0, and 1 for USD: 0",
            "`currency.as_of` must be the day of the rate",
            "the budget of 111122223333 must be more than 0 US dollars, and is NaN",
            "the event `autumn` ends on 2026-11-01, which is before its start on 2026-11-20",
            "`baseline_days` of the event `autumn` must be 7 to 366, and is 6",
            "`monthly_digest` must be a day of each month, 1 to 28, and is 29",
            "`backfill_months` must be 0 to 13, and is 14",
            "`deviations` must be 1 to 20, and is 0",
        ]
    );
    let dollars = Currency { per_usd: 1.5, ..Currency::default() };
    let settings = Settings { currency: dollars, ..least() };
    assert_eq!(settings.validate(), Err(vec![InvalidSetting::Rate(1.5)]));
}

#[test]
fn events_are_planned_for_their_accounts() {
    let mut settings = all();
    let planned = settings.planned_events();
    assert_eq!((planned[0].name.as_str(), planned[0].accounts.len()), ("autumn", 1));
    settings.events.values_mut().for_each(|event| event.end = Date::constant(2026, 1, 1));
    assert_eq!(settings.planned_events(), []);
}

/// These are the keys that functions in the field read: one that is renamed stops every report.
#[test]
fn the_input_of_a_schedule_stays_as_it_is() {
    let time = crate::probe::SCHEDULED_TIME.to_owned();
    let run = Run { hinomi: Purpose::Report, settings: least(), scheduled_time: time };
    let written: serde_json::Value = serde_json::from_str(&run.to_json()).expect("JSON");
    assert_eq!(written["hinomi"], "report");
    assert_eq!(written["scheduled_time"], "<aws.scheduler.scheduled-time>");
    assert_eq!(written["settings"]["history"]["bucket"], "costs");
    let unit = Settings { purpose_from: Some(PurposeFrom::Unit), ..all() };
    assert_eq!(serde_json::to_value(&unit).expect("JSON")["purpose_from"], "unit");
    for settings in [least(), all(), unit] {
        let run = Run { settings, ..run.clone() };
        assert_eq!(serde_json::from_str::<Run>(&run.to_json()).ok(), Some(run));
    }
    let other = run.to_json().replace("\"report\"", "\"probe\"");
    assert!(serde_json::from_str::<Run>(&other).is_err());
}
