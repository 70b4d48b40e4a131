use serde_json::json;

use super::*;

/// A product as `GetProducts` answers with it, with tiers of begin, end and price.
fn product(usage: &str, unit: &str, attributes: &Value, tiers: &[(&str, &str, &str)]) -> Value {
    let dimensions: Map<String, Value> = tiers
        .iter()
        .enumerate()
        .map(|(index, (begin, end, price))| {
            let code = format!("4BY5J6DRCW5WKEZY.JRTCKXETXF.{index}");
            let dimension = json!({
                "unit": unit, "beginRange": begin, "endRange": end, "rateCode": code,
                "description": "as billed", "appliesTo": [], "pricePerUnit": { "USD": price },
            });
            (code, dimension)
        })
        .collect();
    let mut all = json!({
        "servicecode": "AmazonCloudWatch", "location": "Asia Pacific (Tokyo)",
        "locationType": "AWS Region", "usagetype": usage, "operation": "",
        "regionCode": "ap-northeast-1", "servicename": "AmazonCloudWatch",
    });
    for (name, value) in attributes.as_object().expect("attributes") {
        all[name] = value.clone();
    }
    json!({
        "product": { "productFamily": "Any", "attributes": all, "sku": "4BY5J6DRCW5WKEZY" },
        "serviceCode": all["servicecode"],
        "terms": { "OnDemand": { "4BY5J6DRCW5WKEZY.JRTCKXETXF": {
            "priceDimensions": dimensions, "sku": "4BY5J6DRCW5WKEZY",
            "effectiveDate": "2026-11-01T00:00:00Z", "offerTermCode": "JRTCKXETXF",
            "termAttributes": {},
        } } },
        "version": "20261101000000", "publicationDate": "2026-11-01T00:00:00Z",
    })
}

fn flat(price: &str) -> [(&str, &str, &str); 1] {
    [("0", "Inf", price)]
}

fn amounts(products: &[Value]) -> Vec<(Item, String)> {
    let texts: Vec<String> = products.iter().map(Value::to_string).collect();
    read(&texts).into_iter().map(|(item, amount)| (item, amount.exact())).collect()
}

fn lambda(group: &str) -> Value {
    json!({ "servicecode": "AWSLambda", "group": group })
}

#[test]
fn every_item_is_found_in_a_region() {
    let seconds = [
        ("15000000000", "Inf", "0.0000133334"),
        ("0", "6000000000", "0.0000166667"),
        ("6000000000", "15000000000", "0.0000150000"),
    ];
    let scheduled = [("0", "14000000", "0.0000000000"), ("14000000", "Inf", "0.0000012500")];
    let stored = [("51200", "512000", "0.0240000000"), ("0", "51200", "0.0250000000")];
    let storage = json!({ "servicecode": "AmazonS3" });
    let writes = json!({ "servicecode": "AmazonS3", "group": "S3-API-Tier1" });
    let nothing = json!({});
    let products = [
        product("APN1-CW:Canary-runs", "Runs", &nothing, &flat("0.0019000000")),
        product("APN1-CW:AlarmMonitorUsage", "Alarms", &nothing, &flat("0.1000000000")),
        product("APN1-CW:HighResAlarmMonitorUsage", "Alarms", &nothing, &flat("0.3000000000")),
        product("APN1-CW:MetricMonitorUsage", "Metrics", &nothing, &flat("0.3000000000")),
        product("APN1-CW:Requests", "Requests", &nothing, &flat("0.0000100000")),
        product("APN1-DataProcessing-Bytes", "GB", &nothing, &flat("0.7600000000")),
        product("APN1-Request", "Requests", &lambda("AWS-Lambda-Requests"), &flat("0.0000002")),
        product("APN1-Lambda-GB-Second", "Lambda-GB-Second", &lambda(""), &seconds),
        product("APN1-Lambda-GB-Second-ARM", "seconds", &lambda(""), &flat("0.0000133334")),
        product("APN1-TimedStorage-ByteHrs", "GB-Mo", &storage, &stored),
        product("APN1-TimedStorage-ByteHrs", "GB-Mo", &nothing, &flat("0.0330000000")),
        product("APN1-Requests-Tier1", "Requests", &writes, &flat("0.0000047000")),
        product("APN1-Requests-GDA-Tier1", "Requests", &storage, &flat("0.0000500000")),
        product(
            "APN1-ScheduledInvocation",
            "Invocations",
            &json!({ "servicecode": "AWSEvents" }),
            &scheduled,
        ),
    ];
    let wanted = [
        (Item::CanaryRun, "0.0019"),
        (Item::AlarmMonth, "0.10"),
        (Item::HighResolutionAlarmMonth, "0.30"),
        (Item::MetricMonth, "0.30"),
        (Item::MetricWrite, "0.00001"),
        (Item::FunctionRequest, "0.0000002"),
        (Item::FunctionX86, "0.0000166667"),
        (Item::FunctionArm, "0.0000133334"),
        (Item::ScheduleRun, "0.00000125"),
        (Item::LogGigabyte, "0.76"),
        (Item::StorageMonth, "0.025"),
        (Item::StorageWrite, "0.0000047"),
    ];
    assert_eq!(amounts(&products), wanted.map(|(item, text)| (item, text.to_owned())));
}

#[test]
fn the_kind_that_is_meant_wins_and_then_the_dearest() {
    let kind = |operation: &str| json!({ "operation": operation });
    let bytes =
        |operation, price| product("EU-DataProcessing-Bytes", "GB", &kind(operation), &flat(price));
    let products = [bytes("Other", "0.99"), bytes("PutLogEvents", "0.57"), bytes("", "0.10")];
    assert_eq!(amounts(&products), [(Item::LogGigabyte, "0.57".to_owned())]);
    let products = [bytes("One", "0.57"), bytes("Another", "0.60")];
    assert_eq!(amounts(&products), [(Item::LogGigabyte, "0.60".to_owned())]);
}

#[test]
fn what_is_not_understood_is_left_out() {
    let nothing = json!({});
    let canary = |unit, price| product("CW:Canary-runs", unit, &nothing, &flat(price));
    let mut yuan = canary("Runs", "0.0086");
    let dimensions = &mut yuan["terms"]["OnDemand"]["4BY5J6DRCW5WKEZY.JRTCKXETXF"];
    dimensions["priceDimensions"]["4BY5J6DRCW5WKEZY.JRTCKXETXF.0"]["pricePerUnit"] =
        json!({ "CNY": "0.0086" });
    for (why, product) in [
        ("another unit", canary("Hours", "0.0012")),
        ("free", canary("Runs", "0.0000000000")),
        ("no number", canary("Runs", "a lot")),
        ("negative", canary("Runs", "-0.0012")),
        ("another currency", yuan),
        ("another usage", product("CW:Canary-runs-Old", "Runs", &nothing, &flat("0.0012"))),
        ("another service", product("APN1-CW:Canary-runs", "Runs", &lambda(""), &flat("0.1"))),
        ("edge", product("US-Lambda-Edge-Request", "Requests", &lambda(""), &flat("0.0000006"))),
        ("no terms", json!({ "product": {} })),
        ("no object", json!(["CW:Canary-runs"])),
    ] {
        assert_eq!(amounts(&[product]), [], "{why}");
    }
    assert!(read(&["{".to_owned()]).is_empty());
}

#[test]
fn newer_terms_win() {
    let mut product = product("CW:Canary-runs", "Runs", &json!({}), &flat("0.0012"));
    let mut newer = product["terms"]["OnDemand"]["4BY5J6DRCW5WKEZY.JRTCKXETXF"].clone();
    newer["effectiveDate"] = json!("2026-12-01T00:00:00Z");
    newer["priceDimensions"]["4BY5J6DRCW5WKEZY.JRTCKXETXF.0"]["pricePerUnit"]["USD"] =
        json!("0.0015");
    product["terms"]["OnDemand"]["4BY5J6DRCW5WKEZY.NEWER"] = newer;
    assert_eq!(amounts(&[product]), [(Item::CanaryRun, "0.0015".to_owned())]);
}

#[test]
fn a_unit_of_many_is_divided() {
    let words = ["request"];
    for (unit, count) in [
        ("Requests", Some(1)),
        ("1M requests", Some(1_000_000)),
        ("1K Requests", Some(1_000)),
        ("1,000 requests", Some(1_000)),
        ("Million Requests", Some(1_000_000)),
        ("API requests", Some(1)),
        ("0 requests", None),
        ("Hours", None),
        ("", None),
    ] {
        assert_eq!(quantity(unit, &words), count, "{unit}");
    }
    let millions = product(
        "USE1-ScheduledInvocation",
        "1M invocations",
        &json!({ "servicecode": "AWSEvents" }),
        &flat("1.00"),
    );
    assert_eq!(amounts(&[millions]), [(Item::ScheduleRun, "0.000001".to_owned())]);
}
