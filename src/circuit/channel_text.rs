//! Channels in files: by their text where it says all of it, else by their Kraus operators.

use crate::noise::Channel;

/// The text of a channel, if it is read back as the same one.
pub(crate) fn text(channel: &Channel) -> Option<String> {
    let text = channel.to_string();
    let again: Channel = text.parse().ok()?;
    (again == *channel).then_some(text)
}
