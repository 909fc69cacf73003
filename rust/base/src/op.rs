//! Operation keys: `RESOURCE_TASK_INTERVAL`, such as `db_monitor_10000`.

use std::fmt;

/// The interval of a recurring operation in milliseconds; zero means not recurring.
pub type IntervalMs = u32;

/// The parts of an operation key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpKey {
    /// Resource (instance) id.
    pub resource: String,
    /// Name of the operation; for notifications the whole of `pre_notify_start` and the like.
    pub task: String,
    /// Interval, zero if not recurring.
    pub interval: IntervalMs,
}

/// The text is not an operation key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an operation key")]
pub struct ParseOpKeyError;

impl OpKey {
    /// Splits a key from its end: the interval's digits, then the task, then the resource.
    ///
    /// Tasks that contain an underscore themselves (`migrate_to`, `migrate_from`, and the notification
    /// tasks) are recognised by their words.
    ///
    /// # Errors
    /// Texts that do not have all three parts.
    pub fn parse(text: &str) -> Result<OpKey, ParseOpKeyError> {
        let (rest, interval) = text.rsplit_once('_').ok_or(ParseOpKeyError)?;
        if interval.is_empty() || !interval.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ParseOpKeyError);
        }
        let interval = interval.parse().map_err(|_| ParseOpKeyError)?;
        let split = task_start(rest).ok_or(ParseOpKeyError)?;
        let (resource, task) = (&rest[..split], &rest[split + 1..]);
        if resource.is_empty() || task.is_empty() {
            return Err(ParseOpKeyError);
        }
        Ok(OpKey {
            resource: resource.to_owned(),
            task: task.to_owned(),
            interval,
        })
    }
}

/// Position of the underscore before the task in `RESOURCE_TASK`.
fn task_start(text: &str) -> Option<usize> {
    const MIGRATION: [&str; 2] = ["_migrate_to", "_migrate_from"];
    const NOTIFY: [&str; 4] = [
        "_confirmed-pre_notify",
        "_confirmed-post_notify",
        "_pre_notify",
        "_post_notify",
    ];
    if let Some(task) = MIGRATION.iter().find(|task| text.ends_with(**task)) {
        return Some(text.len() - task.len());
    }
    let last = text.rfind('_')?;
    let notify = NOTIFY.iter().find(|kind| text[..last].ends_with(**kind));
    Some(notify.map_or(last, |kind| last - kind.len()))
}

impl fmt::Display for OpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.resource, self.task, self.interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> Option<(String, String, u32)> {
        OpKey::parse(text)
            .ok()
            .map(|k| (k.resource, k.task, k.interval))
    }

    #[test]
    fn keys_split_from_the_end() {
        assert_eq!(
            parts("my_rsc_monitor_10000"),
            Some(("my_rsc".into(), "monitor".into(), 10000))
        );
        assert_eq!(
            parts("A:0_migrate_from_0"),
            Some(("A:0".into(), "migrate_from".into(), 0))
        );
        assert_eq!(
            parts("A_pre_notify_start_0"),
            Some(("A".into(), "pre_notify_start".into(), 0))
        );
        assert_eq!(
            parts("A_confirmed-post_notify_running_0"),
            Some(("A".into(), "confirmed-post_notify_running".into(), 0))
        );
        for bad in ["", "start_0", "A_start", "A_start_x", "_start_0", "A__0"] {
            assert_eq!(parts(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn written_keys_read_back(resource in "[A-Za-z][A-Za-z0-9:-]{0,8}", interval in 0u32..100_000,
                                  task in prop::sample::select(vec!["start", "stop", "monitor", "migrate_to",
                                                                    "migrate_from", "reload-agent"])) {
            let key = OpKey { resource, task: task.to_owned(), interval };
            prop_assert_eq!(OpKey::parse(&key.to_string()), Ok(key));
        }
    }
}
