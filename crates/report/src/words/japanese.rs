//! Japanese.

use contract::spike::Outcome;
use jiff::civil::{Date, Weekday};

use super::Words;

pub(super) const WORDS: Words = Words {
    chart: &chart::JAPANESE,
    day: |day| day.strftime("%-m/%-d").to_string(),
    weekday: |day| format!("{}（{}）", day.strftime("%-m月%-d日"), letter(day)),
    span: |first, last| format!("{first}〜{last}"),
    list: "、",
    title: |day| format!("AWS コスト {day}"),
    headline: |day, amount| format!("{day}の AWS コスト: {amount}"),
    headline_unknown: |day| format!("{day}の AWS コスト: データなし"),
    on_day_before: |change| format!("前日比 {change}"),
    on_median: |change| format!("7日間の中央値比 {change}"),
    month: |amount| format!("今月累計 {amount}"),
    forecast: |amount| format!("月末予測 {amount}"),
    budget: |percent, amount| format!("予算 {amount} の {percent}"),
    new_spikes: |count| format!("新しい急増 {count}件"),
    in_parentheses: |text| format!("（{text}）"),
    column_day: "当日",
    column_before: "前日",
    column_median: "7日",
    column_month: "今月",
    column_forecast: "予測",
    column_budget: "予算",
    column_a_week: "前週比",
    column_a_month: "前月比",
    column_actual: "実績",
    column_usual: "通常",
    column_added: "増加",
    table_day: |day, code| format!("{day} の内訳（{code}、前日比と7日間の中央値比）"),
    table_month: |code| format!("今月の累計・月末予測（{code}）と予算の消化率"),
    total: "合計",
    no_purpose: "用途なし",
    other_purposes: |count| format!("その他の用途 {count}件"),
    more: |count| format!("他 {count}件"),
    of_accounts: |name, count| format!("{name} ({count})"),
    closed_accounts: |count| format!("閉鎖済み {count}件"),
    new: "新規",
    services: "上位のサービス（前日比）",
    spikes: "通常と異なるコスト",
    quiet: |count| {
        format!(
            "以前からの急増 {count}件は、継続中または金額の確定待ちです（新しい動きはありません）。"
        )
    },
    all_services: "全サービス",
    peak: |more, day, actual, expected| {
        format!("{day} に **{more}**（通常 {expected} → {actual}）")
    },
    new_service: |amount, day| format!("新しく使われたサービス: {day} に **{amount}**"),
    new_account: |amount, day| format!("新しいアカウント: {day} に **{amount}**"),
    drift: |now, before, percent| {
        format!("ゆるやかに増加中: 1日あたり {before} → **{now}**（30日で {percent}）")
    },
    grown: |to, from| format!("増加が続いています: 累計 **{to}**（前回の通知時 {from}）"),
    since: |day| format!("{day} から"),
    in_all: |more| format!("累計 {more}"),
    ended: |outcome, more| match outcome {
        Outcome::Over => format!("収束しました（累計 {more}）"),
        Outcome::NewNormal => {
            format!("続いているため、今後は通常のコストとして扱います（それまでの累計 {more}）")
        }
        Outcome::Planned => "予定された日でした".to_owned(),
        Outcome::Revised => "AWS が金額を訂正し、急増ではなくなりました".to_owned(),
        Outcome::Silent => format!("データが届かなくなりました（それまでの累計 {more}）"),
    },
    events: "イベント",
    running: |number, of| format!("{of}日間の{number}日目"),
    settling: |day| format!("終了（確定値は {day}）"),
    instead_of: |actual, usual| format!("通常 {usual} → {actual}"),
    added: |more| format!("**{more}**"),
    so_far: |more| format!("ここまで **{more}**"),
    without_baseline: |amount| format!("比較対象のない {amount} は含みません"),
    unknown_days: |count| format!("データのないサービス・日が {count}件あります"),
    tagged: |amount| format!("イベントのタグ付きリソースは {amount}"),
    event_cost: |name, more| format!("{name}: {more}"),
    event_days: |days| format!("{days}日間"),
    by_account: "アカウント別の増加",
    by_service: "サービス別の増加",
    by_day: "日別（実績・同じ曜日の通常額・増加）",
    weekly_digest: "週次のコスト推移",
    monthly_digest: "月次のコスト推移",
    whole_week: |span| format!("{span} の週"),
    whole_month: |month| month.to_owned(),
    month_name: |day| day.strftime("%Y年%-m月").to_string(),
    data: "データの状態",
    empty: "まだデータがありません。Cost Explorer の利用開始から1日ほどで届きます。",
    late: |day| format!("昨日のデータがまだないため、{day} の金額です。"),
    partial: "7日間の中央値を大きく下回っています。データが揃っていない可能性があります。",
    no_source: |name, reason| format!("{name} のコストを取得できません: {reason}"),
    no_purposes: |reason| format!("用途を取得できません: {reason}"),
    filling: |day| format!("履歴を取得中です (現在 {day} 以降)"),
    calls_used_up: |most| format!("呼び出し回数の上限 ({most}回) のため一部を調べていません"),
    missing: |account, days| format!("{account} のデータがありません: {days}"),
    closed: |account, day| {
        format!("{account} は {day} 以降データがないため、閉鎖されたものとして一覧から外します。")
    },
    credits: |month, day| {
        format!("クレジット・返金（上の金額からは差し引いていません）: 今月 {month}、当日 {day}")
    },
    over_budget: |account, forecast, limit| {
        format!("{account} は予算を超える見込みです: 予算 {limit} に対して {forecast}")
    },
    past_budget: |account, used, limit| {
        format!("{account} は予算を超えました: 予算 {limit} に対して {used}")
    },
    unsettled: |days| format!("直近{days}日分は変わる可能性があります"),
    made: |calls, usd| format!("作成費用 {usd} USD（Cost Explorer {calls}回）"),
    rate: |rate, day| format!("{rate}（{day}）"),
    chart_days: |headline| format!("直近30日の用途別コストのグラフ。{headline}"),
    chart_days_title: "直近30日の用途別コスト",
    chart_event: |name, more| format!("{name} にかかったコストのグラフ: {more}"),
    chart_pace: "用途別の月間コスト",
    table_file: |day| format!("{day} のすべての金額（米ドル）。"),
};

/// The letter of a day's weekday.
fn letter(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    }
}
