//! Meta-attributes of a resource.

use crate::Attrs;
use pcmk_base::Text;
use std::sync::Arc;

/// Meta-attributes: what a resource alone has, and a table that instances of a clone share, which are many and mostly
/// differ in their number.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    own: Vec<(&'static str, Text)>,
    shared: Arc<Attrs>,
}

impl Meta {
    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&Text> {
        let own = self.own.iter().find(|(known, _)| *known == name);
        own.map(|(_, value)| value)
            .or_else(|| self.shared.get(name))
    }

    /// Whether there is a value of this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All names with their values, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        let own = self.own.iter().map(|(name, value)| (*name, value));
        let shared = self.shared.iter().map(|(name, value)| (&**name, value));
        let is_own = |name: &str| self.own.iter().any(|(known, _)| *known == name);
        own.chain(shared.filter(move |(name, _)| !is_own(name)))
    }

    /// Sets a value for this resource alone.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Text>) {
        self.own.retain(|(known, _)| *known != name);
        self.own.push((name, value.into()));
    }

    /// Adds a value that others may have in common, where there is none of its name.
    pub(crate) fn fill(&mut self, name: impl AsRef<str> + Into<Text>, value: impl Into<Text>) {
        if !self.has(name.as_ref()) {
            self.table().insert(name.into(), value.into());
        }
    }

    /// The table without what is the resource's own, to be added to.
    pub(crate) fn table(&mut self) -> &mut Attrs {
        Arc::make_mut(&mut self.shared)
    }

    /// Takes the table of another resource in place of its own, if they are equal.
    pub(crate) fn share(&mut self, with: &Meta) {
        if self.shared == with.shared {
            self.shared = Arc::clone(&with.shared);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_instance(number: &str) -> Meta {
        let mut meta = Meta::default();
        meta.set("clone", number);
        for (name, value) in [("clone", "7"), ("clone-max", "2"), ("clone-max", "3")] {
            meta.fill(name, value);
        }
        meta
    }

    #[test]
    fn what_is_its_own_goes_before_what_is_shared() {
        let mut meta = of_instance("0");
        assert_eq!(meta.get("clone").map(|value| &**value), Some("0"));
        assert_eq!(meta.get("clone-max").map(|value| &**value), Some("2"));
        meta.set("clone-max", "4");
        meta.set("clone-max", "5");
        let mut all: Vec<_> = meta.iter().map(|(name, value)| (name, &**value)).collect();
        all.sort_unstable();
        assert_eq!(all, [("clone", "0"), ("clone-max", "5")]);
        assert!(!meta.has("notify"));
    }

    #[test]
    fn instances_share_a_table_until_one_is_added_to() {
        let first = of_instance("0");
        let mut second = of_instance("1");
        second.share(&first);
        assert!(Arc::ptr_eq(&first.shared, &second.shared));
        second.table().insert("notify".into(), "true".into());
        assert!(!first.has("notify"));
        let mut third = second.clone();
        third.table().insert("notify".into(), "false".into());
        third.share(&second);
        assert!(!Arc::ptr_eq(&third.shared, &second.shared));
    }
}
