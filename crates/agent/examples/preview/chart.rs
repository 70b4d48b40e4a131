//! A chart as CloudWatch draws one, in the place of the picture that a real message has.

/// Minutes of the chart.
const MINUTES: u32 = 180;
/// The minute in which it falls.
const FALL: u32 = 171;
/// The minute in which it rises again, of a chart that shows it.
const RISE: u32 = 150;

/// A metric that is 1 and falls to 0, and rises again if it `is_over`.
pub(crate) fn svg(is_over: bool) -> String {
    let (left, right, top, bottom) = (44.0, 784.0, 44.0, 250.0);
    let x = |minute: u32| left + (right - left) * f64::from(minute) / f64::from(MINUTES);
    let y = |value: f64| bottom - (bottom - top) * value / 1.2;
    let fall = if is_over { RISE - 37 } else { FALL };
    let value = |minute: u32| {
        let is_down = minute >= fall && !(is_over && minute >= RISE);
        if is_down { 0.0 } else { 1.0 }
    };
    let points = (0..=MINUTES).map(|minute| format!("{:.1},{:.1}", x(minute), y(value(minute))));
    let points = points.collect::<Vec<_>>().join(" ");
    let grid = [0.0, 0.4, 0.8, 1.2].map(|value| {
        let at = y(value);
        format!(
            "<path d=\"M{left} {at}H{right}\" stroke=\"#414750\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{value}</text>",
            left - 6.0,
            at + 4.0
        )
    });
    let hours = (0..=3_u32).map(|hour| {
        let clock = if is_over { 10 } else { 9 } + hour;
        format!(
            "<text x=\"{:.0}\" y=\"{}\" text-anchor=\"middle\">{clock:02}:{}</text>",
            x(hour * 60),
            bottom + 20.0,
            if is_over { "12" } else { "05" }
        )
    });
    let limit = y(1.0);
    format!(
        "<svg class=chart viewBox=\"0 0 800 300\" role=img aria-label=chart>\
         <rect width=800 height=300 fill=\"#161d26\"/>\
         <text x=16 y=26 class=name>checkout</text>{}{}\
         <path d=\"M{left} {limit}H{right}\" stroke=\"#ed4245\" stroke-dasharray=\"6 4\"/>\
         <polyline points=\"{points}\" fill=none stroke=\"#4f9bff\" stroke-width=2 />\
         <rect x=44 y=282 width=10 height=10 fill=\"#4f9bff\"/><text x=60 y=291>Success</text></svg>",
        grid.concat(),
        hours.collect::<String>()
    )
}
