//! Names of AWS objects: the same for the same declaration, different for different ones, and
//! never longer than the service allows.

use sha2::{Digest, Sha256};

/// What a service allows in a name.
#[derive(Clone, Copy, Debug)]
pub struct NameRule {
    /// The most characters.
    pub longest: usize,
    /// Which characters, all of them ASCII.
    pub allows: fn(char) -> bool,
    /// What stands between stack and name; one of the allowed characters.
    pub separator: char,
}

/// A Synthetics canary: `^[0-9a-z_\-]+$`. The API takes 255 characters; 64 leave room for a name that
/// can be read, and keep metrics and ARNs short. The canary's function and log group carry the first
/// 21 of them and the canary's id. A stack has no `_`, so that stack and name can't be mixed up
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html>).
pub const CANARY: NameRule = NameRule {
    longest: 64,
    allows: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'),
    separator: '_',
};

/// A `CloudWatch` alarm: 1 to 255 characters, kept to printable ASCII
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
pub const ALARM: NameRule =
    NameRule { longest: 255, allows: |c| c.is_ascii_graphic() || c == ' ', separator: '/' };

/// A budget: 1 to 100 characters without `:` and `\`; `/` is kept out as well, since
/// `/action/` is refused
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>).
pub const BUDGET: NameRule = NameRule {
    longest: 100,
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-'),
    separator: '.',
};

/// An anomaly monitor or subscription: up to 1,024 characters that aren't all blank, kept to what a
/// budget's name may hold and to a length that messages can show
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalyMonitor.html>,
/// `API_AnomalySubscription.html` beside it).
pub const ANOMALY: NameRule = NameRule { longest: 100, ..BUDGET };

/// Letters, digits, `-` and `_`: what most services allow.
const WORDS: fn(char) -> bool = |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');

/// Letters, digits, `-`, `_` and `.`.
const DOTTED_WORDS: fn(char) -> bool =
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');

/// A Lambda function: 1 to 64 of letters, digits, `-` and `_`
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
pub const FUNCTION: NameRule = NameRule { longest: 64, allows: WORDS, separator: '_' };

/// An IAM role: 1 to 64 of letters, digits and `_+=,.@-`
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>).
pub const ROLE: NameRule = NameRule {
    longest: 64,
    allows: |c| DOTTED_WORDS(c) || matches!(c, '+' | '=' | ',' | '@'),
    separator: '_',
};

/// A queue: 1 to 80 of letters, digits, `-` and `_`
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>).
pub const QUEUE: NameRule = NameRule { longest: 80, allows: WORDS, separator: '_' };

/// A topic: 1 to 256 of letters, digits, `-` and `_`
/// (<https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>).
pub const TOPIC: NameRule = NameRule { longest: 256, allows: WORDS, separator: '_' };

/// A `DynamoDB` table: 3 to 255 of letters, digits and `_-.`
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).
pub const TABLE: NameRule = NameRule { longest: 255, allows: DOTTED_WORDS, separator: '_' };

/// A schedule: 1 to 64 of letters, digits and `-_.`
/// (<https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>).
pub const SCHEDULE: NameRule = NameRule { longest: 64, allows: DOTTED_WORDS, separator: '_' };

/// A schedule group: 1 to 64 of letters, digits and `-_.`
/// (<https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html>).
pub const SCHEDULE_GROUP: NameRule = NameRule { longest: 64, allows: DOTTED_WORDS, separator: '_' };

/// A rule of `EventBridge`: 1 to 64 of letters, digits and `-_.`
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>).
pub const RULE: NameRule = NameRule { longest: 64, allows: DOTTED_WORDS, separator: '_' };

/// A bucket: 3 to 63 of small letters, digits and `-`; canaries refuse one with a `.`. All accounts
/// share these names, so account and region belong in the name
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
pub const BUCKET: NameRule = NameRule {
    longest: 63,
    allows: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
    separator: '-',
};

/// A workgroup of Athena: 1 to 128 of letters, digits and `._-`
/// (<https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html>).
pub const WORKGROUP: NameRule = NameRule { longest: 128, allows: DOTTED_WORDS, separator: '_' };

/// A database of Glue's data catalog: 1 to 255 of small letters, digits and `_`, which Athena takes without
/// quotes (<https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html>).
pub const DATABASE: NameRule = NameRule {
    longest: 255,
    allows: |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_',
    separator: '_',
};

/// The prefix leaves no room for a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a prefix of at most {longest} characters leaves room for a name: `{prefix}`")]
pub struct PrefixTooLong {
    longest: usize,
    prefix: String,
}

/// Characters of the hash at the end of a name, five bits each: with a thousand objects, two of
/// them share 40 bits with a chance of one in two million. Tags tell them apart even then.
const HASH_LENGTH: usize = 8;

/// Lower-case letters and digits that every service allows, without those that look alike.
const HASH_ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

/// The name of the object that `stack` declares as `name`.
///
/// It reads `<prefix><stack><separator><name>` when that fits the rule and can't be mistaken for
/// another pair of stack and name; else `<prefix><name, shortened>-<hash>`, where the hash covers
/// everything. Characters that the service refuses become `-`, or `_` where that is refused too, capitals become small where only
/// small letters are allowed.
///
/// # Errors
/// [`PrefixTooLong`] when less than one character of the name would be left.
pub fn fit(rule: NameRule, prefix: &str, stack: &str, name: &str) -> Result<String, PrefixTooLong> {
    let prefix_fitted = fitted(rule, prefix);
    let longest_prefix = rule.longest - HASH_LENGTH - 2;
    if prefix_fitted.len() > longest_prefix {
        return Err(PrefixTooLong { longest: longest_prefix, prefix: prefix.to_owned() });
    }
    let plain = format!("{prefix}{stack}{}{name}", rule.separator);
    let is_clear = !stack.is_empty() && !stack.contains(rule.separator) && !name.is_empty();
    if is_clear && plain.len() <= rule.longest && plain.chars().all(rule.allows) {
        return Ok(plain);
    }
    let room = rule.longest - prefix_fitted.len() - HASH_LENGTH - 1;
    let readable: String = fitted(rule, name).chars().take(room).collect();
    let filler = filler(rule);
    let readable = readable.trim_end_matches(filler);
    let hash = hash(&[prefix, stack, name]);
    Ok(match readable {
        "" => format!("{prefix_fitted}{hash}"),
        readable => format!("{prefix_fitted}{readable}{filler}{hash}"),
    })
}

/// What stands for a character that is refused.
fn filler(rule: NameRule) -> char {
    if (rule.allows)('-') { '-' } else { '_' }
}

fn fitted(rule: NameRule, text: &str) -> String {
    let fit_one = |c: char| {
        let small = c.to_ascii_lowercase();
        [c, small].into_iter().find(|c| (rule.allows)(*c)).unwrap_or(filler(rule))
    };
    text.chars().map(fit_one).collect()
}

/// A hash of the parts, each preceded by its length so that no two lists of parts read the same.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let bits = digest.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    (0..HASH_LENGTH)
        .map(|place| {
            let index = (bits >> (59 - 5 * place)) & 31;
            char::from(HASH_ALPHABET[usize::try_from(index).expect("five bits fit")])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: [NameRule; 15] = [
        CANARY,
        ALARM,
        BUDGET,
        ANOMALY,
        FUNCTION,
        ROLE,
        QUEUE,
        TOPIC,
        TABLE,
        SCHEDULE,
        SCHEDULE_GROUP,
        RULE,
        BUCKET,
        WORKGROUP,
        DATABASE,
    ];

    #[test]
    fn what_fits_is_readable() {
        for (rule, name, wanted) in [
            (CANARY, "shop", "hinomi-main_shop"),
            (ALARM, "checkout down", "hinomi-main/checkout down"),
            (BUDGET, "monthly", "hinomi-main.monthly"),
            (FUNCTION, "tokyo-location", "hinomi-main_tokyo-location"),
            (ROLE, "tokyo-ap-northeast-1-probe", "hinomi-main_tokyo-ap-northeast-1-probe"),
            (BUCKET, "tokyo-123456789012", "hinomi-main-tokyo-123456789012"),
        ] {
            assert_eq!(fit(rule, "hinomi-", "main", name).unwrap(), wanted);
        }
    }

    /// These are names of objects that exist: a change here would make the provider lose them.
    #[test]
    fn hashed_names_never_change() {
        for (rule, stack, name, wanted) in [
            (
                CANARY,
                "main",
                "the-checkout-of-the-online-shop-as-visitors-from-abroad-see-it",
                "hinomi-the-checkout-of-the-online-shop-as-visitors-from-6w5hucia",
            ),
            (CANARY, "main", "Shop", "hinomi-shop-hehwc68c"),
            (BUDGET, "a.b", "c", "hinomi-c-hkvtv4ia"),
            (BUDGET, "main", "a/b", "hinomi-a-b-qgf84iv4"),
            (BUDGET, "main", "\u{706b}", "hinomi-7te2n48c"),
        ] {
            assert_eq!(fit(rule, "hinomi-", stack, name).unwrap(), wanted);
        }
    }

    #[test]
    fn stack_and_name_are_not_mixed_up() {
        let one = fit(CANARY, "", "a", "b-c").unwrap();
        let other = fit(CANARY, "", "a-b", "c").unwrap();
        assert_ne!(one, other);
    }

    #[test]
    fn a_prefix_without_room_is_refused() {
        let prefix = "p".repeat(54);
        assert!(fit(CANARY, &prefix, "main", "shop").is_ok());
        let error = fit(CANARY, &format!("{prefix}p"), "main", "shop").unwrap_err();
        assert!(error.to_string().contains("at most 54"), "{error}");
    }

    proptest! {
        #[test]
        fn names_obey_the_rule(
            which in 0..RULES.len(),
            prefix in "[a-zA-Z-]{0,11}",
            stack in ".{0,30}",
            name in ".{0,300}",
        ) {
            let rule = RULES[which];
            let fitted = fit(rule, &prefix, &stack, &name).unwrap();
            prop_assert!(!fitted.is_empty() && fitted.len() <= rule.longest, "{}", fitted);
            prop_assert!(fitted.chars().all(rule.allows), "{}", fitted);
            prop_assert_eq!(&fitted, &fit(rule, &prefix, &stack, &name).unwrap());
        }

        #[test]
        fn different_declarations_have_different_names(
            which in 0..RULES.len(),
            one in ("[a-c.-]{1,6}", "[a-cA-C./-]{1,30}"),
            other in ("[a-c.-]{1,6}", "[a-cA-C./-]{1,30}"),
        ) {
            prop_assume!(one != other);
            let rule = RULES[which];
            prop_assert_ne!(
                fit(rule, "hinomi-", &one.0, &one.1).unwrap(),
                fit(rule, "hinomi-", &other.0, &other.1).unwrap()
            );
        }
    }
}
