//! What the model takes over from Discord's answers, and what Discord is asked to change.

use framework::{Attr, Private, Result, path};
use sha2::{Digest, Sha256};

use super::model::Webhook;
use crate::clients::Defaults;
use crate::model::tags;
use discord::{Avatar, AvatarChange, Changes};

/// Private value: Discord's hash of the picture after our last write.
pub(super) const AVATAR: &str = "avatar_hash";
/// Private value: the id of a webhook that is gone, while parameters are left of it.
pub(super) const FORMER_ID: &str = "former_id";
/// Private value: version of each parameter after our last write, by the user's names.
pub(super) const VERSIONS: &str = "versions";

/// SHA-256 of a picture's data URI, in hexadecimal digits.
pub(super) fn avatar_sha256(avatar: &Attr<String>) -> Attr<String> {
    avatar.as_ref().map(|uri| {
        let digits = Sha256::digest(uri.as_bytes()).into_iter().flat_map(|byte| {
            [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16))
        });
        digits.flatten().collect()
    })
}

/// The value of the tag `hinomi:name`: the webhook's name, with `-` for what AWS takes in no tag.
///
/// Tags hold letters, digits, white space and `_.:/=+-@`
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Tag.html>); a webhook's
/// name may hold more, such as pictographs.
pub(super) fn tag_name(name: &str) -> String {
    let allowed =
        |letter: char| letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter);
    name.chars().map(|letter| if allowed(letter) { letter } else { '-' }).collect()
}

/// All tags of the parameters.
pub(super) fn tags_all(webhook: &Webhook, defaults: &Defaults) -> Attr<tags::Tags> {
    let name = webhook.name.as_ref().map(|name| tag_name(name));
    tags::all(&webhook.tags, defaults, &name)
}

/// Sets what was not known before Discord answered. What was planned stays as it was planned.
pub(super) fn complete(model: &mut Webhook, found: &discord::Webhook, defaults: &Defaults) {
    let text = |id: &discord::Snowflake| id.to_string();
    let from_discord = [
        (&mut model.id, Some(found.id.to_string())),
        (&mut model.channel_id, found.channel_id.as_ref().map(text)),
        (&mut model.name, Some(found.name.clone())),
        (&mut model.avatar_hash, found.avatar.clone()),
        (&mut model.guild_id, found.guild_id.as_ref().map(text)),
        (&mut model.application_id, found.application_id.as_ref().map(text)),
    ];
    for (attribute, value) in from_discord {
        if attribute.is_unknown() {
            *attribute = value.into();
        }
    }
    if model.tags_all.is_unknown() {
        model.tags_all = tags_all(model, defaults);
    }
}

/// Takes over what Discord says now.
pub(super) fn refresh(model: &mut Webhook, found: &discord::Webhook) {
    let text = |id: &discord::Snowflake| id.to_string();
    model.channel_id = found.channel_id.as_ref().map(text).into();
    model.name = Attr::Known(found.name.clone());
    model.avatar_hash = found.avatar.clone().into();
    model.guild_id = found.guild_id.as_ref().map(text).into();
    model.application_id = found.application_id.as_ref().map(text).into();
}

/// Whether somebody else changed the picture that the configuration sets.
pub(super) fn picture_drifted(state: &Webhook, private: &Private) -> bool {
    let ours: Option<Option<String>> = private.value(AVATAR);
    let is_set = !state.avatar_sha256.is_null();
    is_set && ours.is_some_and(|ours| ours != state.avatar_hash.as_known().cloned())
}

/// What becomes of the picture. `has_ours` is whether a picture of ours was set before.
///
/// # Errors
/// When the configuration's picture is none, which validating it found first.
pub(super) fn avatar_change(config: &Webhook, has_ours: bool) -> Result<AvatarChange> {
    match config.avatar.as_known() {
        Some(uri) => {
            let avatar = Avatar::parse(uri);
            let avatar = avatar.map_err(|problem| {
                framework::Error::new("Invalid value for `avatar`", format!("`avatar`: {problem}."))
                    .at(path!(Webhook => avatar))
            });
            Ok(AvatarChange::Set(avatar?))
        }
        None if has_ours => Ok(AvatarChange::Clear),
        None => Ok(AvatarChange::Keep),
    }
}

/// What Discord must be asked so that the webhook that was found is the planned one.
pub(super) fn changes(
    planned: &Webhook,
    found: &discord::Webhook,
    avatar: AvatarChange,
) -> Changes {
    let name = planned.name.as_known().filter(|name| **name != found.name);
    let channel = planned.channel_id.as_known();
    let here = found.channel_id.as_ref().map(discord::Snowflake::as_str);
    let moved = channel.filter(|channel| here != Some(channel.as_str()));
    Changes {
        name: name.cloned(),
        avatar,
        channel_id: moved.and_then(|channel| channel.parse().ok()),
    }
}

/// Whether there is nothing to ask.
pub(super) fn is_empty(changes: &Changes) -> bool {
    changes.name.is_none() && changes.channel_id.is_none() && changes.avatar == AvatarChange::Keep
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    #[test]
    fn a_tag_takes_what_aws_allows_of_a_name() {
        for (name, tag) in [
            ("Alerts of checkout", "Alerts of checkout"),
            ("火の見 🔔", "火の見 -"),
            ("a|b\u{a0}<c>", "a-b--c-"),
            ("ops_1.2:3/4=5+6-7@8", "ops_1.2:3/4=5+6-7@8"),
        ] {
            assert_eq!(tag_name(name), tag);
        }
    }

    #[test]
    fn a_picture_is_known_by_its_hash() {
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(avatar_sha256(&known("abc")), known(hash));
        assert_eq!(avatar_sha256(&Attr::Null), Attr::Null);
        assert_eq!(avatar_sha256(&Attr::Unknown), Attr::Unknown);
    }

    #[test]
    fn a_picture_drifts_only_where_one_was_set() {
        let state = |sha: Attr<String>, hash: Attr<String>| Webhook {
            avatar_sha256: sha,
            avatar_hash: hash,
            ..Webhook::default()
        };
        let mut private = Private::default();
        assert!(!picture_drifted(&state(known("s"), known("h")), &private), "nothing is known");
        private.keep(AVATAR, &Some("h")).expect("JSON");
        assert!(!picture_drifted(&state(known("s"), known("h")), &private));
        assert!(picture_drifted(&state(known("s"), known("other")), &private));
        assert!(picture_drifted(&state(known("s"), Attr::Null), &private));
        assert!(!picture_drifted(&state(Attr::Null, known("other")), &private));
    }
}
