use super::super::model::Http;
use super::*;
use crate::model::account::Account;

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn monitor() -> Monitor {
    let account = Account { id: text("111111111111"), ..Account::default() };
    Monitor {
        name: text("web"),
        account: Attr::Known(account),
        region: text("eu-west-1"),
        http: Attr::Known(Http { url: text("https://example.com/"), ..Http::default() }),
        ..Monitor::default()
    }
}

#[test]
fn the_alarm_says_what_whose_and_what_to_do() {
    let described = Monitor {
        description: text("Customers pay here."),
        owner: text("team-shop"),
        runbook_url: text("https://wiki.example.com/web"),
        ..monitor()
    };
    assert_eq!(
        description(&described),
        Ok("Customers pay here.\nOwner: team-shop\nRunbook: https://wiki.example.com/web"
            .to_owned())
    );
    assert_eq!(
        description(&monitor()),
        Ok("Watches https://example.com/ from outside.".to_owned())
    );
    let unknown = Monitor { owner: Attr::Unknown, ..monitor() };
    assert_eq!(description(&unknown), Err(NotKnown));
}

#[test]
fn an_arn_is_known_once_account_and_region_are() {
    let name = text("hinomi-default_web");
    assert_eq!(
        arn(&monitor(), "synthetics", "canary", &name),
        text("arn:aws:synthetics:eu-west-1:111111111111:canary:hinomi-default_web")
    );
    assert_eq!(arn(&monitor(), "cloudwatch", "alarm", &Attr::Null), Attr::Null);
    let elsewhere = Monitor { region: Attr::Unknown, ..monitor() };
    assert_eq!(arn(&elsewhere, "synthetics", "canary", &name), Attr::Unknown);
    let account = Account { id: Attr::Unknown, ..Account::default() };
    let nobody = Monitor { account: Attr::Known(account), ..monitor() };
    assert_eq!(arn(&nobody, "synthetics", "canary", &name), Attr::Unknown);
}

#[test]
fn synthetics_takes_fewer_tags_than_others() {
    for key in ["team", "hinomi:managed", "cost-center_2", "a/b=c+d.e"] {
        assert!(is_tag_key(key), "{key}");
    }
    for key in ["cost center", "a@b", "\u{e9}quipe", "a#b"] {
        assert!(!is_tag_key(key), "{key}");
    }
}

#[test]
fn every_region_has_its_partition() {
    for (region, wanted) in [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-east-1", "aws"),
    ] {
        assert_eq!(partition(region), wanted, "{region}");
    }
}
