//! Discord's markdown as HTML, as far as messages use it.

use contract::relay::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Who looks at a message, and when.
pub(crate) struct Reader {
    /// The language of their client.
    pub(crate) language: Language,
    /// When they look.
    pub(crate) now: Timestamp,
    /// Where they are.
    pub(crate) zone: TimeZone,
}

/// Text for HTML.
pub(crate) fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Reader {
    /// A day and a time.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let form = match self.language {
            Language::English => "%-d %B %Y %H:%M",
            Language::Japanese => "%Y年%-m月%-d日 %H:%M",
        };
        at.to_zoned_datetime(self.zone.clone()).strftime(form).to_string()
    }

    /// Markdown as HTML.
    pub(crate) fn html(&self, markdown: &str) -> String {
        let mut written = String::new();
        let mut rest = markdown;
        while let Some(first) = rest.chars().next() {
            let at_start = written.is_empty() || written.ends_with("<br>");
            let (html, length) = block(rest)
                .or_else(|| at_start.then(|| self.quote(rest)).flatten())
                .or_else(|| self.inline(rest))
                .unwrap_or_else(|| plain(first));
            written.push_str(&html);
            rest = &rest[length..];
        }
        written
    }

    fn quote(&self, rest: &str) -> Option<(String, usize)> {
        let line = rest.strip_prefix("> ")?.lines().next()?;
        let end = 2 + line.len();
        let end = if rest[end..].starts_with('\n') { end + 1 } else { end };
        Some((format!("<blockquote>{}</blockquote>", self.html(line)), end))
    }

    fn inline(&self, rest: &str) -> Option<(String, usize)> {
        let pair = |mark: &str| {
            let inside = rest.strip_prefix(mark)?;
            let end = inside.find(mark).filter(|end| *end > 0)?;
            Some((&inside[..end], end + 2 * mark.len()))
        };
        if let Some(escaped) = rest.strip_prefix('\\') {
            let character = escaped.chars().next()?;
            return Some((text(&character.to_string()), 1 + character.len_utf8()));
        }
        if let Some((inside, length)) = pair("**") {
            return Some((format!("<strong>{}</strong>", self.html(inside)), length));
        }
        if let Some((inside, length)) = pair("`") {
            return Some((format!("<code>{}</code>", text(inside)), length));
        }
        self.link(rest).or_else(|| self.marked(rest)).or_else(|| address(rest))
    }

    fn link(&self, rest: &str) -> Option<(String, usize)> {
        let words_end = rest.strip_prefix('[').and_then(|_| rest.find("]("))?;
        let length = rest[words_end..].find(')')? + words_end + 1;
        let (words, address) = (&rest[1..words_end], &rest[words_end + 2..length - 1]);
        let html = format!("<a href=\"{}\">{}</a>", text(address), self.html(words));
        Some((html, length))
    }

    /// Times and mentions.
    fn marked(&self, rest: &str) -> Option<(String, usize)> {
        if rest.starts_with("@everyone") {
            return Some(("<span class=mention>@everyone</span>".to_owned(), 9));
        }
        let end = rest.strip_prefix('<').and_then(|inside| inside.find('>'))? + 1;
        let inside = &rest[1..end];
        let html = if let Some(time) = inside.strip_prefix("t:") {
            let (seconds, style) = time.split_once(':')?;
            let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
            let shown = if style == "R" { self.relative(at) } else { self.clock(at) };
            format!("<span class=time>{shown}</span>")
        } else if inside.starts_with("@&") {
            "<span class=mention>@on-call</span>".to_owned()
        } else if inside.starts_with('@') {
            "<span class=mention>@Rin</span>".to_owned()
        } else {
            return None;
        };
        Some((html, end + 1))
    }

    fn relative(&self, at: Timestamp) -> String {
        let seconds = self.now.as_second() - at.as_second();
        let (count, english, japanese) = match seconds.abs() {
            size if size < 3_600 => ((size + 30) / 60, "minute", "分"),
            size if size < 86_400 => ((size + 1_800) / 3_600, "hour", "時間"),
            size if size < 31_536_000 => ((size + 43_200) / 86_400, "day", "日"),
            size => (size / 31_536_000, "year", "年"),
        };
        let plural = if count == 1 { "" } else { "s" };
        match (self.language, seconds >= 0) {
            (Language::English, true) => format!("{count} {english}{plural} ago"),
            (Language::English, false) => format!("in {count} {english}{plural}"),
            (Language::Japanese, true) => format!("{count}{japanese}前"),
            (Language::Japanese, false) => format!("{count}{japanese}後"),
        }
    }
}

fn block(rest: &str) -> Option<(String, usize)> {
    let inside = rest.strip_prefix("```")?;
    let end = inside.find("```")?;
    let (_, code) = inside[..end].split_once('\n').unwrap_or(("", &inside[..end]));
    Some((format!("<pre>{}</pre>", text(code.trim_end())), end + 6))
}

fn address(rest: &str) -> Option<(String, usize)> {
    let is_address = rest.starts_with("https://") || rest.starts_with("http://");
    let end = rest.find(|one: char| one.is_whitespace() || one == '<').unwrap_or(rest.len());
    is_address.then(|| {
        let shown = text(&rest[..end]);
        (format!("<a href=\"{shown}\">{shown}</a>"), end)
    })
}

fn plain(character: char) -> (String, usize) {
    let html = if character == '\n' { "<br>".to_owned() } else { text(&character.to_string()) };
    (html, character.len_utf8())
}
